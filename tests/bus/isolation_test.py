#!/usr/bin/python3
"""Two users on one bus see nothing of each other: no id, signal, property, count or item."""
import subprocess
import unittest

import dbus

import harness
from harness import (ANNA, BERT, CONTACTS, ERROR, EVENTS, FREEDESKTOP, INTROSPECTABLE, MANAGER, MANAGER_PATH, PROFILE,
                     PROPERTIES, profile)

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'


def texts_without(text, *ids):
    """An error's text, with the ids that the caller named itself taken out."""
    for one in ids:
        text = text.replace(one, 'ID')
    return text


class Isolation(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna, self.bert, self.root = self.client(ANNA), self.client(BERT), self.client(0)
        for client in self.clients:
            client.manager('GetProfileCount')  # now they are known, and signals could reach them
        self.hers = self.anna.add(ProfileName='Hers')

    def answer(self, client, *arguments, **keywords):
        """What a call brings, result or error, comparable."""
        try:
            return 'result', client.call(*arguments, **keywords)
        except dbus.DBusException as error:
            return 'error', error.get_dbus_name(), error.get_dbus_message()

    def every_use_of(self, profile_id):
        path = harness.path_of(profile_id)
        yield MANAGER_PATH, MANAGER, 'Get', profile_id
        yield MANAGER_PATH, MANAGER, 'GetStatistics', profile_id
        yield MANAGER_PATH, MANAGER, 'GetHistory', profile_id, dbus.UInt32(0)
        yield MANAGER_PATH, MANAGER, 'GetDeviceInfo', profile_id
        yield MANAGER_PATH, MANAGER, 'GetConflicts', profile_id, dbus.UInt64(0)
        yield MANAGER_PATH, MANAGER, 'GetQuarantine', profile_id
        yield MANAGER_PATH, MANAGER, 'GetTranscript', profile_id, dbus.UInt64(1)
        yield MANAGER_PATH, MANAGER, 'ResolveConflict', profile_id, dbus.UInt64(1), 'OURS'
        yield MANAGER_PATH, MANAGER, 'GetPlan', profile_id
        yield MANAGER_PATH, MANAGER, 'GetPlanItems', profile_id, 'CONTACT', True, '', dbus.UInt32(0)
        yield MANAGER_PATH, MANAGER, 'Release', profile_id
        yield MANAGER_PATH, MANAGER, 'Reject', profile_id
        yield MANAGER_PATH, MANAGER, 'GetChanges', profile_id, dbus.UInt64(1), ''
        yield MANAGER_PATH, MANAGER, 'GetSent', profile_id, dbus.UInt64(1), ''
        yield MANAGER_PATH, MANAGER, 'Undo', profile_id, dbus.UInt64(1)
        yield MANAGER_PATH, MANAGER, 'Update', profile_id, profile(ProfileName='Stolen')
        yield MANAGER_PATH, MANAGER, 'Update', profile_id, profile(Nonsense='x')
        yield MANAGER_PATH, MANAGER, 'StartSync', profile_id, harness.NO_KEYS
        yield MANAGER_PATH, MANAGER, 'StartSync', profile_id, dbus.Dictionary({'Type': 'NONSENSE'}, signature='sv')
        yield MANAGER_PATH, MANAGER, 'StopSync', profile_id
        yield MANAGER_PATH, MANAGER, 'Remove', profile_id
        yield path, PROPERTIES, 'GetAll', PROFILE
        yield path, PROPERTIES, 'GetAll', ''
        yield path, PROPERTIES, 'Get', PROFILE, 'Url'
        yield path, PROPERTIES, 'Set', PROFILE, 'Url', dbus.String('x', variant_level=1)
        yield path, INTROSPECTABLE, 'Introspect'
        yield path, PROFILE, 'Nonsense'
        yield path + '/x', INTROSPECTABLE, 'Introspect'

    def test_a_foreign_profile_answers_like_one_that_does_not_exist(self):
        # Of the same form as a real id, and never given.
        missing = self.hers[:-1] + ('0' if self.hers[-1] != '0' else '1')
        for foreign, nowhere in zip(self.every_use_of(self.hers), self.every_use_of(missing)):
            with self.subTest(foreign[2]):
                signature = {'GetAll': 's', 'Get': 'ss', 'Set': 'ssv'}.get(foreign[2]) \
                    if foreign[1] == PROPERTIES else harness.SIGNATURES.get(foreign[1:3], ('',))[0]
                there = self.answer(self.bert, *foreign, signature=signature)
                not_there = self.answer(self.bert, *nowhere, signature=signature)
                self.assertEqual(there[0], 'error')
                self.assertEqual(there[1], not_there[1])
                self.assertEqual(texts_without(there[2], self.hers), texts_without(not_there[2], missing))
        self.assertEqual(self.anna.manager('Get', self.hers)['ProfileName'], 'Hers')

    def test_counts_lists_and_trees_show_ones_own_only(self):
        his = self.bert.add(ProfileName='His')
        for client, own, foreign in [(self.anna, self.hers, his), (self.bert, his, self.hers)]:
            self.assertEqual(client.manager('GetProfileCount'), 1)
            self.assertEqual(list(client.manager('GetAll')), [own])
            self.assertEqual(client.children('/org/syncd1/profile'), [own])
            tree = [client.introspect(path) for path in ['/', '/org', MANAGER_PATH, '/org/syncd1/profile',
                                                         harness.path_of(own)]]
            self.assertNotIn(foreign, ''.join(tree))
        stranger = self.client(harness.CARL)
        self.assertEqual(stranger.manager('GetProfileCount'), 0)
        self.assertEqual(stranger.children('/org/syncd1/profile'), [])

    def test_the_quota_is_ones_own(self):
        for _ in range(4):
            self.anna.add()
        self.assertError(ERROR + 'QuotaExceeded', self.anna.add)
        self.bert.add()

    def test_there_are_no_managed_objects_to_list(self):
        for path in ['/', MANAGER_PATH, '/org/syncd1/profile']:
            # The bus policy keeps it away already.
            self.assertError(FREEDESKTOP + 'AccessDenied', self.bert.call, path, 'org.freedesktop.DBus.ObjectManager',
                             'GetManagedObjects', signature='')

    def test_signals_reach_the_owner_and_root_and_nobody_else(self):
        second = self.client(ANNA)
        second.manager('GetAll')
        silent = self.client(ANNA)  # never called the service
        listening = self.client(BERT)
        listening.connection.add_match_string("type='signal',sender='org.syncd1'")
        listening.connection.add_match_string("type='signal',path_namespace='/org/syncd1'")
        listening.get(MANAGER_PATH, MANAGER, 'Version')

        for client in self.clients:
            client.settle()
            client.heard.clear()

        new = self.anna.add()
        self.anna.manager('Update', new, profile(ProfileName='New'))
        session = self.anna.start(new)
        self.anna.wait_for_end(new, session)
        self.anna.manager('Remove', new)
        item = self.anna.store('Put', '', CARD.format('Secret'))
        self.anna.store('Delete', item)
        for client in self.clients:
            client.settle()

        about_profiles = [entry for entry in self.anna.signals() if entry[0] != 'Changed']
        self.assertEqual({entry[0] for entry in about_profiles},
                         {'ProfileAdded', 'ProfileChanged', 'ProfileRemoved', 'PropertiesChanged', 'Failed'})
        self.assertEqual(second.signals(), self.anna.signals())
        self.assertEqual(self.root.signals(), about_profiles)  # items are the owner's alone
        self.assertEqual(self.anna.signals('Changed'), [('Changed', [[item], [], []]), ('Changed', [[], [], [item]])])
        for client in [self.bert, listening, silent]:
            self.assertEqual(client.signals(), [])

    def test_nobody_can_speak_for_the_bus_daemon(self):
        """A forged farewell would cut others off from their signals, a forged breakdown end the daemon."""
        service = self.bert.connection.get_name_owner(harness.NAME)
        farewell = dbus.lowlevel.SignalMessage('/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameOwnerChanged')
        farewell.append(self.anna.name, self.anna.name, '', signature='sss')
        farewell.set_destination(service)
        self.bert.connection.send_message(farewell)
        self.bert.settle()
        subprocess.run(['setpriv', f'--reuid={BERT}', '--clear-groups', 'busctl', '--system', 'emit',
                        '--destination=' + service, '/x', 'org.freedesktop.DBus.Local', 'Disconnected'], check=True)

        self.root.manager('Update', self.hers, profile(ProfileName='By root'))
        self.anna.settle()
        self.assertIn(('ProfileChanged', [self.hers]), self.anna.signals())

    def test_reading_a_property_or_the_tree_makes_a_connection_known(self):
        for use in [lambda client: client.get(MANAGER_PATH, MANAGER, 'Version'),
                    lambda client: client.introspect(MANAGER_PATH)]:
            client = self.client(ANNA)
            use(client)
            self.anna.manager('Update', self.hers, profile(ProfileName='Again'))
            client.settle()
            self.assertEqual(client.signals('ProfileChanged'), [('ProfileChanged', [self.hers])])

    def test_stores_are_apart(self):
        for path in [CONTACTS, EVENTS]:
            self.assertEqual(self.bert.store('GetCount', path=path), 0)
        item = self.anna.store('Put', '', CARD.format('Hers'))
        self.assertError(ERROR + 'NotFound', self.bert.store, 'Get', item)
        self.assertError(ERROR + 'NotFound', self.bert.store, 'Delete', item)
        self.assertError(ERROR + 'NotFound', self.bert.store, 'Put', item, CARD.format('His'))
        self.assertEqual(self.bert.store('List'), [])
        self.bert.store('Put', '', CARD.format('His'))
        self.assertEqual(self.anna.store('Get', item), CARD.format('Hers'))
        self.assertEqual(self.anna.store('GetCount'), 1)
        self.assertError(ERROR + 'NotFound', self.anna.store, 'Get', item, path=EVENTS)

    def test_root_may_name_the_profiles_of_others_but_lists_its_own(self):
        self.assertEqual(self.root.manager('GetAll'), {})
        self.assertEqual(self.root.manager('Get', self.hers)['ProfileName'], 'Hers')
        self.assertEqual(self.root.get(harness.path_of(self.hers), PROFILE, 'ProfileName'), 'Hers')
        self.root.manager('Update', self.hers, profile(ProfileName='By root'))
        self.assertEqual(self.anna.manager('Get', self.hers)['ProfileName'], 'By root')
        self.root.manager('Remove', self.hers)
        self.assertEqual(self.anna.manager('GetProfileCount'), 0)

    def test_whom_polkit_lets_manage_all_may_name_the_profiles_of_others(self):
        self.addCleanup(harness.set_allowed, 'sync', 'manage')
        harness.set_allowed('sync', 'manage', 'manage-all')
        self.assertEqual(self.bert.manager('Get', self.hers)['ProfileName'], 'Hers')
        self.assertEqual(self.bert.get(harness.path_of(self.hers), PROFILE, 'ProfileName'), 'Hers')
        self.assertError(ERROR + 'NotFound', self.bert.manager, 'Get', 'missing')
        self.assertEqual(self.bert.manager('GetAll'), {})
        self.bert.manager('Remove', self.hers)
        self.assertEqual(self.anna.manager('GetProfileCount'), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
