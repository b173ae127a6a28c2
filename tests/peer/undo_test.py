#!/usr/bin/python3
"""A sync is undone, and both sides are what they were before it: whatever the server had changed, whatever became of the
session, and whoever else syncs."""
import random
import unittest

import dbus

from example_items import contact, texts
from peer_case import NOTHING, PeerCase
from reference_server import ReferenceServer


class Undo(PeerCase):
    devices = 2

    def undo(self, session, device=None):
        return (device or self.a).manager.Undo('', dbus.UInt64(session))

    def newest(self, device=None):
        device = device or self.a
        return device.history(self.profiles[device], 1)[0]

    def change_there(self, random_, round_):
        """What the user does elsewhere: a few adds, edits and deletes on the server."""
        there = self.server.items('card')
        for guid in random_.sample(sorted(there), random_.randint(0, len(there))):
            if random_.random() < 0.5:
                self.server.delete('card', guid)
            else:
                self.server.put('card', contact(f'Edited{guid}', note=f'round {round_}'), guid=guid)
        for number in range(random_.randint(0, 3)):
            self.server.put('card', contact(f'There{round_}x{number}'))

    def change_here(self, random_, round_):
        here = self.a.items()
        for key in random_.sample(sorted(here), random_.randint(0, len(here))):
            if random_.random() < 0.5:
                self.a.delete(key)
            else:
                self.a.put(contact(f'Here{key}', note=f'round {round_}'), key)
        for number in range(random_.randint(0, 3)):
            self.a.put(contact(f'New{round_}x{number}'))

    def assert_same(self, expected):
        self.assertEqual(texts(self.a.items()), expected)
        self.assertEqual(texts(self.server.items('card')), expected)

    def test_fifty_random_scripts_are_undone_on_both_sides(self):
        random_ = random.Random(20260701)
        self.a.update_profile(self.profiles[self.a], ReviewPercent=dbus.UInt32(100))  # nothing of it is to wait
        self.a.import_all(contact(f'Start{number}') for number in range(6))
        self.settle(self.a)
        undone = 0
        for round_ in range(50):
            with self.subTest(round=round_):
                before = self.a.items()
                self.change_there(random_, round_)
                kind = random_.choice(['TWO_WAY', 'TWO_WAY', 'TWO_WAY', 'SLOW', 'REFRESH_FROM_SERVER', 'ONE_WAY_FROM_SERVER'])
                self.assertEqual(self.a.sync(self.profiles[self.a], kind).signal, 'Completed')
                record = self.newest()
                if not record['Changes']:
                    self.assertEqual(self.a.items(), before)
                    continue
                undone += 1
                report = self.undo(record['Session'])
                self.assertEqual(report['LeftAlone'], 0)
                self.assertEqual(self.a.items(), before)
                # What the inverse of an Add and a Delete is, each server has its own way to take.
                for _ in range(2):
                    self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                self.assertEqual(self.a.items(), before)
                self.assert_same(texts(before))
                # Both go on from there.
                self.change_here(random_, round_)
                self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                self.assert_same(texts(self.a.items()))
        self.assertGreater(undone, 30)

    def test_undoing_reaches_the_other_devices(self):
        self.a.import_all([contact('Ada'), contact('Bo')])
        self.settle()
        there = self.server.items('card')
        self.server.delete('card', next(guid for guid, text in there.items() if 'Ada' in text))
        self.server.put('card', contact('Cy'))
        for device in self.everybody:
            self.sync(device)
        self.assert_equal_everywhere(size=2)
        self.undo(self.newest()['Session'])
        self.sync(self.a)
        self.sync(self.b)
        self.assert_equal_everywhere(size=2)
        self.assertEqual(texts(self.b.items()), texts({0: contact('Ada'), 1: contact('Bo')}))

    def test_undoing_reaches_the_server_of_another_profile(self):
        second = ReferenceServer(*self.server_options)
        self.addCleanup(second.stop)
        other = self.a.add_profile(second.url, ProfileName='Other')
        self.a.put(contact('Ada'))
        self.sync(self.a)
        self.assertEqual(self.a.sync(other).signal, 'Completed')
        guid, = self.server.items('card')
        self.server.put('card', contact('Ada', note='wrong'), guid=guid)
        self.server.put('card', contact('Spam'))
        self.sync(self.a)
        session = self.newest()['Session']
        self.assertEqual(self.a.sync(other).signal, 'Completed')
        self.assertEqual(len(second.items('card')), 2)
        self.undo(session)
        for profile in (self.profiles[self.a], other):
            self.assertEqual(self.a.sync(profile).signal, 'Completed')
        for server in (self.server, second):
            self.assertEqual(texts(server.items('card')), texts({0: contact('Ada')}))
        self.assertEqual(second.violations(), [])

    def test_what_undoing_takes_away_there_does_not_wait_for_review(self):
        self.a.put(contact('Ada'))
        self.settle()
        self.server.put_all('card', [contact(f'Spam{number}') for number in range(40)])
        for device in self.everybody:
            self.sync(device)
        self.undo(self.newest()['Session'])
        self.assertEqual(self.sync(self.a), ((0, 0, 40), NOTHING))
        self.assertEqual(texts(self.server.items('card')), texts({0: contact('Ada')}))

    def test_what_was_taken_away_before_waits_all_the_same(self):
        keys = [self.a.put(contact(f'Mine{number}')) for number in range(40)]
        self.settle(self.a)
        self.server.put_all('card', [contact(f'Spam{number}') for number in range(20)])
        self.sync(self.a)
        for key in keys[5:]:
            self.a.delete(key)
        self.undo(self.newest()['Session'])
        self.fail_with(self.a, 'HeldForReview')
        self.assertEqual(len(self.server.items('card')), 60)

    def test_a_session_whose_worker_was_killed_is_undone(self):
        self.server.options(max_msg_size=4096)
        keys = [self.a.put(contact(f'Kept{number}', note='x' * 200)) for number in range(10)]
        self.settle(self.a)
        before = self.a.items()
        for guid in self.server.items('card'):
            self.server.delete('card', guid)
        for number in range(40):
            self.server.put('card', contact(f'There{number}', note='x' * 400))
        self.kill_at(5)
        killed = self.newest()
        self.assertEqual(killed['Outcome'], 'FAILED')
        self.assertGreater(killed['Changes'], 0)
        self.assertNotEqual(self.a.items(), before)
        self.assertEqual(self.undo(killed['Session'])['LeftAlone'], 0)
        self.assertEqual(self.a.items(), before)
        for _ in range(3):
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        # What did not come before it was killed came afterwards and is no part of it.
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
        self.assertTrue(set(keys) & set(self.a.items()))

    def test_a_server_that_forgets_what_it_deleted_takes_it_again(self):
        """It answers 404 to the Replace, and gets an Add."""
        self.a.put(contact('Ada'))
        self.settle(self.a)
        before = self.a.items()
        guid, = self.server.items('card')
        self.server.delete('card', guid)
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.undo(self.newest()['Session'])
        for _ in range(3):
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual(self.a.items(), before)
        self.assertEqual(texts(self.server.items('card')), texts(before))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


class Retention(PeerCase):
    configuration = {'HistorySessions': '2'}

    def test_of_so_many_sessions_the_changes_are_kept(self):
        self.settle(self.a)
        sessions = []
        for number in range(4):
            self.server.put('card', contact(f'There{number}'))
            self.sync(self.a)
            sessions.append(int(self.a.history(self.profiles[self.a], 1)[0]['Session']))
            self.sync(self.a)  # changes nothing, and does not count
        kept = {int(one['Session']) for one in self.a.history(self.profiles[self.a]) if one['Changes']}
        self.assertEqual(kept, set(sessions[2:]))
        with self.assertRaises(dbus.DBusException) as raised:
            self.a.manager.Undo('', dbus.UInt64(sessions[1]))
        self.assertEqual(raised.exception.get_dbus_name(), 'org.syncd1.Error.NotFound')
        for session in reversed(sessions[2:]):
            self.a.manager.Undo('', dbus.UInt64(session))
        self.sync(self.a)
        self.assert_equal_everywhere(size=2)


if __name__ == '__main__':
    unittest.main(verbosity=2)
