#!/usr/bin/python3
"""What one user can take has a limit, and others notice nothing of it."""
import os
import unittest

import dbus

import harness
from harness import ANNA, BERT, FREEDESKTOP, MANAGER, MANAGER_PATH


class Limits(harness.TestCase):
    def test_one_user_has_at_most_64_calls_without_answer(self):
        anna, bert = self.client(ANNA), self.client(BERT)
        authority = harness.polkit()
        authority.SimulateHang(True)
        self.addCleanup(authority.ReleaseHangingCalls)
        self.addCleanup(authority.SimulateHang, False)
        for number in range(70):
            anna.begin(number, MANAGER_PATH, MANAGER, 'Remove', 'missing')
        anna.wait(lambda: len(anna.heard) == 6)
        self.assertEqual({entry[2] for entry in anna.heard}, {FREEDESKTOP + 'LimitsExceeded'})
        self.assertEqual(bert.manager('GetProfileCount'), 0)
        self.assertError(FREEDESKTOP + 'LimitsExceeded', anna.manager, 'GetProfileCount')

        authority.SimulateHang(False)
        authority.ReleaseHangingCalls()
        anna.wait(lambda: len(anna.heard) == 70)
        self.assertEqual(anna.manager('GetProfileCount'), 0)

    def test_one_user_has_at_most_64_connections(self):
        clients = [self.client(ANNA) for _ in range(65)]
        for client in clients[:64]:
            client.manager('GetProfileCount')
        self.assertError(FREEDESKTOP + 'LimitsExceeded', clients[64].manager, 'GetProfileCount')
        self.assertEqual(self.client(BERT).manager('GetProfileCount'), 0)

        self.leave(clients[0])
        self.assertEqual(clients[64].manager('GetProfileCount'), 0)

    def test_large_and_deep_arguments_are_answered(self):
        anna = self.client(ANNA)
        many = dbus.Array([dbus.Dictionary({'ServiceType': 'CONTACT', 'ServerDatabaseUri': 'card'}, signature='sv')
                           for _ in range(20_000)], signature='a{sv}', variant_level=1)
        self.assertError(harness.ERROR + 'InvalidValue', anna.add, Services=many)
        self.assertError(harness.ERROR + 'InvalidValue', anna.add, ProfileName='x' * (8 << 20))
        deep = dbus.Int32(1, variant_level=30)
        self.assertError(harness.ERROR + 'InvalidValue', anna.add, Nonsense=deep)

    def test_a_thousand_calls_do_not_make_the_daemon_grow(self):
        anna = self.client(ANNA)

        def resident():
            with open(f"/proc/{os.environ['SYNCD_PID']}/status") as status:
                return next(int(line.split()[1]) for line in status if line.startswith('VmRSS'))

        def call_all():
            for _ in range(300):
                profile_id = anna.add()
                anna.manager('Get', profile_id)
                anna.get_all(harness.path_of(profile_id), harness.PROFILE)
                anna.manager('Remove', profile_id)

        call_all()
        before = resident()
        call_all()
        self.assertLess(resident() - before, 8 * 1024)


if __name__ == '__main__':
    unittest.main(verbosity=2)
