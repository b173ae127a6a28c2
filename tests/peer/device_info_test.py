#!/usr/bin/python3
"""What the server tells of itself (DevInf): asked for when it is due, kept, shown, and never trusted."""
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import unittest

import dbus

from device import CONTACT, EVENT
from example_items import contact
from peer_case import NOTHING, PeerCase

SYNCCTL = pathlib.Path(os.environ.get('SYNCD_BUILD', '.')) / 'client-lib/ctl/syncctl'


class DeviceInformation(PeerCase):
    services = (CONTACT, EVENT)

    def describe(self, **said):
        self.server.options(describe=said)
        self.addCleanup(self.server.options, describe={})

    def information(self):
        return self.a.manager.GetDeviceInfo(self.profiles[self.a])

    def told(self):
        return json.loads(str(self.information()['Document']))

    def run_show(self, *options):
        return subprocess.run([SYNCCTL, *options, 'profile', 'show', '--device-info', 'Peer'], capture_output=True, text=True,
                              env={**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': self.a.syncd.address}, check=False)

    def show(self, *options):
        run = self.run_show(*options)
        self.assertEqual((run.returncode, run.stderr), (0, ''))
        return run.stdout

    def was_asked(self):
        return self.server.last_session()['asked_devinf']

    def test_it_is_asked_for_once_and_shown(self):
        self.assertEqual(dict(self.information()), {})
        self.assertEqual(self.show(), 'The server has not told anything about itself yet.\n')
        self.assertEqual(json.loads(self.show('--json')), {'received': 0, 'device': None})
        self.describe(manufacturer='Maker', software='7.1', properties={'card': ['N', 'TEL']})
        self.sync(self.a)
        self.assertTrue(self.was_asked())
        self.sync(self.a)
        self.assertFalse(self.was_asked())
        told = self.told()
        self.assertEqual((told['manufacturer'], told['software'], told['utc']), ('Maker', '7.1', True))
        self.assertEqual([store['uri'] for store in told['stores']], ['card', 'cal', 'task', 'note'])
        self.assertEqual([one['name'] for one in told['stores'][0]['content'][0]['properties']], ['N', 'TEL'])
        text = self.show()
        for line in ('Manufacturer        Maker', 'Software            7.1', 'Database            card',
                     'Takes               text/vcard 3.0, text/x-vcard 2.1', 'Keeps of text/vcard  N, TEL'):
            self.assertIn(' '.join(line.split()), ' '.join(text.split()))
        shown = json.loads(self.show('--json'))
        self.assertEqual(shown, {'received': int(self.information()['Received']), 'device': told})

    def test_it_is_asked_for_again_when_the_server_does_not_know_us_any_more(self):
        self.describe(software='1')
        self.sync(self.a)
        self.describe(software='2')
        self.server.misbehave('refresh-508')
        self.a.sync(self.profiles[self.a])
        self.assertEqual(self.told()['software'], '1')
        self.sync(self.a)
        self.assertTrue(self.was_asked())
        self.assertEqual(self.told()['software'], '2')
        self.sync(self.a)
        self.assertFalse(self.was_asked())

    def test_it_is_asked_for_again_after_the_server_refused_what_it_had_declared(self):
        self.sync(self.a)
        self.server.misbehave('415:Alert')
        self.fail_with(self.a, 'Server')
        self.sync(self.a)
        self.assertTrue(self.was_asked())

    def test_what_a_hostile_server_says_is_cut_and_made_fit_for_a_terminal(self):
        self.describe(manufacturer='\x1b]0;gotcha\x07\u202eevil\n' + 'x' * 5000, model='\x9b31m',
                      properties={'card': ['y' * 3000, *(f'X-{number}' for number in range(300))]})
        self.a.update_profile(self.profiles[self.a], Encoding='WBXML')  # which carries any character
        self.sync(self.a)
        document = str(self.information()['Document'])
        self.assertLess(len(document.encode()), 512 * 1024)
        told = json.loads(document)
        self.assertLessEqual(len(told['manufacturer'].encode()), 128)
        properties = [one['name'] for one in told['stores'][0]['content'][0]['properties']]
        self.assertEqual((len(properties), properties[0]), (256, 'y' * 64))
        for text in (document, self.show(), self.show('--json')):
            self.assertEqual([c for c in text if (ord(c) < 32 and c != '\n') or 127 <= ord(c) < 160], [])
        self.assertNotIn('\u202e', self.show())

    def test_what_cannot_be_read_is_said_to_be_so(self):
        self.sync(self.a)
        files = list(pathlib.Path(self.a.syncd.state).glob('users/*/sync/*/state.db'))
        self.assertEqual(len(files), 1)
        with contextlib.closing(sqlite3.connect(files[0])) as state:
            state.execute("UPDATE peer SET info = '{'")
            state.commit()
        run = self.run_show()
        self.assertEqual((run.returncode != 0, run.stdout), (True, ''))
        self.assertIn('sync again', run.stderr)
        run = self.run_show('--json')
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual(json.loads(run.stdout)['error']['name'], 'org.syncd1.Error.Storage')
        self.sync(self.a)
        self.assertTrue(self.was_asked())
        self.show()

    def test_another_account_does_not_inherit_it(self):
        self.describe(software='1')
        self.sync(self.a)
        self.describe(software='2')
        self.server.options(users={'alice': 's3cret', 'bob': 's3cret'})
        self.addCleanup(self.server.options, users={'alice': 's3cret'})
        self.a.update_profile(self.profiles[self.a], Id='bob', Password='s3cret')
        self.a.sync(self.profiles[self.a])
        self.assertEqual(self.told()['software'], '2')
        self.a.sync(self.profiles[self.a])
        self.assertFalse(self.was_asked())

    def test_nobody_else_sees_it(self):
        self.sync(self.a)
        with self.assertRaises(dbus.DBusException) as raised:
            self.a.manager.GetDeviceInfo('0' * 32)
        self.assertEqual(raised.exception.get_dbus_name(), 'org.syncd1.Error.NotFound')


if __name__ == '__main__':
    unittest.main()
