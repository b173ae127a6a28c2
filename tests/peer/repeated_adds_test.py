#!/usr/bin/python3
"""A server that adds once more what has been taken already, in the same session or in a later one."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase

MANY = 60


class RepeatedAdds(PeerCase):
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def test_what_comes_twice_in_a_session_is_stored_once(self):
        for kind in ('TWO_WAY', 'SLOW', 'REFRESH_FROM_SERVER', 'ONE_WAY_FROM_SERVER'):
            with self.subTest(kind):
                self.server.options(adds_again=False)
                self.begin()
                self.settle()
                for number in range(MANY):
                    self.server.put('card', contact(f'Ada {number}', note='n' * 300))
                self.server.options(adds_again=True)
                self.addCleanup(self.server.options, adds_again=False)
                self.assertEqual(self.a.sync(self.profiles[self.a], kind).signal, 'Completed')
                self.assertGreater(self.server.last_session()['datastores']['card']['added_again'], MANY / 4)
                self.assert_equal_everywhere(size=MANY)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.assertEqual(len(self.server.call('links', store='card', device=self.a.device_id(self.profiles[self.a]))
                                     ['links']), MANY)

    def test_what_comes_again_after_the_server_has_lost_its_map_is_that_item(self):
        for adds_unknown in (True, False):
            with self.subTest(adds_unknown=adds_unknown):
                self.begin()
                self.server.options(adds_unknown=adds_unknown)
                self.addCleanup(self.server.options, adds_unknown=True)
                self.lose_maps()

    def lose_maps(self):
        self.settle()
        for name in ('Ada', 'Bo', 'Cleo'):
            self.server.put('card', contact(name))
        self.assertEqual(self.sync(self.a), (NOTHING, (3, 0, 0)))
        device = self.a.device_id(self.profiles[self.a])
        links = self.server.call('links', store='card', device=device)['links']
        self.assertEqual(len(links), 3)
        for link in links:
            self.server.call('unlink', store='card', device=device, luid=link['luid'])
        # One is as it was, one was changed there, one here.
        guids = {name: guid for guid, text in self.server.items('card').items()
                 for name in ('Ada', 'Bo', 'Cleo') if name in text}
        keys = {name: key for key, text in self.a.items().items() for name in ('Ada', 'Bo', 'Cleo') if name in text}
        self.server.put('card', contact('Bo', note='changed there'), guid=guids['Bo'])
        self.a.put(contact('Cleo', note='changed here'), keys['Cleo'])
        self.server.put('card', contact('Cleo', title='there, too'), guid=guids['Cleo'])
        for _ in range(3):
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual(set(self.a.items()), set(keys.values()))
        self.assertIn('changed there', self.a.items()[keys['Bo']])
        self.assertIn('changed here', self.a.items()[keys['Cleo']])
        self.assertIn('there, too', self.a.items()[keys['Cleo']])
        self.assert_equal_everywhere(size=3)
        self.assertEqual(len(self.server.call('links', store='card', device=device)['links']), 3)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


if __name__ == '__main__':
    unittest.main()
