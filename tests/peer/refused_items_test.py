#!/usr/bin/python3
"""What a server refuses, has lost, or has no room for: the edit stays, goes again as the answer wants it, and is never
overwritten by what the server has instead (docs/decisions/0013-refused-edits.md)."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase

STORE = 'card'


class RefusedItems(PeerCase):
    server_options = ('--user', 'alice:s3cret')
    settings = {'ConflictPolicy': 'CLIENT_WINS'}

    def setUp(self):
        super().setUp()
        self.server.behave()
        self.mine = self.a.put(contact('Mine'))
        self.other = self.a.put(contact('Other'))
        self.settle()

    def guid(self, name):
        guid, = (guid for guid, text in self.server.items(STORE).items() if f'N:{name};' in text)
        return guid

    def option(self, usual, **option):
        self.server.options(**option)
        self.addCleanup(self.server.options, **usual)

    def run_with(self, *faults, kind=None):
        """A session that ends well in spite of these faults; its notes."""
        for fault in faults:
            self.server.misbehave(fault)
        outcome = self.a.sync(self.profiles[self.a], kind)
        self.server.behave()
        self.assertEqual(outcome.signal, 'Completed', outcome)
        return ' '.join(self.a.history(self.profiles[self.a], 1)[0]['Notes'])

    def failed(self, way='ClientToServer'):
        """The count of what was exchanged this way and had no effect."""
        record, = self.a.manager.GetStatistics(self.profiles[self.a])
        return int(record[way + 'Total']) - sum(int(record[way + what]) for what in ('Added', 'Updated', 'Removed'))

    def note_of(self, items, name):
        text, = (text for text in items.values() if f'N:{name};' in text)
        return [line for line in text.splitlines() if line.startswith('NOTE')]

    def both(self, name='Mine'):
        return self.note_of(self.a.items(), name), self.note_of(self.server.items(STORE), name)

    # ---- refused ---------------------------------------------------------------------

    def test_a_refused_edit_is_not_overwritten_by_what_the_server_has_later(self):
        for code in (403, 405, 406, 413, 416, 425, 501):
            with self.subTest(code=code):
                self.a.put(contact('Mine', note=f'here {code}'), self.mine)
                notes = self.run_with(f'{code}:Replace')
                self.assertIn(f'status {code}', notes)
                self.assertIn('sent again when it changes', notes)
                self.assertEqual(self.failed(), 1)
                self.server.put(STORE, contact('Mine', note=f'there {code}'), guid=self.guid('Mine'))
                later = 'TWO_WAY' if code % 2 else 'ONE_WAY_FROM_SERVER'
                self.assertIn('both in NOTE: what was written here stays', self.run_with(kind=later))
                self.assertEqual(self.failed('ServerToClient'), 0)
                self.assertEqual(self.both(), ([f'NOTE:here {code}'], [f'NOTE:there {code}']))
                self.run_with(f'{code}:Replace')  # it goes once more, now that the server has had its say
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.server.options(conflict='client')
                self.a.put(contact('Mine', note=f'better {code}'), self.mine)
                self.run_with()
                self.server.options(conflict='server')
                self.assertEqual(self.both(), ([f'NOTE:better {code}'],) * 2)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_slow_sync_that_refuses_it_leaves_both_versions_here(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.assertIn('status 406', self.run_with('406:Replace', kind='SLOW'))
        self.assertEqual(sorted(text.count('NOTE:here') for text in self.a.items().values() if 'N:Mine;' in text), [0, 1])
        self.assertEqual(len(self.server.items(STORE)), 2)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_neither_in_the_session_that_refuses_it(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.server.put(STORE, contact('Mine', note='there'), guid=self.guid('Mine'))
        notes = self.run_with('406:Replace')
        self.assertIn('status 406', notes)
        self.assertIn('what was written here stays', notes)
        self.assertEqual(self.both(), (['NOTE:here'], ['NOTE:there']))

    def test_nor_is_it_deleted(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.run_with('406:Replace')
        self.server.delete(STORE, self.guid('Mine'))
        self.assertIn('deleted at the server: it stays', self.run_with())
        self.assertEqual(self.note_of(self.a.items(), 'Mine'), ['NOTE:here'])
        self.a.put(contact('Mine', note='better'), self.mine)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assert_equal_everywhere(size=2)

    def test_who_deletes_a_refused_edit_gets_what_the_server_has(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.run_with('403:Replace')
        self.server.put(STORE, contact('Mine', note='there'), guid=self.guid('Mine'))
        self.a.delete(self.mine)
        self.run_with()
        self.run_with()
        self.assertEqual(self.both(), (['NOTE:there'], ['NOTE:there']))
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_refresh_takes_what_the_server_has(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.run_with('406:Replace')
        self.server.put(STORE, contact('Mine', note='there'), guid=self.guid('Mine'))
        self.sync(self.a, 'REFRESH_FROM_SERVER')
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_what_was_put_off_is_not_overwritten_in_a_later_session_either(self):
        self.a.put(contact('Mine', note='here'), self.mine)
        self.run_with('417:Replace')
        self.server.put(STORE, contact('Mine', note='there'), guid=self.guid('Mine'))
        self.run_with(kind='ONE_WAY_FROM_SERVER')
        self.assertEqual(self.both(), (['NOTE:here'], ['NOTE:there']))
        self.run_with('417:Replace')
        self.assertEqual(self.both(), (['NOTE:here'], ['NOTE:there']))
        self.server.options(conflict='client')
        self.addCleanup(self.server.options, conflict='server')
        self.run_with()
        self.assertEqual(self.both(), (['NOTE:here'], ['NOTE:here']))

    # ---- lost -----------------------------------------------------------------------

    def test_what_the_server_has_lost_goes_as_add_in_the_next_session(self):
        self.option({'adds_unknown': True}, adds_unknown=False)
        for again in (False, True):
            with self.subTest(edited_again=again):
                self.server.delete(STORE, self.guid('Mine'))
                self.a.put(contact('Mine', note=f'edited, {again}'), self.mine)
                self.assertIn('sent as a new one in the next session', self.run_with())
                self.assertEqual(self.note_of(self.a.items(), 'Mine'), [f'NOTE:edited, {again}'])
                if again:
                    self.a.put(contact('Mine', note='and again'), self.mine)
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assert_equal_everywhere(size=2)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_410_and_423_are_no_other(self):
        for code in (404, 410, 423):
            with self.subTest(code=code):
                self.server.delete(STORE, self.guid('Mine'))
                self.a.put(contact('Mine', note=f'edited for {code}'), self.mine)
                self.run_with(f'{code}:Replace')
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assert_equal_everywhere(size=2)

    def test_what_the_server_has_lost_and_is_deleted_here_needs_no_word(self):
        self.option({'adds_unknown': True}, adds_unknown=False)
        self.server.delete(STORE, self.guid('Mine'))
        self.a.put(contact('Mine', note='edited'), self.mine)
        self.run_with()
        self.a.delete(self.mine)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assert_equal_everywhere(size=1)

    # ---- room, size, once more ----------------------------------------------------------

    def test_a_full_server_gets_no_more_new_items_but_changes_and_deletes(self):
        self.server.options(max_msg_size=4096)
        self.addCleanup(self.server.options, max_msg_size=65536)
        self.option({'capacity': 2 ** 63}, capacity=2)
        for number in range(40):
            self.a.put(contact(f'New{number:02}', note='n' * 300))
        self.a.put(contact('Mine', note='edited'), self.mine)
        notes = self.run_with()
        self.assertIn('no room', notes)
        sent = self.server.last_session()['datastores'][STORE]['from_client']
        self.assertEqual((sent['added'], sent['updated']), (0, 1))
        self.assertLess(sent['failed'], 15)  # of the first message
        self.assertEqual(self.failed(), 40)
        self.a.delete(self.other)
        self.run_with()
        # One place is free, and the first that is sent gets it, or the next one.
        self.run_with()
        self.assertEqual(len(self.server.items(STORE)), 2)
        self.server.call('clear-violations')  # it was announced more than was sent
        self.server.options(capacity=2 ** 63)
        self.run_with()
        self.assert_equal_everywhere(size=41)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_server_that_wants_sizes_gets_them(self):
        self.option({'wants_sizes': False}, wants_sizes=True)
        self.a.put(contact('New', note='änderung & <mehr>'))
        self.a.put(contact('Mine', note='edited'), self.mine)
        self.a.delete(self.other)
        self.assertIn('status 411', self.run_with())
        self.assertEqual(self.sync(self.a), ((1, 1, 0), NOTHING))
        self.a.put(contact('Newer'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assert_equal_everywhere(size=3)

    def test_what_came_incomplete_goes_once_more_and_no_more(self):
        for code in (400, 412, 426):
            with self.subTest(code=code):
                self.a.put(contact('Mine', note=f'edited for {code}'), self.mine)
                self.assertIn('sent again in the next session', self.run_with(f'{code}:Replace'))
                self.assertIn('sent again when it changes', self.run_with(f'{code}:Replace'))
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.a.put(contact('Mine', note=f'edited again for {code}'), self.mine)
                self.run_with(f'{code}:Replace')
                self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
                self.assert_equal_everywhere(size=2)

    # ---- wishes -----------------------------------------------------------------------

    def test_205_makes_the_next_sync_a_slow_one(self):
        for command in ('Replace', 'Sync', 'SyncHdr@2'):
            with self.subTest(command=command):
                self.a.put(contact('Mine', note=f'edited for {command}'), self.mine)
                self.assertIn('status 205', self.run_with(f'205:{command}'))
                self.sync(self.a, ran='SLOW')
                self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))
                self.assert_equal_everywhere(size=2)
        self.assertNotIn('status 205', self.run_with('205:Replace', kind='SLOW'))
        self.sync(self.a, ran='TWO_WAY')

    def test_after_214_nothing_more_is_sent_in_this_session(self):
        self.server.options(max_msg_size=4096)
        self.addCleanup(self.server.options, max_msg_size=65536)
        for number in range(30):
            self.a.put(contact(f'New{number:02}', note='n' * 300))
        self.server.put(STORE, contact('There'))
        self.assertIn('takes no more in this session', self.run_with('214:Add'))
        there = len(self.server.items(STORE))
        self.assertLess(there, 20)
        self.assertEqual(self.a.count(), 33)
        self.server.call('clear-violations')  # it was announced more than was sent
        self.assertEqual(self.sync(self.a), ((33 - there, 0, 0), NOTHING))
        self.assert_equal_everywhere(size=33)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


if __name__ == '__main__':
    unittest.main()
