#!/usr/bin/python3
"""What a daemon that was killed leaves behind, and what the next one makes of it.

Each step of a test is this program again, inside a with-syncd of its own, on the same state directory.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import harness
from harness import ANNA, ERROR, PROFILE, profile

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'


def kill_daemon():
    daemon = int(os.environ['SYNCD_PID'])
    death = os.pidfd_open(daemon)
    os.kill(daemon, signal.SIGKILL)
    import select
    select.select([death], [], [])


def ends_of(client):
    return client.signals('Completed', 'Stopped', 'Failed')


def step_begin_and_kill(url):
    """A profile, an item, and a session that is held by the server when the daemon dies."""
    anna = harness.Client(ANNA)
    anna.store('Put', '', CARD.format('Mine'))
    profile_id = anna.add(Url=url)
    held = _control(url)
    held('hold')
    session = anna.start(profile_id)
    held('await-held')
    state = anna.get(harness.path_of(profile_id), PROFILE, 'State')
    kill_daemon()
    held('release')
    anna.hear_the_rest()
    return {'profile': profile_id, 'session': session, 'state': state, 'ends': ends_of(anna)}


def step_queue_and_kill(url):
    """Two profiles, of which one waits for the other when the daemon dies."""
    anna = harness.Client(ANNA)
    busy, waiting = (anna.add(Url=url) for _ in range(2))
    held = _control(url)
    held('hold')
    anna.start(busy)
    held('await-held')
    session = anna.start(waiting)
    state = anna.get(harness.path_of(waiting), PROFILE, 'State')
    kill_daemon()
    held('release')
    return {'profile': waiting, 'session': session, 'state': state}


def step_look_and_sync(profile_id):
    anna = harness.Client(ANNA)
    found = {'profiles': anna.manager('GetAll'), 'statistics': anna.manager('GetStatistics', profile_id),
             'history': anna.manager('GetHistory', profile_id, 0), 'items': len(anna.store('List')),
             'state': anna.get(harness.path_of(profile_id), PROFILE, 'State')}
    anna.settle()
    found['ends'] = ends_of(anna)
    found['session'] = anna.start(profile_id)
    found['end'] = anna.wait_for_end(profile_id, found['session'])
    return found


def step_add(url):
    anna = harness.Client(ANNA)
    return {'profile': anna.add(Url=url)}


def step_start(profile_id):
    """The error name that StartSync answers, or how the session ended; and after new credentials."""
    anna = harness.Client(ANNA)
    found = {'profile': anna.manager('Get', profile_id)}
    for attempt in ['first', 'second']:
        try:
            found[attempt] = anna.wait_for_end(profile_id, anna.start(profile_id))[0]
        except harness.dbus.DBusException as error:
            found[attempt] = error.get_dbus_name()
            found['message'] = error.get_dbus_message()
        anna.manager('Update', profile_id, profile(Url=found['profile']['Url']))
    return found


def _control(url):
    server = ReferenceServer.__new__(ReferenceServer)
    import reference_server
    server._control = url[:-len('/sync')] + '/_control/'
    server._opener = reference_server._opener
    return server.call


class Restart(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.TemporaryDirectory()
        self.addCleanup(self.state.cleanup)
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)

    def step(self, name, *arguments):
        run = subprocess.run([harness.ROOT / 'scripts/with-syncd', '--state', self.state.name, '--',
                              '/usr/bin/python3', __file__, '--step', name, *arguments],
                             capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        return json.loads(run.stdout)

    def test_case_30_a_daemon_that_is_killed_in_a_session_loses_the_session_only(self):
        before = self.step('begin_and_kill', self.server.url)
        self.assertEqual(before['state'], 'Syncing')
        self.assertEqual(before['ends'], [])
        after = self.step('look_and_sync', before['profile'])
        self.assertEqual(list(after['profiles']), [before['profile']])
        self.assertTrue(after['profiles'][before['profile']]['HasCredentials'])
        self.assertEqual(after['items'], 1)
        self.assertEqual(after['state'], 'Idle')
        self.assertEqual(after['ends'], [])  # nobody is left who could be told
        self.assertEqual([one['SyncStatus'] for one in after['statistics']], ['FAIL', 'FAIL'])
        self.assertEqual((after['history'][0]['Session'], after['history'][0]['Outcome']),
                         (before['session'], 'FAILED'))
        self.assertGreater(after['session'], before['session'])  # unique for good
        self.assertEqual(after['end'], ['Completed', []])
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertEqual(self.server.violations(), [])

    def test_case_30_a_session_that_waits_when_the_daemon_is_killed_leaves_a_trace(self):
        before = self.step('queue_and_kill', self.server.url)
        self.assertEqual(before['state'], 'Queued')
        after = self.step('look_and_sync', before['profile'])
        [lost] = after['history']
        self.assertEqual((lost['Session'], lost['Trigger'], lost['Outcome'], lost['ErrorName']),
                         (before['session'], 'user', 'FAILED', ERROR + 'Interrupted'))
        self.assertIn('before the sync began', lost['Message'])
        self.assertEqual(after['end'], ['Completed', []])

    def test_a_lost_key_keeps_the_profiles_and_asks_for_new_credentials(self):
        profile_id = self.step('add', self.server.url)['profile']
        (pathlib.Path(self.state.name) / 'syncd.key').unlink()
        after = self.step('start', profile_id)
        self.assertEqual(after['first'], ERROR + 'CredentialsLost')
        self.assertEqual(after['message'], 'profile Work: the stored credentials cannot be opened any more; give Id and '
                                           'Password again with Update')
        self.assertEqual(after['second'], 'Completed')
        self.assertEqual(after['profile']['ProfileName'], 'Work')

    def test_a_damaged_database_is_refused_with_its_name_and_left_alone(self):
        damaged = pathlib.Path(self.state.name) / 'profiles.db'
        damaged.write_bytes(b'this is no database' * 100)
        run = subprocess.run([harness.ROOT / 'scripts/with-syncd', '--state', self.state.name, '--', 'true'],
                             capture_output=True, text=True)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn('profiles.db', run.stderr)
        self.assertEqual(damaged.read_bytes(), b'this is no database' * 100)


if __name__ == '__main__':
    if sys.argv[1:2] == ['--step']:
        print(json.dumps(globals()['step_' + sys.argv[2]](*sys.argv[3:])))
    else:
        unittest.main(verbosity=2)
