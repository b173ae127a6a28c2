#!/usr/bin/python3
"""Objects: properties, introspection, and what is not there."""
import subprocess
import unittest

import dbus

import harness
from harness import (ANNA, CONTACTS, EVENTS, FREEDESKTOP, INTROSPECTABLE, MANAGER, MANAGER_PATH, PEER, PROFILE,
                     PROPERTIES, STORE)


def busctl(*arguments):
    return subprocess.run(['busctl', '--system', '--no-pager', *arguments], check=True, capture_output=True,
                          text=True).stdout


class Objects(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna = self.client(ANNA)

    def test_the_manager_has_its_properties(self):
        both = self.anna.get_all(MANAGER_PATH, MANAGER)
        self.assertEqual(both, {'MaxProfiles': 5, 'Version': '0.1.0', 'Notifications': {}})
        for name, value in both.items():
            self.assertEqual(self.anna.get(MANAGER_PATH, MANAGER, name), value)
        self.assertEqual(self.anna.get_all(MANAGER_PATH, ''), both)

    def test_a_profile_has_its_properties(self):
        profile_id = self.anna.add(Mode='PERIODIC', Interval='1_DAY')
        path = harness.path_of(profile_id)
        values = self.anna.get_all(path, PROFILE)
        next_time = values.pop('NextSyncTime')
        self.assertGreater(next_time, 0)
        self.assertEqual(values, {
            'ProfileId': profile_id, 'ProfileName': 'Work', 'Url': 'https://sync.example.org/ds', 'Mode': 'PERIODIC',
            'Type': 'TWO_WAY', 'Interval': '1_DAY', 'HasCredentials': True, 'State': 'Idle', 'LastSyncTime': 0,
            'NotBefore': 0, 'Attention': '',
            'Services': [{'ServiceType': 'CONTACT', 'ServerDatabaseUri': 'card', 'Enable': True},
                         {'ServiceType': 'EVENT', 'ServerDatabaseUri': 'cal', 'Enable': True}]})
        for name, value in values.items():
            self.assertEqual(self.anna.get(path, PROFILE, name), value)
        self.anna.manager('Remove', profile_id)
        self.assertError(FREEDESKTOP + 'UnknownObject', self.anna.get_all, path, PROFILE)

    def test_properties_cannot_be_set(self):
        profile_id = self.anna.add()
        for path, interface, name in [(MANAGER_PATH, MANAGER, 'MaxProfiles'),
                                      (harness.path_of(profile_id), PROFILE, 'Url')]:
            self.assertError(FREEDESKTOP + 'PropertyReadOnly', self.anna.call, path, PROPERTIES, 'Set', interface, name,
                             dbus.String('x', variant_level=1), signature='ssv')
        self.assertEqual(self.anna.get(MANAGER_PATH, MANAGER, 'MaxProfiles'), 5)

    def test_what_is_not_there_has_the_bus_protocols_own_errors(self):
        profile_id = self.anna.add()
        for error, arguments in [
                ('UnknownObject', ('/org/syncd1/nothing', MANAGER, 'GetAll')),
                ('UnknownObject', ('/', MANAGER, 'GetAll')),
                ('UnknownObject', (CONTACTS, MANAGER, 'GetAll')),
                ('UnknownObject', (MANAGER_PATH, STORE, 'GetCount')),
                ('UnknownObject', (harness.path_of(profile_id), MANAGER, 'GetAll')),
                ('UnknownObject', ('/org/syncd1/nothing', PROPERTIES, 'GetAll', MANAGER)),
                ('UnknownObject', ('/org/syncd1/profile/missing', PROPERTIES, 'GetAll', PROFILE)),
                ('UnknownObject', ('/org/syncd1/profile/a/b', PROPERTIES, 'GetAll', PROFILE)),
                ('UnknownObject', ('/org/syncd1/nothing', INTROSPECTABLE, 'Introspect')),
                ('UnknownObject', ('/org/syncd1/profile/missing', INTROSPECTABLE, 'Introspect')),
                ('UnknownMethod', (MANAGER_PATH, MANAGER, 'Nonsense')),
                ('UnknownMethod', (MANAGER_PATH, PROPERTIES, 'Nonsense')),
                ('UnknownMethod', (harness.path_of(profile_id), PROFILE, 'Url')),
                ('UnknownInterface', (MANAGER_PATH, PROPERTIES, 'GetAll', 'org.syncd1.Nonsense')),
                ('UnknownProperty', (MANAGER_PATH, PROPERTIES, 'Get', MANAGER, 'Nonsense')),
                ('InvalidArgs', (MANAGER_PATH, PROPERTIES, 'GetAll'))]:
            with self.subTest(arguments):
                self.assertError(FREEDESKTOP + error, self.anna.call, *arguments, signature='s' * (len(arguments) - 3))

    def test_standard_interfaces_have_no_properties(self):
        for interface in [PEER, PROPERTIES, INTROSPECTABLE]:
            self.assertEqual(self.anna.get_all(MANAGER_PATH, interface), {})

    def test_peer_is_answered(self):
        self.assertIsNone(self.anna.call('/', PEER, 'Ping', signature=''))
        self.assertRegex(self.anna.call('/', PEER, 'GetMachineId', signature=''), '^[0-9a-f]{32}$')

    def test_introspection_leads_to_every_object(self):
        profile_id = self.anna.add()
        self.assertEqual(self.anna.children('/'), ['org'])
        self.assertEqual(self.anna.children('/org'), ['syncd1'])
        self.assertEqual(self.anna.children(MANAGER_PATH), ['profile', 'store'])
        self.assertEqual(self.anna.children('/org/syncd1/store'), ['contact', 'event', 'task', 'note'])
        self.assertEqual(self.anna.children('/org/syncd1/profile'), [profile_id])
        for path, interface in [(MANAGER_PATH, MANAGER), (CONTACTS, STORE), (EVENTS, STORE),
                                (harness.path_of(profile_id), PROFILE)]:
            self.assertIn(f'<interface name="{interface}">', self.anna.introspect(path))

    def test_busctl_shows_and_calls_everything(self):
        root = self.client()
        profile_id = root.add()
        tree = busctl('tree', '--list', harness.NAME).split()
        for path in [MANAGER_PATH, CONTACTS, EVENTS, harness.path_of(profile_id)]:
            self.assertIn(path, tree)
        shown = busctl('introspect', harness.NAME, MANAGER_PATH)
        for (interface, member) in harness.SIGNATURES:
            if interface == MANAGER:
                self.assertRegex(shown, rf'(?m)^\.{member} +method ')
        self.assertRegex(busctl('introspect', harness.NAME, harness.path_of(profile_id)),
                         r'(?m)^\.State +property +s +"Idle" +emits-change$')
        self.assertEqual(busctl('call', harness.NAME, MANAGER_PATH, MANAGER, 'GetProfileCount'), 'u 1\n')


if __name__ == '__main__':
    unittest.main(verbosity=2)
