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

sys.path[:0] = [str(harness.ROOT / 'tests/server'), str(harness.ROOT / 'tests/peer')]
from reference_server import ReferenceServer  # noqa: E402
from web_front import WebFront  # noqa: E402

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

    # ---- what keeps the schedule from a server ----------------------------------------

    def begin(self, url, **changes):
        """A daemon with one profile that is due every five minutes; what follows reads its `status`."""
        self.daemon.start()
        self.user = self.daemon.client()
        self.profile_id = self.user.add(Url=url, Mode='PERIODIC', Interval='5_MINUTES', **changes)

    def status(self):
        values = self.user.get_all(harness.path_of(self.profile_id), PROFILE)
        return tuple(values[name] for name in ('NextSyncTime', 'NotBefore', 'Attention'))

    def sync(self):
        """How a session ends that is asked for by hand: the signal, and the error's name."""
        member, arguments = self.user.wait_for_end(self.profile_id, self.user.start(self.profile_id))
        return member, *arguments[:1]

    def restart(self):
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.user = self.daemon.client()

    def test_a_wrong_password_stops_the_schedule_until_it_changes(self):
        self.begin(self.server.url, Password='wrong')
        self.assertGreater(self.status()[0], now())
        refused = ('Failed', 'org.syncd1.Error.Authentication')
        self.assertEqual(self.sync(), refused)
        due, _, attention = self.status()
        self.assertEqual(due, 0)
        self.assertIn('refuses the user name or the password', attention)
        told = [values for _, (_, values, _) in self.user.signals('PropertiesChanged') if values['State'] == 'Idle']
        self.assertEqual((told[-1]['NextSyncTime'], told[-1]['Attention']), (0, attention))
        self.restart()
        self.assertEqual(self.status()[::2], (0, attention))
        self.assertEqual(self.sync(), refused)  # by hand it is tried all the same
        self.user.manager('Update', self.profile_id, harness.profile(
            ('Id', 'Password'), Url=self.server.url, Mode='PERIODIC', Interval='1_HOUR'))
        self.assertEqual(self.status()[::2], (0, attention))
        self.user.manager('Update', self.profile_id, harness.profile(
            Url=self.server.url, Mode='PERIODIC', Interval='5_MINUTES'))
        due, _, attention = self.status()
        self.assertEqual(attention, '')
        self.assertTrue(now() < due <= now() + 330 * SECOND, due - now())
        self.assertEqual(self.sync(), ('Completed',))

    def test_a_server_is_left_alone_for_as_long_as_it_asks(self):
        front = WebFront(self.server)
        self.addCleanup(front.stop)
        self.begin(front.url)

        def fail(status, wait, error='HttpStatus'):
            """When the server may be asked again: (the earliest, the latest)."""
            front.busy = status, wait
            began = now()
            self.assertEqual(self.sync(), ('Failed', 'org.syncd1.Error.' + error))
            return began, now()

        for status, wait, kept in [(503, 7200, 7200), (429, 3600, 3600), (417, 1800, 1800), (503, 10**9, 24 * 3600)]:
            first, last = fail(status, wait)
            due, not_before, attention = self.status()
            self.assertTrue(first + kept * SECOND <= not_before <= last + kept * SECOND, (status, not_before - first))
            self.assertEqual((due, attention), (not_before, ''))
        front.busy = 503, time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(time.time() + 5400))
        self.assertEqual(self.sync()[0], 'Failed')
        self.assertAlmostEqual((self.status()[1] - now()) / SECOND, 5400, delta=60)

        # With the status of SyncML for the same, in a reply of HTTP that is well.
        self.server.misbehave('503:SyncHdr')
        first, last = fail(200, 7200, 'Server')
        due, not_before, _ = self.status()
        self.assertTrue(first + 7200 * SECOND <= not_before <= last + 7200 * SECOND, not_before - first)
        self.restart()
        self.assertEqual(self.status()[:2], (due, not_before))
        self.assertEqual(self.user.manager('GetHistory', self.profile_id, 1)[0]['Trigger'], 'user')
        front.busy = None
        self.assertEqual(self.sync(), ('Completed',))
        due, not_before, _ = self.status()
        self.assertEqual(not_before, 0)
        self.assertLess(due, now() + 330 * SECOND)


if __name__ == '__main__':
    unittest.main(verbosity=2)
