#!/usr/bin/python3
"""What a session sent to the server is told item by item: as what it went, and what the server answered."""
import os
import sqlite3
import unittest

import dbus

from example_items import contact
from peer_case import PeerCase

STORE = 'card'


class SentItems(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.server.behave()
        self.changed = self.a.put(contact('Changed'))
        self.deleted = self.a.put(contact('Deleted'))
        self.kept = self.a.put(contact('Kept'))
        self.settle(self.a, self.b)

    def sent(self, session=None, device=None):
        """Of a session, the last when none is named: `(What, Answer, Status)` by item."""
        device = device or self.a
        told, after = {}, ''
        while page := device.manager.GetSent('', dbus.UInt64(session or self.last(device)), after):
            told.update((str(item['ItemId']), (str(item['What']), str(item['Answer']), int(item['Status'])))
                        for item in page)
            after = str(page[-1]['ItemId'])
        return told

    def last(self, device=None):
        device = device or self.a
        return device.history(self.profiles[device], 1)[0]['Session']

    def names(self, session):
        return {str(item['ItemId']): str(item['Name']) for item in self.a.manager.GetSent('', dbus.UInt64(session), '')}

    def guid(self, name):
        guid, = (guid for guid, text in self.server.items(STORE).items() if f'N:{name};' in text)
        return guid

    def change_here(self):
        self.a.put(contact('Changed', note='here'), self.changed)
        self.a.delete(self.deleted)
        return self.a.put(contact('New'))

    def assert_nothing_sent(self, device=None):
        with self.assertRaises(dbus.DBusException) as caught:
            self.sent(device=device)
        self.assertEqual(caught.exception.get_dbus_name(), 'org.syncd1.Error.NotFound')

    def test_exactly_what_was_changed_here_is_named(self):
        new = self.change_here()
        self.sync(self.a)
        self.assertEqual(self.sent(), {self.changed: ('UPDATED', 'TAKEN', 200), self.deleted: ('DELETED', 'TAKEN', 200),
                                       new: ('ADDED', 'TAKEN', 201)})
        names = self.names(self.last())
        self.assertEqual((names[self.changed], names[new]), ('Test Changed', 'Test New'))
        self.sync(self.b)  # which has had it all from the server
        self.assert_nothing_sent(self.b)
        self.sync(self.a)
        self.assert_nothing_sent()

    def test_a_slow_sync_compares_everything(self):
        self.sync(self.a, 'SLOW')
        self.assertEqual(set(self.sent()), {self.changed, self.deleted, self.kept})
        self.assertEqual({what for what, answer, _ in self.sent().values() if answer == 'TAKEN'}, {'COMPARED'})

    def test_what_was_not_taken_is_told_with_its_code(self):
        # 415: it goes again in another form.
        for code, answer in ((403, 'REFUSED'), (413, 'REFUSED'), (415, 'PUT_OFF'), (417, 'PUT_OFF'), (500, 'PUT_OFF')):
            with self.subTest(code=code):
                new = self.a.put(contact(f'Code {code}'))
                self.server.misbehave(f'{code}:Add')
                outcome = self.a.sync(self.profiles[self.a])
                self.server.behave()
                self.assertEqual(outcome.signal, 'Completed', outcome)
                self.assertEqual(self.sent()[new], ('ADDED', answer, code))
                self.a.delete(new)
                self.a.sync(self.profiles[self.a])

    def test_a_conflict_says_whose_version_stays(self):
        for code, answer in ((419, 'SERVER_WINS'), (207, 'MERGED')):
            with self.subTest(code=code):
                self.a.put(contact('Changed', note=f'here {code}'), self.changed)
                self.server.misbehave(f'{code}:Replace')
                outcome = self.a.sync(self.profiles[self.a])
                self.server.behave()
                self.assertEqual(outcome.signal, 'Completed', outcome)
                self.assertEqual(self.sent(), {self.changed: ('UPDATED', answer, code)})

    def test_what_a_killed_session_sent_has_no_answer(self):
        for after in (False, True):
            with self.subTest(after=after):
                new = self.change_here()
                self.kill_at(2, after=after)
                killed = self.last()
                unanswered = {self.changed: ('UPDATED', 'NONE', 0), self.deleted: ('DELETED', 'NONE', 0),
                              new: ('ADDED', 'NONE', 0)}
                self.assertEqual(self.sent(killed), unanswered)
                outcome = self.a.sync(self.profiles[self.a])
                self.assertEqual(outcome.signal, 'Completed', outcome)
                self.assertEqual(self.sent(killed), unanswered)
                again = self.sent()
                self.assertEqual(set(again), set(unanswered))
                self.assertEqual({answer for _, answer, _ in again.values()}, {'TAKEN'})
                self.setUp()

    def test_an_item_in_chunks_is_one(self):
        large = self.a.put(contact('Large', note='x' * 300_000))
        self.sync(self.a)
        self.assertEqual(self.sent(), {large: ('ADDED', 'TAKEN', 201)})

    def test_sessions_in_which_nothing_changes_leave_no_row(self):
        database = (self.a.syncd.state / 'users' / str(os.getuid()) / 'sync' / self.profiles[self.a] / 'state.db')
        with sqlite3.connect(f'file:{database}?mode=ro', uri=True) as state:
            rows = 'SELECT session, count(*) FROM delivery GROUP BY session'
            before = state.execute(rows).fetchall()
            self.assertEqual(len(before), 1)  # the first sync
            for _ in range(3):
                self.sync(self.a)
            self.assertEqual(state.execute(rows).fetchall(), before)


if __name__ == '__main__':
    unittest.main(verbosity=2)
