#!/usr/bin/python3
"""Each Status code in answer to each command (RepPro 1.2 §10): what is done, what is tried again and what is refused, and
in the end both sides hold the same, nothing is lost and nothing is doubled."""
import unittest

from example_items import contact, texts
from peer_case import NOTHING, PeerCase
from status_codes import AGAIN, FAILURES, IN_NAME_ONLY, REFUSED, SUCCESS, SUCCESSES

STORE = 'card'
EVERYTHING = (1, 1, 1)


class StatusCodes(PeerCase):
    server_options = ('--user', 'alice:s3cret', '--conflict', 'client')

    def setUp(self):
        super().setUp()
        self.mine = self.a.put(contact('Mine'))
        self.server.behave()

    def settle_with(self, codes):
        """In step, with an item for each code that will be deleted."""
        self.gone = {code: self.a.put(contact(f'Gone{code}')) for code in codes}
        self.settle()
        self.names = {'Mine'}

    def change(self, code):
        """One add, one update and one delete here, one add there."""
        self.a.put(contact(f'Here{code}'))
        self.a.put(contact('Mine', note=f'changed for {code}'), self.mine)
        self.a.delete(self.gone.pop(code))
        self.server.put(STORE, contact(f'There{code}'))
        self.names |= {f'Here{code}', f'There{code}'}

    def run_with(self, *faults):
        for fault in faults:
            self.server.misbehave(fault)
        outcome = self.a.sync(self.profiles[self.a])
        self.server.behave()
        return outcome

    def assert_nothing_lost_or_doubled(self, returned=()):
        """Both sides the same, in the end; `returned`: what was to be deleted and may be there again."""
        here, there = texts(self.a.items()), texts(self.server.items(STORE))
        self.assertEqual(here, there)
        names = [text.split('\nN:')[1].split(';')[0] for text in here]
        self.names |= set(returned)
        self.assertEqual(sorted(names), sorted(self.names | {f'Gone{code}' for code in self.gone}))

    def tearDown(self):
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        super().tearDown()

    def on_items(self, code):
        return self.run_with(*(f'{code}:{command}' for command in ('Add', 'Replace', 'Delete')))

    # ---- items -------------------------------------------------------------------------

    def test_success_on_items_settles_them(self):
        self.settle_with(SUCCESS)
        for code in SUCCESS:
            with self.subTest(code=code):
                self.change(code)
                self.assertEqual(self.on_items(code).signal, 'Completed')
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.assert_nothing_lost_or_doubled()

    def test_what_need_not_last_is_tried_again(self):
        self.settle_with(AGAIN)
        for code in AGAIN:
            with self.subTest(code=code):
                self.change(code)
                self.assertEqual(self.on_items(code).signal, 'Completed')
                # Success in name: the server has it, and must not have it twice.
                again = (0, 2, 0) if code in IN_NAME_ONLY else EVERYTHING
                self.assertEqual(self.sync(self.a), (again, NOTHING))
                self.assert_nothing_lost_or_doubled()

    def test_what_was_refused_waits_for_a_change_or_a_slow_sync(self):
        self.settle_with(REFUSED)
        for code in REFUSED:
            with self.subTest(code=code):
                self.change(code)
                self.assertEqual(self.on_items(code).signal, 'Completed')
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                # A delete that was refused: the server sends the item again.
                self.sync(self.a, 'SLOW')
                self.assert_nothing_lost_or_doubled([f'Gone{code}'])

    def test_what_is_gone_is_gone_and_what_is_known_is_known(self):
        codes = (404, 410, 211)
        self.settle_with(codes)
        for code in codes:
            with self.subTest(code=code):
                guid, = (guid for guid, text in self.server.items(STORE).items() if f'Gone{code}' in text)
                self.server.delete(STORE, guid)
                self.change(code)
                self.assertEqual(self.run_with(f'{code}:Delete').signal, 'Completed')
                self.assert_nothing_lost_or_doubled()

    def test_404_or_410_to_an_add_sends_it_again(self):
        for code in (404, 410):
            with self.subTest(code=code):
                self.begin()
                self.mine = self.a.put(contact('Mine'))
                self.settle_with([code])
                self.change(code)
                self.assertEqual(self.run_with(f'{code}:Add').signal, 'Completed')
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assert_nothing_lost_or_doubled()

    # ---- the other commands ----------------------------------------------------------------

    def untouched(self, fault, code):
        """The fault must leave both sides as they are, and the next sync does everything."""
        self.change(code)
        here, there = self.a.items(), self.server.items(STORE)
        outcome = self.run_with(fault)
        self.assertEqual(outcome.signal, 'Failed')
        self.assertEqual((self.a.items(), self.server.items(STORE)), (here, there))
        self.assertEqual(self.sync(self.a), (EVERYTHING, (1, 0, 0)))
        self.assert_nothing_lost_or_doubled()

    def test_failures_for_an_alert(self):
        self.settle_with(FAILURES)
        for code in FAILURES:
            with self.subTest(code=code):
                self.untouched(f'{code}:Alert', code)

    def test_failures_for_a_sync(self):
        self.settle_with(FAILURES)
        for code in FAILURES:
            with self.subTest(code=code):
                self.change(code)
                there = self.server.items(STORE)
                self.run_with(f'{code}:Sync')
                self.assertEqual(self.server.items(STORE), there)
                # What the server says of the items it means of the Sync that they are in.
                self.sync(self.a)
                self.assert_nothing_lost_or_doubled()

    def test_failures_for_a_map(self):
        self.settle_with(FAILURES)
        for code in FAILURES:
            with self.subTest(code=code):
                self.change(code)
                self.run_with(f'{code}:Map')
                self.sync(self.a)
                self.assert_nothing_lost_or_doubled()

    def test_failures_for_the_header_of_each_message(self):
        for message, codes in ((1, (400, 403, 500, 503, 511)), (2, FAILURES), (3, (400, 401, 408, 500, 503))):
            self.begin()
            self.mine = self.a.put(contact('Mine'))
            self.settle_with(codes)
            for code in codes:
                with self.subTest(message=message, code=code):
                    self.change(code)
                    there = self.server.items(STORE)
                    outcome = self.run_with(f'{code}:SyncHdr@{message}*')
                    self.assertEqual(outcome.signal, 'Failed')
                    if message < 3:
                        self.assertEqual(self.server.items(STORE), there)
                    self.sync(self.a)
                    self.assert_nothing_lost_or_doubled()

    def test_success_of_every_kind_for_the_other_commands(self):
        self.settle_with(SUCCESSES)
        for code in SUCCESSES:
            with self.subTest(code=code):
                self.change(code)
                outcome = self.run_with(*(f'{code}:{command}' for command in ('Alert', 'Sync', 'Map')),
                                        f'{code}:SyncHdr@2', f'{code}:SyncHdr@3')
                self.assertEqual(outcome.signal, 'Completed')
                self.sync(self.a)
                self.assert_nothing_lost_or_doubled()


if __name__ == '__main__':
    unittest.main()
