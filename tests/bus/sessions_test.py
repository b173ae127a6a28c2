#!/usr/bin/python3
"""Sessions as a client sees them: numbers, states, signals and their order, statistics and history.

The reference server (tests/server) holds a session where a test wants it, so that nothing depends on time.
"""
import re
import sys
import tempfile
import unittest

import dbus

import harness
from harness import ANNA, CARL, ERROR, MANAGER, MANAGER_PATH, NO_KEYS, PROFILE, profile, services

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'


class Sessions(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.anna = self.client(ANNA)

    def remove_everything(self):
        if self.server.process.poll() is None:
            self.server.call('release')
        super().remove_everything()

    def add(self, client=None, **changes):
        return (client or self.anna).add(**{'Url': self.server.url, **changes})

    def state(self, profile_id, client=None):
        return (client or self.anna).get(harness.path_of(profile_id), PROFILE, 'State')

    def start_held(self, profile_id):
        """A session that waits for the server's first answer."""
        self.server.call('hold')
        session = self.anna.start(profile_id)
        self.server.call('await-held')
        return session

    def statuses(self, profile_id):
        return {one['ServiceType']: one['SyncStatus'] for one in self.anna.manager('GetStatistics', profile_id)}

    def everything_of(self, profile_id):
        return (self.anna.manager('GetAll'), self.anna.manager('GetStatistics', profile_id),
                self.anna.manager('GetHistory', profile_id, 0),
                self.anna.get_all(harness.path_of(profile_id), PROFILE))

    def terminal(self, profile_id):
        self.anna.settle()
        return [(member, arguments[1]) for member, arguments in self.anna.signals('Completed', 'Stopped', 'Failed')
                if arguments[0] == profile_id]

    # ---- the ordinary way ---------------------------------------------------------

    def test_a_session_from_its_reply_to_its_end(self):
        self.anna.store('Put', '', CARD.format('Mine'))
        self.server.put('card', CARD.format('Yours'))
        profile_id = self.add()
        self.anna.settle()
        self.anna.heard.clear()

        self.anna.begin('start', MANAGER_PATH, MANAGER, 'StartSync', profile_id, NO_KEYS)
        self.anna.wait(lambda: self.anna.signals('Completed'))
        self.assertEqual(self.anna.heard[0][:2], ('reply', 'start'))  # before any signal
        [session] = self.anna.heard[0][2]

        states = [arguments[1]['State'] for member, arguments in self.anna.signals('PropertiesChanged')]
        self.assertEqual(states[-1], 'Idle')
        self.assertIn('Syncing', states)
        names = [entry[2].rsplit('.', 1)[1] for entry in self.anna.heard if entry[0] == 'signal']
        self.assertEqual(names[-1], 'Completed')
        self.assertLess(max(n for n, name in enumerate(names) if name == 'PropertiesChanged'), len(names) - 1)
        ended = self.anna.signals('PropertiesChanged')[-1][1][1]['LastSyncTime']
        self.assertGreater(ended, 0)

        # Statistics asked for when the last signal came are this session's.
        contacts, events = self.anna.manager('GetStatistics', profile_id)
        self.assertEqual((contacts['ServiceType'], contacts['SyncStatus']), ('CONTACT', 'SUCCESS'))
        self.assertEqual((contacts['ClientToServerTotal'], contacts['ClientToServerAdded']), (1, 1))
        self.assertEqual((contacts['ServerToClientTotal'], contacts['ServerToClientAdded']), (1, 1))
        self.assertEqual((events['SyncStatus'], events['ClientToServerTotal']), ('SUCCESS', 0))
        [told] = self.anna.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Session'], told['Trigger'], told['Outcome']), (session, 'user', 'COMPLETED'))
        self.assertLessEqual(told['Started'], told['Ended'])
        self.assertGreater(min(told['BytesSent'], told['BytesReceived'], told['RoundTrips']), 0)

        self.assertEqual(self.terminal(profile_id), [('Completed', session)])
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertEqual(self.anna.store('GetCount'), 2)
        self.assertEqual(self.server.violations(), [])

    def test_progress_grows_and_its_last_is_sent(self):
        for number in range(30):
            self.anna.store('Put', '', CARD.format(f'A{number}'))
            self.server.put('card', CARD.format(f'B{number}'))
        profile_id = self.add()
        session = self.anna.start(profile_id)
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        seen = {}
        for _, (told_profile, told_session, service, from_server, total, synced) in self.anna.signals('Progress'):
            self.assertEqual((told_profile, told_session), (profile_id, session))
            self.assertLessEqual(synced, total)
            self.assertGreaterEqual(synced, seen.get((service, from_server), (0, 0))[1])
            seen[service, from_server] = total, synced
        self.assertEqual(seen['CONTACT', False], (30, 30))
        self.assertEqual(seen['CONTACT', True], (30, 30))
        # What a sync wrote is told to the applications.
        self.assertEqual(sum(len(added) for _, (added, _, _) in self.anna.signals('Changed')), 60)

    def test_the_type_of_one_session_can_be_given(self):
        profile_id = self.add()
        session = self.anna.start(profile_id, Type='REFRESH_FROM_SERVER')
        self.anna.wait_for_end(profile_id, session)
        [told] = self.anna.manager('GetHistory', profile_id, 0)
        self.assertEqual([one['Type'] for one in told['Services']], ['REFRESH_FROM_SERVER'] * 2)
        self.assertEqual(self.anna.manager('Get', profile_id)['Type'], 'TWO_WAY')

    def test_history_is_newest_first_and_limited(self):
        profile_id = self.add()
        sessions = []
        for _ in range(3):
            sessions.append(self.anna.start(profile_id))
            self.anna.wait_for_end(profile_id, sessions[-1])
        self.assertEqual(sessions, sorted(set(sessions)))
        told = [one['Session'] for one in self.anna.manager('GetHistory', profile_id, 0)]
        self.assertEqual(told, sessions[::-1])
        self.assertEqual([one['Session'] for one in self.anna.manager('GetHistory', profile_id, 2)], sessions[:0:-1])

    # ---- the hard cases -------------------------------------------------------------

    def test_case_06_update_while_it_syncs_is_stored_and_the_session_goes_on(self):
        profile_id = self.add()
        session = self.start_held(profile_id)
        self.assertEqual(self.state(profile_id), 'Syncing')
        self.anna.manager('Update', profile_id, profile(ProfileName='New', Url='http://127.0.0.1:9/nobody',
                                                        Mode='PERIODIC', Interval='1_WEEK'))
        self.assertEqual(self.anna.manager('Get', profile_id)['ProfileName'], 'New')
        self.assertEqual(self.state(profile_id), 'Syncing')
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        after = self.anna.get_all(harness.path_of(profile_id), PROFILE)
        week = 7 * 24 * 3600 * 1_000_000
        self.assertLessEqual(after['LastSyncTime'] + week, after['NextSyncTime'])
        self.assertLessEqual(after['NextSyncTime'], after['LastSyncTime'] + week * 1.11)

    def test_case_07_remove_while_it_syncs_stops_then_removes_then_replies(self):
        profile_id = self.add()
        session = self.start_held(profile_id)
        self.anna.settle()
        self.anna.heard.clear()
        self.anna.begin('remove', MANAGER_PATH, MANAGER, 'Remove', profile_id)
        self.anna.wait(lambda: any(entry[:2] == ('reply', 'remove') for entry in self.anna.heard))
        order = [entry[2].rsplit('.', 1)[1] if entry[0] == 'signal' else entry for entry in self.anna.heard
                 if not entry[2] == 'org.freedesktop.DBus.Properties.PropertiesChanged']
        self.assertEqual(order, ['Stopped', 'ProfileRemoved', ('reply', 'remove', [])])
        self.assertEqual(self.anna.signals('Stopped'), [('Stopped', [profile_id, session])])
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Get', profile_id)
        self.assertEqual(self.anna.manager('GetProfileCount'), 0)

    def test_case_08_a_second_start_joins_the_session(self):
        profile_id = self.add()
        session = self.start_held(profile_id)
        other = self.client(ANNA)
        self.assertEqual([self.anna.start(profile_id), other.start(profile_id)], [session, session])
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        self.assertEqual(self.terminal(profile_id), [('Completed', session)])
        self.assertEqual(len(self.server.sessions()), 1)
        self.assertNotEqual(self.anna.start(profile_id), session)

    def test_case_08_two_starts_at_once_are_one_session(self):
        profile_id = self.add()
        clients = [self.client(ANNA) for _ in range(8)]
        for client in clients:
            client.begin('start', MANAGER_PATH, MANAGER, 'StartSync', profile_id, NO_KEYS)
        for client in clients:
            client.wait(lambda c=client: any(entry[:2] == ('reply', 'start') for entry in c.heard))
        [session] = {entry[2][0] for client in clients for entry in client.heard if entry[:2] == ('reply', 'start')}
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        self.assertEqual(self.terminal(profile_id), [('Completed', session)])
        self.assertEqual(len(self.server.sessions()), 1)
        self.assertEqual([one['Session'] for one in self.anna.manager('GetHistory', profile_id, 0)], [session])

    def test_case_09_stop_without_a_session_is_not_running(self):
        profile_id = self.add()
        self.assertError(ERROR + 'NotRunning', self.anna.manager, 'StopSync', profile_id)
        session = self.anna.start(profile_id)
        self.anna.wait_for_end(profile_id, session)
        before = self.everything_of(profile_id)
        self.anna.settle()
        heard = list(self.anna.heard)
        self.assertError(ERROR + 'NotRunning', self.anna.manager, 'StopSync', profile_id)
        self.assertEqual(self.everything_of(profile_id), before)
        self.anna.settle()
        self.assertEqual(self.anna.heard, heard)

    def test_case_10_stop_right_after_start_succeeds_also_while_queued(self):
        first, second = self.add(), self.add()
        running = self.start_held(first)
        queued = self.anna.start(second)  # one session of a user at a time
        self.assertEqual(self.state(second), 'Queued')
        self.anna.manager('StopSync', second)
        self.assertEqual(self.anna.wait_for_end(second, queued), ('Stopped', []))
        self.assertEqual(self.state(second), 'Idle')
        self.anna.manager('StopSync', first)
        self.assertEqual(self.anna.wait_for_end(first, running), ('Stopped', []))

        self.server.call('release')
        third = self.add()
        self.anna.begin('start', MANAGER_PATH, MANAGER, 'StartSync', third, NO_KEYS)
        self.anna.manager('StopSync', third)
        self.anna.wait(lambda: self.terminal(third))
        self.assertEqual([member for member, _ in self.terminal(third)], ['Stopped'])

    def test_case_11_stopped_is_sent_once(self):
        profile_id = self.add()
        session = self.start_held(profile_id)
        self.anna.manager('StopSync', profile_id)
        if self.state(profile_id) != 'Idle':
            self.anna.manager('StopSync', profile_id)  # again: accepted, and no second signal
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Stopped', []))
        self.assertEqual(self.terminal(profile_id), [('Stopped', session)])
        self.assertEqual(self.statuses(profile_id), {'CONTACT': 'STOP', 'EVENT': 'STOP'})
        [told] = self.anna.manager('GetHistory', profile_id, 0)
        self.assertEqual(told['Outcome'], 'STOPPED')

    def test_case_17_a_disabled_service_takes_no_part_and_keeps_its_statistics(self):
        profile_id = self.add()
        self.anna.wait_for_end(profile_id, self.anna.start(profile_id))
        before = {one['ServiceType']: one for one in self.anna.manager('GetStatistics', profile_id)}
        listed = services('CONTACT card', 'EVENT cal')
        listed[1]['Enable'] = False
        self.anna.manager('Update', profile_id, profile(Url=self.server.url, Services=listed))
        self.anna.wait_for_end(profile_id, self.anna.start(profile_id))
        after = {one['ServiceType']: one for one in self.anna.manager('GetStatistics', profile_id)}
        self.assertEqual(after['EVENT'], before['EVENT'])
        self.assertGreater(after['CONTACT']['LastSyncTime'], before['CONTACT']['LastSyncTime'])

    def test_case_19_a_service_without_credentials_uses_the_profiles(self):
        with tempfile.TemporaryFile() as trace:
            server = ReferenceServer('--user', 'alice:s3cret', '--user', 'bob:other', '--guard', 'cal=guard:g4te',
                                     '--trace', stderr=trace)
            self.addCleanup(server.stop)
            listed = services('CONTACT card', 'EVENT cal')
            listed[1].update({'Id': 'guard', 'Password': 'g4te'})
            for expected, changes in [({'cal'}, {'Services': listed}), (set(), {'Services': services('CONTACT card')})]:
                trace.seek(0)
                trace.truncate()
                profile_id = self.add(Url=server.url, AllowPlainCredentials=True, **changes)
                session = self.anna.start(profile_id)
                self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
                self.assertEqual(server.last_session()['user'], 'alice')
                trace.seek(0)
                alerts = re.findall('<Alert>.*?</Alert>', trace.read().decode(), re.DOTALL)
                databases = {(re.search('<Target><LocURI>(.*?)<', alert)[1], '<Cred>' in alert) for alert in alerts
                             if '<Target>' in alert}
                self.assertIn(('card', False), databases)
                self.assertEqual({database for database, has_credentials in databases if has_credentials}, expected)
            self.assertEqual(server.violations(), [])

    def test_case_25_the_first_sync_is_slow_and_the_stored_type_stays(self):
        profile_id = self.add()
        for expected in ['SLOW', 'TWO_WAY']:
            self.anna.wait_for_end(profile_id, self.anna.start(profile_id))
            told = self.anna.manager('GetHistory', profile_id, 1)[0]
            self.assertEqual([one['Type'] for one in told['Services']], [expected] * 2)
            self.assertEqual(self.anna.manager('Get', profile_id)['Type'], 'TWO_WAY')

    def test_case_26_a_client_that_leaves_does_not_end_its_session(self):
        profile_id = self.add()
        starter = self.client(ANNA)
        self.server.call('hold')
        session = starter.start(profile_id)
        self.server.call('await-held')
        self.leave(starter)
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))

    def test_case_28_all_services_are_one_session_with_one_end(self):
        profile_id = self.add()
        session = self.anna.start(profile_id)
        self.anna.wait_for_end(profile_id, session)
        self.assertEqual(self.terminal(profile_id), [('Completed', session)])
        self.assertEqual(len(self.server.sessions()), 1)
        self.assertEqual(self.statuses(profile_id), {'CONTACT': 'SUCCESS', 'EVENT': 'SUCCESS'})

    def test_case_29_one_failed_service_fails_the_session_and_statistics_tell_which(self):
        self.anna.store('Put', '', CARD.format('Mine'))
        profile_id = self.add(Services=services('CONTACT card', 'EVENT nonsense'))
        session = self.anna.start(profile_id)
        member, (error, message) = self.anna.wait_for_end(profile_id, session)
        self.assertEqual((member, error), ('Failed', ERROR + 'DatabaseNotFound'))
        self.assertIn('nonsense', message)
        self.assertEqual(self.statuses(profile_id), {'CONTACT': 'SUCCESS', 'EVENT': 'FAIL'})
        self.assertEqual(len(self.server.items('card')), 1)
        [told] = self.anna.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Outcome'], told['ErrorName']), ('FAILED', ERROR + 'DatabaseNotFound'))

    # ---- failures -------------------------------------------------------------------

    def test_failures_have_their_own_names_and_the_next_sync_succeeds(self):
        profile_id = self.add()
        for fault, name in [('http-500', 'HttpStatus'), ('html', 'NotSyncML'), ('truncated-xml', 'Malformed'),
                            ('billion-laughs', 'ForbiddenMarkup'), ('bogus-status', 'Protocol')]:
            with self.subTest(fault):
                self.server.misbehave(fault + '*')
                session = self.anna.start(profile_id)
                member, arguments = self.anna.wait_for_end(profile_id, session)
                self.assertEqual((member, arguments[0]), ('Failed', ERROR + name))
                self.assertGreater(len(arguments[1]), 20)
                self.assertEqual(self.statuses(profile_id), {'CONTACT': 'FAIL', 'EVENT': 'FAIL'})
                self.server.behave()
                session = self.anna.start(profile_id)
                self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))

    def test_wrong_credentials_and_a_server_that_is_gone(self):
        profile_id = self.add(Password='wrong')
        session = self.anna.start(profile_id)
        self.assertEqual(self.anna.wait_for_end(profile_id, session)[1][0], ERROR + 'Authentication')
        self.server.stop()
        session = self.anna.start(profile_id)
        self.assertEqual(self.anna.wait_for_end(profile_id, session)[1][0], ERROR + 'Unreachable')

    def test_a_push_profile_is_started_by_hand(self):
        """No timer starts it."""
        self.anna.store('Put', '', CARD.format('Mine'))
        profile_id = self.add(Mode='PUSH')
        self.assertEqual(self.anna.get(harness.path_of(profile_id), PROFILE, 'NextSyncTime'), 0)
        session = self.anna.start(profile_id)
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        [told] = self.anna.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Trigger'], told['Outcome']), ('user', 'COMPLETED'))
        self.assertEqual(self.anna.manager('Get', profile_id)['Mode'], 'PUSH')
        self.assertEqual(self.anna.get(harness.path_of(profile_id), PROFILE, 'NextSyncTime'), 0)
        self.assertEqual(len(self.server.items('card')), 1)

    # ---- two users --------------------------------------------------------------------

    def test_two_users_sync_at_the_same_time_each_their_own(self):
        carl = self.client(CARL)
        carl.store('Put', '', CARD.format('Carls'))
        other = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(other.stop)
        hers, his = self.add(), self.add(carl, Url=other.url)
        session = self.start_held(hers)
        self.assertEqual(carl.wait_for_end(his, carl.start(his)), ('Completed', []))
        self.assertEqual(self.state(hers), 'Syncing')
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(hers, session), ('Completed', []))
        self.assertEqual(self.anna.store('GetCount'), 0)
        carl.settle()
        self.assertNotIn(hers, repr(carl.heard))
        self.assertNotIn(his, repr(self.anna.heard))


if __name__ == '__main__':
    unittest.main(verbosity=2)
