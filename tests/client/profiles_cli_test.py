#!/usr/bin/python3
"""`syncctl profile`, `status`, and what every command says when something is wrong."""
import os
import shutil
import subprocess
import unittest

import ctl
from ctl import PASSWORD

KEYS = ['profile_id', 'profile_name', 'url', 'mode', 'type', 'interval', 'has_credentials',
        'has_http_credentials', 'has_client_certificate', 'has_server_password', 'allow_plain_credentials', 'ca_file', 'device_id',
        'server_id', 'authenticate_server', 'encoding', 'conflict_policy', 'protocol_version', 'review_items', 'review_percent', 'slow_sync',
        'keep_transcripts', 'services']


class Profiles(ctl.TestCase):
    def test_a_profile_is_added_shown_listed_changed_and_removed(self):
        profile_id = self.add('Büro', '--disable', 'event', '--device-id', 'IMEI:490154203237518')
        shown = self.json('profile', 'show', 'Büro')
        self.assertEqual(list(shown), KEYS)
        self.assertEqual(shown, {
            'profile_id': profile_id, 'profile_name': 'Büro', 'url': self.server.url, 'mode': 'MANUAL',
            'type': 'TWO_WAY', 'interval': None, 'has_credentials': True, 'has_http_credentials': False,
            'has_client_certificate': False, 'has_server_password': False, 'server_id': None,
            'authenticate_server': False, 'allow_plain_credentials': False,
            'ca_file': None, 'device_id': 'IMEI:490154203237518', 'encoding': 'XML', 'conflict_policy': 'KEEP_BOTH', 'protocol_version': 'AUTO',
            'review_items': 10, 'review_percent': 30, 'slow_sync': 'allow',
            'keep_transcripts': 0, 'services': [{'service_type': 'CONTACT', 'server_database_uri': 'card', 'enable': True, 'filter': None,
                          'store': None},
                         {'service_type': 'EVENT', 'server_database_uri': 'cal', 'enable': False, 'filter': None,
                          'store': None}]})
        self.assertEqual(self.json('profile', 'list'), [shown])
        self.assertEqual(self.text('profile', 'list').splitlines(),
                         [f'{"ID":{len(profile_id)}}  NAME  WHEN             SERVICES              URL',
                          f'{profile_id}  Büro  manual, two-way  contact, event (off)  {self.server.url}'])

        self.json('profile', 'update', profile_id, '--name', 'Office', '--interval', '4-hours', '--enable', 'event')
        changed = self.json('profile', 'show', 'Office')
        self.assertEqual(changed, {**shown, 'profile_name': 'Office', 'mode': 'PERIODIC', 'interval': '4_HOURS',
                                   'services': [{**service, 'enable': True} for service in shown['services']]})
        self.assertEqual(self.text('profile', 'show', profile_id).splitlines()[1:5],
                         ['Name                  Office', f'URL                   {self.server.url}',
                          'When                  every 4 hours', 'Credentials           stored'])

        self.assertEqual(self.text('profile', 'remove', 'Office'), f'Removed profile {profile_id}.\n')
        self.assertEqual(self.json('profile', 'list'), [])
        self.assertEqual(self.text('profile', 'list'),
                         'There are no profiles. Add one with: syncctl profile add\n')

    def test_a_name_that_two_profiles_have_names_neither(self):
        ids = sorted([self.add('Twin'), self.add('Twin')])
        said = self.error(2, 'profile', 'show', 'Twin')
        self.assertEqual(said, 'syncctl: profile show: 2 profiles are named "Twin"\n'
                               f'Name one of them by its id: {ids[0]}, {ids[1]}.\n')
        self.assertEqual(self.json('profile', 'show', ids[1])['profile_id'], ids[1])

    def test_status_tells_what_everything_is_doing(self):
        version = self.run_ctl('--version').stdout.strip()
        self.assertEqual(self.json('status'), {'version': version, 'max_profiles': 5, 'notifications': {}, 'profiles': []})
        profile_id = self.add()
        state = {'profile_id': profile_id, 'profile_name': 'Work', 'state': 'Idle', 'last_sync_time': 0,
                 'next_sync_time': 0, 'not_before': 0, 'quarantined': 0, 'attention': None}
        self.assertEqual(self.json('status', 'Work'), state)
        self.assertEqual(self.json('status')['profiles'], [state])
        self.assertEqual(self.text('status').splitlines(),
                         [f'syncd {version}, 1 of 5 profiles',
                          f'{"ID":{len(profile_id)}}  NAME  STATE  LAST SYNC  NEXT SYNC',
                          f'{profile_id}  Work  idle   never      when asked'])
        self.json('profile', 'update', 'Work', '--interval', '1-hour')
        self.assertGreater(self.json('status', 'Work')['next_sync_time'], 1_700_000_000_000_000)

    def test_a_stored_password_stays_with_its_server(self):
        self.add()
        said = self.error(8, 'profile', 'update', 'Work', '--url', 'https://elsewhere.example.org/')
        self.assertIn('Id and Password must be given again', said)
        self.assertEqual(self.json('profile', 'show', 'Work')['url'], self.server.url)
        self.json('profile', 'update', 'Work', '--url', 'https://elsewhere.example.org/', '--user', 'bob',
                  '--password-file', self.password_file)
        # An empty user takes the credentials away.
        self.json('profile', 'update', 'Work', '--user', '')
        self.assertFalse(self.json('profile', 'show', 'Work')['has_credentials'])


