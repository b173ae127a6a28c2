#!/usr/bin/python3
"""Sessions that nobody asked for: the daemon's own timer, over stops and starts."""
import pathlib
import re
import sqlite3
import sys
import time
import unittest

import harness
from harness import PROFILE, services
from own_daemon import OwnDaemon

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

SECOND = 1_000_000
WEEK = 7 * 24 * 3600 * SECOND
CLOCK_BOOTTIME = 7  # <linux/time.h>; goes on while the machine is suspended, unlike CLOCK_MONOTONIC


def now():
    return time.time_ns() // 1000


def armed_timers(pid):
    """clock → seconds that its timers still have to go"""
    timers = {}
    for descriptor in pathlib.Path(f'/proc/{pid}/fd').iterdir():
        if descriptor.readlink() == pathlib.Path('anon_inode:[timerfd]'):
            info = pathlib.Path(f'/proc/{pid}/fdinfo/{descriptor.name}').read_text()
            left = int(re.search(r'it_value: \((\d+),', info)[1])
            timers.setdefault(int(re.search(r'clockid: (\d+)', info)[1]), []).append(left)
    return timers


class Schedule(unittest.TestCase):
    def setUp(self):
        self.daemon = OwnDaemon()
        self.addCleanup(self.daemon.close)
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)

    def add(self, client, **changes):
        return client.add(Url=self.server.url, Mode='PERIODIC', Interval='1_WEEK', **changes)

    def restart_with_due(self, due):
        """As if the profiles were due at that time; a client of the new daemon."""
        self.assertEqual(self.daemon.stop(), 0)
        with sqlite3.connect(self.daemon.state / 'profiles.db') as database:
            database.execute('UPDATE profile SET next_due = ?', [due])
        database.close()
        self.daemon.start()
        return self.daemon.client()

    def next_sync(self, client, profile_id):
        return client.get(harness.path_of(profile_id), PROFILE, 'NextSyncTime')

    def test_what_was_missed_is_caught_up_once(self):
        self.daemon.start()
        client = self.daemon.client()
        # Each has its own chance in the first minute; the first of five has not long to wait.
        profiles = [self.add(client) for _ in range(5)]
        client = self.restart_with_due(now() - 3 * WEEK)
        for profile_id in profiles:
            self.assertLessEqual(self.next_sync(client, profile_id), now() + 60 * SECOND)
        client.wait(lambda: client.signals('Completed'))
        [(_, (profile_id, session))] = client.signals('Completed')
        [told] = client.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Session'], told['Trigger'], told['Outcome']), (session, 'timer', 'COMPLETED'))
        planned = self.next_sync(client, profile_id)
        self.assertLessEqual(told['Ended'] + WEEK, planned)
        self.assertLessEqual(planned, told['Ended'] + WEEK * 1.11)

        # Not again at the next start.
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        client = self.daemon.client()
        self.assertEqual(self.next_sync(client, profile_id), planned)
        self.assertEqual(len(client.manager('GetHistory', profile_id, 0)), 1)

    def test_the_timer_counts_suspend_and_there_is_none_without_need(self):
        self.daemon.start()
        client = self.daemon.client()
        client.add(Url=self.server.url)
        client.settle()
        pid = self.daemon.process.pid
        self.assertEqual([left for left in armed_timers(pid).get(CLOCK_BOOTTIME, []) if left], [])
        profile_id = self.add(client)
        planned = self.next_sync(client, profile_id)  # the loop arms its timers before it answers another call
        [left] = armed_timers(pid)[CLOCK_BOOTTIME]
        self.assertAlmostEqual(left, (planned - now()) / SECOND, delta=10)
        client.manager('Remove', profile_id)
        client.settle()
        self.assertEqual([left for left in armed_timers(pid).get(CLOCK_BOOTTIME, []) if left], [])

    def test_case_18_a_profile_without_an_enabled_service_is_skipped_and_that_is_logged(self):
        self.daemon.start()
        client = self.daemon.client()
        profiles = [self.add(client, ProfileName='Idle', Services=services('CONTACT card', Enable=False))
                    for _ in range(5)]
        client = self.restart_with_due(now() - WEEK)
        planned = {profile_id: self.next_sync(client, profile_id) for profile_id in profiles}
        self.daemon.wait_logged('profile Idle: due, but no service is enabled; skipping it')
        # The next time is another, and is told.
        client.wait(lambda: client.signals('PropertiesChanged'))
        path = [entry[1] for entry in client.heard if entry[2].endswith('PropertiesChanged')][0]
        profile_id = path.rpartition('/')[2]
        self.assertLess(planned[profile_id] + WEEK, self.next_sync(client, profile_id))
        self.assertEqual(client.manager('GetHistory', profile_id, 0), [])
        self.assertEqual(client.signals('Completed', 'Stopped', 'Failed'), [])
        self.assertEqual(self.server.sessions(), [])


if __name__ == '__main__':
    unittest.main(verbosity=2)
