#!/usr/bin/python3
"""How the daemon ends, and what becomes of a session that it has to cut off."""
import fcntl
import signal
import sys
import unittest

import harness
from harness import ERROR, PROFILE
from own_daemon import OwnDaemon

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mine\r\nN:Mine;;;;\r\nEND:VCARD\r\n'


class Stop(unittest.TestCase):
    def setUp(self):
        self.daemon = OwnDaemon()
        self.addCleanup(self.daemon.close)
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.addCleanup(self.server.call, 'release')

    def start_held(self):
        """A client, its profile, the session that waits for the server's first answer, and its worker."""
        client = self.daemon.client()
        client.store('Put', '', CARD)
        profile_id = client.add(Url=self.server.url)
        self.server.call('hold')
        session = client.start(profile_id)
        self.server.call('await-held')
        worker = self.daemon.worker()
        self.addCleanup(worker.close)
        return client, profile_id, session, worker

    def check_what_is_left(self, profile_id, session):
        """The next daemon says that the session was interrupted, and its next sync completes."""
        self.server.call('release')
        self.daemon.start()
        client = self.daemon.client()
        self.assertEqual(client.get(harness.path_of(profile_id), PROFILE, 'State'), 'Idle')
        [told] = client.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Session'], told['Outcome'], told['ErrorName']),
                         (session, 'FAILED', ERROR + 'Interrupted'))
        self.assertEqual([one['SyncStatus'] for one in client.manager('GetStatistics', profile_id)], ['FAIL', 'FAIL'])
        self.assertEqual(client.wait_for_end(profile_id, client.start(profile_id)), ('Completed', []))
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertEqual(self.server.violations(), [])
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_stop_interrupts_the_session_in_order(self):
        self.daemon.start()
        client, profile_id, session, worker = self.start_held()
        other = client.add(Url=self.server.url)
        queued = client.start(other)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertTrue(worker.is_gone())
        for name, number, words in [(profile_id, session, 'syncd itself ended'), (other, queued, 'before the session')]:
            member, (error, message) = client.wait_for_end(name, number)
            self.assertEqual((member, error), ('Failed', ERROR + 'Interrupted'))
            self.assertIn(words, message)
        self.check_what_is_left(profile_id, session)

    def test_a_worker_that_does_not_end_is_killed(self):
        self.daemon.config = 'StopTimeout=1\n'
        self.daemon.start()
        client, profile_id, session, worker = self.start_held()
        worker.signal(signal.SIGSTOP)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertTrue(worker.is_gone())
        member, (error, message) = client.wait_for_end(profile_id, session)
        self.assertEqual((member, error), ('Failed', ERROR + 'Interrupted'))
        self.assertIn('did not end in time', message)
        self.check_what_is_left(profile_id, session)

    def test_what_was_asked_to_stop_is_stopped(self):
        self.daemon.start()
        client, profile_id, session, worker = self.start_held()
        client.manager('StopSync', profile_id)
        self.assertEqual(self.daemon.stop(), 0)
        self.assertTrue(worker.is_gone())
        self.assertEqual(client.wait_for_end(profile_id, session), ('Stopped', []))
        self.daemon.start()
        [told] = self.daemon.client().manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Session'], told['Outcome'], told['ErrorName']), (session, 'STOPPED', ''))

    def test_a_worker_ends_with_a_daemon_that_is_killed(self):
        self.daemon.start()
        _, profile_id, session, worker = self.start_held()
        self.daemon.kill()
        worker.wait()
        self.check_what_is_left(profile_id, session)

    def test_a_profile_has_one_worker_at_a_time(self):
        """Also when a killed daemon left one behind, as which the test poses."""
        self.daemon.start()
        client, profile_id, session, _ = self.start_held()
        with open(self.daemon.state / f'users/{client.uid}/sync/{profile_id}/worker.lock') as lock:
            self.assertRaises(BlockingIOError, fcntl.flock, lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.server.call('release')
            self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            session = client.start(profile_id)
            self.daemon.wait_logged('an earlier worker of the profile still lives')
            self.assertEqual(len(self.server.sessions()), 1)  # the first one's
        self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))
        self.assertEqual(len(self.server.sessions()), 2)

    def test_systemd_is_told_of_readiness_life_and_end(self):
        self.daemon.environment = {'WATCHDOG_USEC': '400000'}
        self.daemon.start()
        self.daemon.wait_told('WATCHDOG=1', times=3)
        self.assertNotIn('STOPPING=1', ' '.join(self.daemon.told))
        self.daemon.process.terminate()
        self.daemon.wait_told('STOPPING=1')
        self.assertEqual(self.daemon.wait(), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