class Errors(ctl.TestCase):
    def test_a_line_that_makes_no_sense_is_2(self):
        for line in ([], ['profile'], ['nonsense'], ['start'], ['profile', 'add', 'Work', '--password', PASSWORD],
                     ['item', 'list'], ['item', 'list', '--service', 'memo'], ['start', 'Work', '--type', 'up'],
                     ['--bus', 'other', 'status'], ['history', 'Work', '--limit', '0']):
            with self.subTest(line):
                self.assertNotEqual(self.error(2, *line), '')
                self.assertIsNone(self.json(*line, status=2)['error']['name'])
        self.assertEqual(self.error(2, 'profile', 'add', 'Work'),
                         'syncctl: profile add: the server is missing\nGive its address with --url.\n')

    def test_what_is_not_there_is_3(self):
        for line in (['profile', 'show', 'Nobody'], ['start', 'Nobody'], ['stop', 'no such thing'],
                     ['statistics', '../x'], ['history', ''], ['status', 'Nobody'],
                     ['item', 'show', '--service', 'event', '77'], ['item', 'delete', '--service', 'contact', '77']):
            with self.subTest(line):
                said = self.error(3, *line)
                self.assertTrue(said.startswith('syncctl: '), said)
                document = self.json(*line, status=3)
                self.assertEqual(list(document), ['error'])
                self.assertEqual(document['error']['name'], 'org.syncd1.Error.NotFound')
                self.assertIn(document['error']['message'], said)

    def test_what_polkit_forbids_is_4(self):
        import harness
        harness.set_allowed()
        self.addCleanup(harness.set_allowed, 'sync', 'manage')
        # with-syncd's bus can be reached by everybody, the build directory perhaps not.
        self.directory.chmod(0o755)
        for built in (ctl.SYNCCTL, ctl.BUILD / 'client-lib/libsyncd.so.0'):
            shutil.copy(built, self.directory)
        result = subprocess.run([self.directory / 'syncctl', 'profile', 'add', 'Work', '--url', self.server.url],
                                user=harness.ANNA, extra_groups=[], cwd='/', capture_output=True, text=True,
                                env={**os.environ, 'LD_LIBRARY_PATH': str(self.directory)})
        self.assertEqual((result.returncode, result.stdout), (4, ''), result.stderr)
        self.assertTrue(result.stderr.startswith('syncctl: profile add: '), result.stderr)

    def test_no_bus_and_no_service_are_5(self):
        nowhere = {'env': {**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent'}}
        said = self.failing(5, 'status', **nowhere)
        self.assertIn('cannot connect to the system bus', said)
        self.assertIn('systemctl status syncd', said)
        nowhere = {'env': {**os.environ, 'DBUS_SESSION_BUS_ADDRESS': 'unix:path=/nonexistent'}}
        self.assertIn('systemctl --user status syncd', self.failing(5, '--bus', 'user', 'status', **nowhere))

    def failing(self, status, *arguments, env):
        result = subprocess.run([ctl.SYNCCTL, *arguments], env=env, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stdout), (status, ''))
        return result.stderr

    def test_a_filter_is_set_shown_and_taken_away(self):
        self.add()
        self.json('profile', 'update', 'Work', '--filter', 'event=DTSTART&GE;20260101T000000Z', '--filter', 'contact=N&CON;a')
        self.assertEqual([service['filter'] for service in self.json('profile', 'show', 'Work')['services']],
                         ['N&CON;a', 'DTSTART&GE;20260101T000000Z'])
        self.assertIn('Filter of event', self.text('profile', 'show', 'Work'))
        self.json('profile', 'update', 'Work', '--name', 'Office')
        self.json('profile', 'update', 'Office', '--filter', 'contact=')
        self.assertEqual([service['filter'] for service in self.json('profile', 'show', 'Office')['services']],
                         [None, 'DTSTART&GE;20260101T000000Z'])
        said = self.error(8, 'profile', 'update', 'Office', '--filter', 'contact=N&IS;a')
        self.assertIn('an operator is missing', said)

    def test_what_the_service_refuses_is_8_and_changes_nothing(self):
        profile_id = self.add()
        for line, word in ((['profile', 'add', 'X', '--url', 'ftp://example.org/'], 'Url'),
                           (['profile', 'add', 'X', '--url', self.server.url, '--mode', 'periodic'], 'Interval'),
                           (['profile', 'add', 'X', '--url', self.server.url, '--mode', 'push', '--type', 'slow'],
                            'Type'),
                           (['profile', 'update', 'Work', '--ca-file', '/nonexistent\nca'], 'CaFile'),
                           (['stop', 'Work'], '')):
            with self.subTest(line):
                self.assertIn(word, self.error(8, *line))
        self.json('profile', 'update', 'Work', '--disable', 'contact', '--disable', 'event')
        self.assertEqual(self.json('start', 'Work', status=8)['error']['name'], 'org.syncd1.Error.NothingToSync')
        for number in range(4):
            self.add(f'More {number}')
        self.assertEqual(self.json('profile', 'add', 'Sixth', '--url', self.server.url, status=8)['error']['name'],
                         'org.syncd1.Error.QuotaExceeded')
        self.assertEqual(len(self.json('profile', 'list')), 5)
        self.assertEqual(self.json('profile', 'show', profile_id)['mode'], 'MANUAL')

    def test_a_full_disk_behind_the_output_is_a_failure(self):
        with open('/dev/full', 'w') as full:
                result = subprocess.run([ctl.SYNCCTL, 'status'], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual((result.returncode, result.stderr), (1, 'syncctl: cannot write to standard output\n'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
