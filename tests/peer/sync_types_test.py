#!/usr/bin/python3
"""Two devices and one server: every sync type, with the exact number of items added, updated and
deleted on both ends of every sync, and equal content at the end."""
import unittest

from example_items import contact, texts
from peer_case import NOTHING, PeerCase


class SyncTypes(PeerCase):
    devices = 2

    def test_first_sync_is_slow_and_the_next_one_two_way_with_nothing_to_do(self):
        self.a.put(contact('Ada'))
        self.server.put('card', contact('Bo'))
        self.assertEqual(self.sync(self.a, ran='SLOW'), ((1, 0, 0), (1, 0, 0)))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_each_type_is_reported_as_the_one_that_ran(self):
        self.settle(self.a)
        for kind in ('TWO_WAY', 'SLOW', 'ONE_WAY_FROM_CLIENT', 'REFRESH_FROM_CLIENT', 'ONE_WAY_FROM_SERVER',
                     'REFRESH_FROM_SERVER'):
            with self.subTest(kind=kind):
                self.assertEqual(self.sync(self.a, kind, ran=kind), (NOTHING, NOTHING))

    def test_an_item_travels_from_a_to_the_server_to_b(self):
        self.settle()
        self.a.put(contact('Ada', note='line one\\nline two', tel='+49 30 1234'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (1, 0, 0)))
        self.assert_equal_everywhere(size=1)

    def test_an_update_travels_as_an_update(self):
        self.settle()
        key = self.a.put(contact('Ada'))
        self.sync(self.a)
        self.sync(self.b)
        for text in (contact('Ada', note='changed'), contact('Ada', note='changed', tel='1', email='a@example.org')):
            self.a.put(text, key)
            self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
            self.assertEqual(self.sync(self.b), (NOTHING, (0, 1, 0)))
            self.assert_equal_everywhere(size=1)

    def test_a_delete_travels(self):
        self.settle()
        key = self.a.put(contact('Ada'))
        self.sync(self.a)
        self.sync(self.b)
        self.a.delete(key)
        self.assertEqual(self.sync(self.a), ((0, 0, 1), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (0, 0, 1)))
        self.assert_equal_everywhere(size=0)

    def test_an_item_added_and_updated_before_b_looks_is_one_add_for_b(self):
        self.settle()
        key = self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.a.put(contact('Ada', note='changed'), key)
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (1, 0, 0)))
        self.assert_equal_everywhere(size=1)

    def test_what_a_sync_wrote_is_no_change_of_the_user(self):
        self.settle()
        guid = self.server.put('card', contact('Ada'))
        self.assertEqual(self.sync(self.a), (NOTHING, (1, 0, 0)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.server.put('card', contact('Ada', note='changed'), guid=guid)
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 1, 0)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.server.delete('card', guid)
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_both_sides_add_update_and_delete_in_one_sync(self):
        self.settle(self.a)
        keys = [self.a.put(contact(name)) for name in ('Ada', 'Bo', 'Cy', 'Di')]
        self.sync(self.a)
        guids = {text.split('FN:Test ')[1][:2]: guid for guid, text in self.server.items('card').items()}
        self.a.put(contact('Ada', note='here'), keys[0])
        self.a.delete(keys[1])
        self.a.put(contact('Eve'))
        self.server.put('card', contact('Cy', note='there'), guid=guids['Cy'])
        self.server.delete('card', guids['Di'])
        self.server.put('card', contact('Flo'))
        self.assertEqual(self.sync(self.a), ((1, 1, 1), (1, 1, 1)))
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
        self.assertEqual(self.sync(self.b), (NOTHING, (4, 0, 0)))
        self.assert_equal_everywhere(size=4)

    # ---- refresh --------------------------------------------------------------------

    def test_deleting_everything_and_refreshing_from_the_client_empties_the_server(self):
        key = self.a.put(contact('Ada'))
        self.settle(self.a)
        self.a.delete(key)
        self.assertEqual(self.sync(self.a, 'REFRESH_FROM_CLIENT'), (NOTHING, NOTHING))
        self.assertEqual(self.server.items('card'), {})
        self.assertEqual(self.sync(self.a, 'SLOW'), (NOTHING, NOTHING))

    def test_refresh_from_an_empty_server_empties_the_client(self):
        self.settle(self.a)
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a, 'REFRESH_FROM_SERVER'), (NOTHING, (0, 0, 1)))
        self.assertEqual(self.a.items(), {})
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_refresh_from_an_empty_client_empties_the_server(self):
        self.server.put('card', contact('Ada'))
        self.assertEqual(self.sync(self.a, 'REFRESH_FROM_CLIENT'), (NOTHING, NOTHING))
        self.assertEqual(self.server.items('card'), {})
        self.assertEqual(self.sync(self.b, 'REFRESH_FROM_SERVER'), (NOTHING, NOTHING))

    def test_a_refresh_from_the_client_settles_all_changes(self):
        self.a.put(contact('Ada'))
        self.settle(self.a)
        for key in self.a.items():
            self.a.delete(key)
        self.a.put(contact('Bo'))
        self.assertEqual(self.sync(self.a, 'REFRESH_FROM_CLIENT'), ((1, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))

    def test_refresh_from_the_server_keeps_what_is_here_already_and_counts_what_it_removes(self):
        self.a.put(contact('Ada'))
        self.settle()
        before = self.b.items()
        self.b.put(contact('Bo'))
        self.assertEqual(self.sync(self.b, 'REFRESH_FROM_SERVER'), (NOTHING, (1, 0, 1)))
        self.assertEqual(self.b.items(), before)
        self.assert_equal_everywhere(size=1)
        for guid in self.server.items('card'):
            self.server.delete('card', guid)
        self.assertEqual(self.sync(self.b, 'REFRESH_FROM_SERVER'), (NOTHING, (0, 0, 1)))
        self.assertEqual(self.b.items(), {})

    # ---- one way ------------------------------------------------------------------------

    def test_one_way_from_the_server_keeps_what_is_new_here_to_itself(self):
        self.settle()
        mine = self.a.put(contact('Ada'))
        self.sync(self.a)
        self.b.put(contact('Bo'))
        self.assertEqual(self.sync(self.b, 'ONE_WAY_FROM_SERVER'), (NOTHING, (1, 0, 0)))
        self.assertEqual((self.b.count(), len(self.server.items('card'))), (2, 1))
        self.a.delete(mine)
        self.sync(self.a)
        self.assertEqual(self.sync(self.b, 'ONE_WAY_FROM_SERVER'), (NOTHING, (0, 0, 1)))
        self.assertEqual(texts(self.b.items()), texts({'': contact('Bo')}))
        self.assertEqual(self.sync(self.b, 'TWO_WAY'), ((1, 0, 0), NOTHING))

    def test_one_way_from_the_client_fetches_nothing_until_the_next_two_way_sync(self):
        self.settle()
        self.a.put(contact('Ada'))
        self.sync(self.a)
        self.b.put(contact('Bo'))
        self.assertEqual(self.sync(self.b, 'ONE_WAY_FROM_CLIENT'), ((1, 0, 0), NOTHING))
        self.assertEqual((self.b.count(), len(self.server.items('card'))), (1, 2))
        self.assertEqual(self.sync(self.b, 'TWO_WAY'), (NOTHING, (1, 0, 0)))
        self.assertEqual(self.sync(self.a), (NOTHING, (1, 0, 0)))
        self.assert_equal_everywhere(size=2)

    # ---- slow ------------------------------------------------------------------------------

    def test_a_slow_sync_of_equal_data_moves_nothing_and_keeps_the_pairing(self):
        self.a.put(contact('Ada'))
        self.a.put(contact('Bo'))
        self.settle()
        for device in (self.a, self.b):
            to_server, to_client = self.sync(device, 'SLOW')
            self.assertEqual((to_server[0], to_client), (0, NOTHING))
        self.assert_equal_everywhere(size=2)
        self.b.delete(next(iter(self.b.items())))
        self.assertEqual(self.sync(self.b, 'TWO_WAY'), ((0, 0, 1), NOTHING))
        self.assertEqual(self.sync(self.a, 'TWO_WAY'), (NOTHING, (0, 0, 1)))
        self.assert_equal_everywhere(size=1)

    def test_a_server_that_lost_our_anchor_gets_everything_and_nothing_is_doubled(self):
        self.a.put(contact('Ada'))
        self.settle()
        self.server.call('forget', store='card', device=self.a.device_id(self.profiles[self.a]))
        self.a.put(contact('Bo'))
        self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='SLOW')[0][0], 1)
        self.assertEqual(self.sync(self.b), (NOTHING, (1, 0, 0)))
        self.assert_equal_everywhere(size=2)

    def test_a_server_whose_anchor_we_do_not_know_gets_everything_and_nothing_is_doubled(self):
        self.a.put(contact('Ada'))
        self.settle()
        self.server.misbehave('wrong-last')
        self.a.put(contact('Bo'))
        self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='SLOW')[0][0], 1)
        self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='TWO_WAY'), (NOTHING, NOTHING))
        self.sync(self.b)
        self.assert_equal_everywhere(size=2)


if __name__ == '__main__':
    unittest.main()
