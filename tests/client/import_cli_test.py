#!/usr/bin/python3
"""`syncctl import-syncevolution` with configurations as SyncEvolution 2.0 writes them, cut to what they set."""
import unittest

import ctl
from ctl import PASSWORD, USER, card

SHARED = {'addressbook': 'backend = addressbook', 'calendar': 'backend = calendar', 'memo': 'backend = memo',
          'todo': 'backend = todo', 'other': 'backend = mapi', 'cards': 'backend = file\ndatabaseFormat = text/vcard'}


class Import(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.place = self.directory / 'syncevolution'

    def write(self, path, *lines):
        file = self.place / path / 'config.ini'
        file.parent.mkdir(parents=True, exist_ok=True)
        # Comments hold the default values.
        file.write_text('# Identifies how to contact the peer,\n# syncURL = \n' + '\n'.join(lines) + '\n')

    def peer(self, name, *lines, context='default', sources=()):
        """`sources`: (name, lines) of each."""
        self.write(f'{context}/peers/{name}', *lines)
        self.write(context, 'deviceId = syncevolution-30f0a1f5')
        for source, shared in SHARED.items():
            self.write(f'{context}/sources/{source}', *shared.splitlines())
        for source, *more in sources:
            self.write(f'{context}/peers/{name}/sources/{source}', *more)

    def run_import(self, *more):
        return {peer['name']: peer for peer in self.json('import-syncevolution', self.place, *more)['peers']}

    def profiles(self):
        return {profile['profile_name']: profile for profile in self.json('profile', 'list')}

    def test_a_server_becomes_a_profile_that_syncs(self):
        self.server.put('card', card('Ada'))
        self.peer('office', f'syncURL = {self.server.url} http://second.example.org', f'username = {USER}',
                  f'password = {PASSWORD}', 'autoSync = 1', 'autoSyncInterval = 1800', 'preventSlowSync = 0',
                  context='work', sources=[('addressbook', 'sync = two-way', 'uri = card'),
                                           ('calendar', 'sync = disabled', 'uri = cal'),
                                           ('memo', 'sync = two-way', 'uri = note'),
                                           ('other', 'sync = two-way', 'uri = other'),
                                           ('todo', 'sync = disabled', 'uri = task')])
        peer = self.run_import()['office@work']
        self.assertIsNone(peer['refusal'])
        self.assertEqual(peer['not_taken'], ['source other holds nothing that is kept here'])
        profile = self.profiles()['office@work']
        self.assertEqual(profile['profile_id'], peer['profile_id'])
        self.assertEqual((profile['url'], profile['mode'], profile['interval'], profile['slow_sync'], profile['encoding']),
                         (self.server.url, 'PERIODIC', '1_HOUR', 'allow', 'AUTO'))
        self.assertEqual(profile['services'], [
            {'service_type': 'CONTACT', 'server_database_uri': 'card', 'enable': True, 'filter': None,
             'store': None},
            {'service_type': 'EVENT', 'server_database_uri': 'cal', 'enable': False, 'filter': None,
             'store': None},
            {'service_type': 'NOTE', 'server_database_uri': 'note', 'enable': True, 'filter': None,
             'store': None},
            {'service_type': 'TASK', 'server_database_uri': 'task', 'enable': False, 'filter': None,
             'store': None}])
        self.assertTrue(profile['has_credentials'])
        self.json('start', 'office@work')
        self.assertEqual(len(self.json('item', 'list', '--ids', '--service', 'contact')), 1)
        # A second time it is there.
        self.assertEqual(self.run_import()['office@work']['refusal'], 'there is a profile of that name already')
        self.assertEqual(len(self.profiles()), 1)

    def test_what_is_no_http_server_is_not_taken_and_said(self):
        self.peer('phone', 'syncURL = obex-bt://00:0A:94:03:F3:7E')
        self.peer('client', 'syncURL = http://x.example.org/', 'PeerIsClient = 1')
        self.peer('empty', 'username = me')
        peers = self.run_import()
        self.assertEqual({name: peer['refusal'] for name, peer in peers.items()}, {
            'client': 'it is a device that has this machine as its server', 'empty': 'it has no syncURL',
            'phone': 'it is not reached by HTTP: obex-bt://00:0A:94:03:F3:7E'})
        self.assertEqual(self.profiles(), {})

    def test_what_a_profile_cannot_say_is_named(self):
        self.peer('odd', 'syncURL = http://sync.example.org/', 'username = alice', 'password = -', 'SSLVerifyServer = 0',
                  'SSLServerCertificates = /a.pem:/b.pem', 'clientAuthType = basic', 'useProxy = 1', 'enableWBXML = 0',
                  'autoSync = 1',
                  sources=[('addressbook', 'sync = one-way-from-remote', 'uri = card'),
                           ('cards', 'sync = one-way-from-remote', 'uri = card2'),
                           ('calendar', 'sync = one-way-from-server', 'uri = cal'), ('other', 'sync = two-way', 'uri = other')])
        notes = '\n'.join(self.run_import()['odd']['not_taken'])
        for words in ('its password is not in the file', 'source cards is a second one for contacts',
                      'source other holds nothing', 'in one direction', 'several files of certificates',
                      'does not check the server', 'readable for anyone', 'its proxy'):
            self.assertIn(words, notes)
        profile = self.profiles()['odd']
        self.assertEqual((profile['type'], profile['mode'], profile['encoding'], profile['slow_sync'], profile['ca_file']),
                         ('ONE_WAY_FROM_SERVER', 'MANUAL', 'XML', 'hold', None))
        self.assertFalse(profile['allow_plain_credentials'])

    def test_sources_of_different_directions_become_two_way(self):
        self.peer('mixed', 'syncURL = https://sync.example.org/', 'username = goa:alice@example.org',
                  sources=[('addressbook', 'sync = refresh-from-client', 'uri = card'),
                           ('calendar', 'sync = one-way-from-local', 'uri = cal')])
        notes = '\n'.join(self.run_import()['mixed']['not_taken'])
        self.assertIn('refresh-from-client, which is no standing order here', notes)
        self.assertIn('in different directions', notes)
        self.assertIn('goa:alice@example.org is an account of the desktop', notes)
        self.assertEqual(self.profiles()['mixed']['type'], 'TWO_WAY')

    def test_a_dry_run_makes_nothing_and_no_word_is_the_password(self):
        self.peer('office', f'syncURL = {self.server.url}', f'username = {USER}', f'password = {PASSWORD}',
                  sources=[('addressbook', 'sync = two-way', 'uri = card')])
        text = self.text('import-syncevolution', self.place, '--dry-run')
        self.assertEqual(text, 'office: would be a profile, contact with card\n')
        self.assertNotIn(PASSWORD, text + self.run_ctl('--json', 'import-syncevolution', self.place, '--dry-run').stdout)
        self.assertEqual(self.profiles(), {})

    def test_a_directory_that_is_none_and_one_without_peers(self):
        self.assertIn('is no directory', self.error(3, 'import-syncevolution', self.directory / 'missing'))
        self.place.mkdir()
        self.assertEqual(self.text('import-syncevolution', self.place), f'There is no peer in {self.place}.\n')


if __name__ == '__main__':
    unittest.main()
