#!/usr/bin/python3
"""Profiles: what Add, Update, Remove, Get and GetAll take, keep and refuse."""
import unittest

import dbus

import harness
from harness import ANNA, ERROR, FREEDESKTOP, MANAGER, MANAGER_PATH, profile, services

INTERVALS = ['5_MINUTES', '15_MINUTES', '1_HOUR', '4_HOURS', '12_HOURS', '1_DAY', '1_WEEK', '1_MONTH']
CERTIFICATE = '-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n' \
              '-----BEGIN PRIVATE KEY-----\nQg==\n-----END PRIVATE KEY-----\n'
UNKNOWN = ['0', '1', 'nobody', '', 'x' * 5000, '../../etc', 'a b', "'; DROP TABLE profiles; --", 'ä', '-1', '%s%n',
           '2147483648', '/']


class Profiles(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna = self.client(ANNA)

    def assertRefused(self, name, function, *arguments, **keywords):
        """The error's message; nothing was changed, and nothing told."""
        before = self.anna.manager('GetAll')
        self.anna.settle()
        heard = len(self.anna.heard)
        message = self.assertError(name, function, *arguments, **keywords)
        self.assertEqual(self.anna.manager('GetAll'), before)
        self.anna.settle()
        self.assertEqual(self.anna.heard[heard:], [])
        return message

    def assertNeither(self, name, profile_id, without=(), **changes):
        """Neither Add nor Update of the profile takes this; Add's message."""
        self.assertRefused(name, self.anna.manager, 'Update', profile_id, profile(without, **changes))
        return self.assertRefused(name, self.anna.add, without, **changes)

    def test_a_profile_reads_back_as_it_was_given(self):
        given = profile(Mode='PERIODIC', Interval='4_HOURS', AllowPlainCredentials=True, CaFile='/etc/ssl/ca.pem',
                        DeviceId='phone-1', Encoding='AUTO', ProtocolVersion='1.1', ConflictPolicy='NEWEST_WINS', ProfileName='Wörk ☎', HttpId='web', HttpPassword='web-secret',
                        ClientCertificate=CERTIFICATE, ServerId='srv1', ServerPassword='server-secret',
                        AuthenticateServer=True, ReviewItems=dbus.UInt32(5), ReviewPercent=dbus.UInt32(50), SlowSync='HOLD',
                        KeepTranscripts=dbus.UInt32(3))
        profile_id = self.anna.manager('Add', given)
        self.assertRegex(profile_id, '^[A-Za-z0-9_]+$')
        expected = {**harness.plain(given), 'Type': 'TWO_WAY', 'HasCredentials': True, 'HasHttpCredentials': True,
                    'HasClientCertificate': True, 'HasServerPassword': True}
        for service in expected['Services']:
            service['Enable'] = True
        for secret in ('Id', 'Password', 'HttpId', 'HttpPassword', 'ClientCertificate', 'ServerPassword'):
            del expected[secret]
        self.assertEqual(self.anna.manager('Get', profile_id), expected)
        self.assertEqual(self.anna.manager('GetAll'), {profile_id: expected})
        self.assertEqual(self.anna.manager('GetProfileCount'), 1)

    def test_case_01_the_sixth_profile_is_refused_and_uses_nothing_up(self):
        ids = [self.anna.add() for _ in range(5)]
        self.assertIn('5', self.assertRefused(ERROR + 'QuotaExceeded', self.anna.add))
        self.assertEqual(set(self.anna.manager('GetAll')), set(ids))
        self.anna.manager('Remove', ids[2])
        new = self.anna.add()
        self.assertNotIn(new, ids)
        self.assertError(ERROR + 'QuotaExceeded', self.anna.add)
        self.assertEqual(self.anna.get(MANAGER_PATH, MANAGER, 'MaxProfiles'), 5)

    def test_case_03_add_takes_no_id(self):
        message = self.assertRefused(ERROR + 'InvalidValue', self.anna.add, ProfileId='1')
        self.assertIn('ProfileId', message)
        first, second = self.anna.add(), self.anna.add()
        self.assertNotEqual(first, second)

    def test_case_04_two_profiles_may_have_one_name(self):
        self.anna.add(ProfileName='Same')
        self.anna.add(ProfileName='Same')
        self.assertEqual(self.anna.manager('GetProfileCount'), 2)

    def test_case_05_update_without_an_id_finds_nothing(self):
        self.anna.add()
        self.assertRefused(ERROR + 'NotFound', self.anna.manager, 'Update', '', profile(ProfileName='Other'))

    def test_case_12_periodic_needs_an_interval(self):
        profile_id = self.anna.add()
        self.assertIn('Interval', self.assertNeither(ERROR + 'InvalidValue', profile_id, Mode='PERIODIC'))
        for word in ['', '2_HOURS', '1_hour', '3600']:
            self.assertIn('Interval', self.assertNeither(ERROR + 'InvalidValue', profile_id, Mode='PERIODIC',
                                                         Interval=word))
        for interval in INTERVALS:
            self.anna.manager('Update', profile_id, profile(Mode='PERIODIC', Interval=interval))
            self.assertEqual(self.anna.manager('Get', profile_id)['Interval'], interval)

    def test_case_13_manual_without_a_type_is_two_way(self):
        self.assertEqual(self.anna.manager('Get', self.anna.add())['Type'], 'TWO_WAY')
        for kind in ['TWO_WAY', 'SLOW', 'ONE_WAY_FROM_CLIENT', 'REFRESH_FROM_CLIENT', 'ONE_WAY_FROM_SERVER',
                     'REFRESH_FROM_SERVER']:
            profile_id = self.anna.add(Type=kind)
            self.assertEqual(self.anna.manager('Get', profile_id)['Type'], kind)
            self.anna.manager('Remove', profile_id)

    def test_case_14_a_key_that_does_not_fit_the_mode_is_refused(self):
        profile_id = self.anna.add()
        for key, changes in [('Interval', {'Mode': 'MANUAL', 'Interval': '1_HOUR'}),
                             ('Type', {'Mode': 'PUSH', 'Type': 'SLOW'}),
                             ('Interval', {'Mode': 'PUSH', 'Interval': '1_HOUR'}),
                             ('Type', {'Mode': 'PERIODIC', 'Interval': '1_HOUR', 'Type': 'SLOW'})]:
            with self.subTest(changes):
                self.assertIn(key, self.assertNeither(ERROR + 'InvalidValue', profile_id, **changes))
        for changes in [{'Mode': 'PUSH'}, {'Mode': 'PERIODIC', 'Interval': '1_HOUR'}]:
            self.assertEqual(self.anna.manager('Get', self.anna.add(**changes))['Type'], 'TWO_WAY')
            self.anna.manager('Update', profile_id, profile(**changes))
            self.assertEqual(self.anna.manager('Get', profile_id)['Type'], 'TWO_WAY')

    def every_method_with_an_id(self, profile_id):
        yield lambda: self.anna.manager('Update', profile_id, profile())
        yield lambda: self.anna.manager('Remove', profile_id)
        yield lambda: self.anna.manager('Get', profile_id)
        yield lambda: self.anna.start(profile_id)
        yield lambda: self.anna.manager('StopSync', profile_id)
        yield lambda: self.anna.manager('GetStatistics', profile_id)
        yield lambda: self.anna.manager('GetHistory', profile_id, 1)
        yield lambda: self.anna.manager('GetPlan', profile_id)

    def test_case_15_an_unknown_id_is_not_found_by_any_method(self):
        gone = self.anna.add()
        self.anna.manager('Remove', gone)
        self.anna.add()
        for call in self.every_method_with_an_id(gone):
            self.assertRefused(ERROR + 'NotFound', call)

    def test_case_16_a_malformed_id_is_not_found_by_any_method(self):
        kept = self.anna.add()
        for profile_id in UNKNOWN:
            with self.subTest(profile_id[:40]):
                for call in self.every_method_with_an_id(profile_id):
                    self.assertRefused(ERROR + 'NotFound', call)
        self.assertEqual(list(self.anna.manager('GetAll')), [kept])

    def test_case_17_a_disabled_service_keeps_its_settings(self):
        profile_id = self.anna.add(Services=services('CONTACT card', Enable=False))
        service = self.anna.manager('Get', profile_id)['Services'][0]
        self.assertEqual(service, {'ServiceType': 'CONTACT', 'ServerDatabaseUri': 'card', 'Enable': False})

    def test_a_filter_is_kept_for_its_service_and_checked(self):
        expression = '(CATEGORIES&iCON;a%26b&OR;BDAY&EQ;&NULL;)&AND;N&NE;x'
        profile_id = self.anna.add(Services=services('CONTACT card', Filter=expression))

        def kept():
            return self.anna.manager('Get', profile_id)['Services'][0]

        self.assertEqual(kept(), {'ServiceType': 'CONTACT', 'ServerDatabaseUri': 'card', 'Enable': True, 'Filter': expression})
        for wrong in ('N', 'N&IS;x', 'N&EQ;x&AND;', '(N&EQ;x', 'N&EQ;%2', 'N&EQ;' + 'x' * 1024, 'N&EQ;a\nb', '(' * 1000):
            with self.subTest(wrong[:20]):
                self.assertIn('Filter', self.assertRefused(ERROR + 'InvalidValue', self.anna.manager, 'Update', profile_id,
                                                           profile(Services=services('CONTACT card', Filter=wrong))))
        self.assertEqual(kept()['Filter'], expression)
        self.assertRefused(FREEDESKTOP + 'InvalidArgs', self.anna.manager, 'Update', profile_id,
                           profile(Services=services('CONTACT card', Filter=True)))
        self.anna.manager('Update', profile_id, profile(Services=services('CONTACT card', Filter='')))
        self.assertNotIn('Filter', kept())

    def test_case_18_without_an_enabled_service_there_is_nothing_to_sync(self):
        for listed in [services(), services('CONTACT card', 'EVENT cal', Enable=False)]:
            profile_id = self.anna.add(Services=listed)
            self.assertRefused(ERROR + 'NothingToSync', self.anna.start, profile_id)
            self.anna.manager('Update', profile_id, profile(Services=listed))
            self.assertRefused(ERROR + 'NothingToSync', self.anna.start, profile_id)
        self.assertRefused(ERROR + 'NothingToSync', self.anna.start, self.anna.add(without=['Services']))

    def test_case_20_a_service_id_needs_no_password_but_a_password_needs_an_id(self):
        self.anna.add(Services=services('CONTACT card', Id='bob'))
        self.anna.add(Services=services('CONTACT card', Id='bob', Password='x'))
        self.assertNeither(ERROR + 'InvalidValue', self.anna.add(), Services=services('CONTACT card', Password='x'))

    def test_case_21_a_service_type_stands_once(self):
        message = self.assertNeither(ERROR + 'InvalidValue', self.anna.add(),
                                     Services=services('CONTACT card', 'CONTACT other'))
        self.assertIn('CONTACT', message)

    def test_case_22_get_of_a_missing_profile_is_an_error(self):
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Get', 'missing')

    def test_case_23_no_reply_property_or_signal_holds_a_secret(self):
        secrets = {'Id': 'alice-4711', 'Password': 'pass-4712'}
        profile_id = self.anna.add(**secrets, Services=services('CONTACT card', Id='id-4713', Password='pass-4714'))
        self.anna.manager('Update', profile_id, profile(without=['Id', 'Password'], ProfileName='New'))
        path = harness.path_of(profile_id)
        told = [self.anna.manager('Get', profile_id), self.anna.manager('GetAll'),
                self.anna.manager('GetStatistics', profile_id), self.anna.manager('GetHistory', profile_id, 0),
                self.anna.get_all(path, harness.PROFILE), self.anna.introspect(path)]
        self.anna.settle()
        told.append(self.anna.heard)
        self.assertIn('New', repr(told))
        self.assertNotRegex(repr(told), '471[1-4]')

    def test_case_24_services_keep_their_order(self):
        for order in [['CONTACT card', 'EVENT cal'], ['EVENT cal', 'CONTACT card']]:
            profile_id = self.anna.add(Services=services(*order))
            listed = self.anna.manager('Get', profile_id)['Services']
            self.assertEqual([f"{one['ServiceType']} {one['ServerDatabaseUri']}" for one in listed], order)
            self.assertEqual([one['ServiceType'] for one in self.anna.manager('GetStatistics', profile_id)],
                             [one.split()[0] for one in order])

    def test_statistics_of_a_profile_that_never_synced_are_none_and_zero(self):
        for entry in self.anna.manager('GetStatistics', self.anna.add()):
            self.assertEqual(len(entry), 11)
            self.assertEqual(entry.pop('SyncStatus'), 'NONE')
            self.assertIn(entry.pop('ServiceType'), ['CONTACT', 'EVENT'])
            self.assertEqual(set(entry.values()), {0})
        self.assertEqual(self.anna.manager('GetHistory', self.anna.add(), 0), [])

    def test_update_replaces_everything_but_absent_secrets(self):
        profile_id = self.anna.add(CaFile='/etc/ca.pem', AllowPlainCredentials=True)
        self.anna.manager('Update', profile_id,
                          profile(without=['Id', 'Password', 'Services'], ProfileName='New', Mode='PUSH'))
        now = self.anna.manager('Get', profile_id)
        self.assertEqual(now['ProfileName'], 'New')
        self.assertEqual(now['Mode'], 'PUSH')
        self.assertEqual(now['Services'], [])
        self.assertNotIn('CaFile', now)
        self.assertFalse(now['AllowPlainCredentials'])
        self.assertEqual(now['Encoding'], 'XML')
        self.assertEqual(now['ConflictPolicy'], 'KEEP_BOTH')
        self.assertEqual(now['ProtocolVersion'], 'AUTO')
        self.assertTrue(now['HasCredentials'])

    def test_a_stored_password_cannot_be_sent_to_another_host(self):
        profile_id = self.anna.add()
        for url in ['https://evil.example.com/ds', 'http://sync.example.org/ds']:
            self.assertRefused(ERROR + 'InvalidValue', self.anna.manager, 'Update', profile_id,
                               profile(without=['Id', 'Password'], Url=url))
        self.anna.manager('Update', profile_id, profile(Url='https://other.example.com/ds'))

    def test_senseless_values_are_refused_by_name_and_change_nothing(self):
        kept = self.anna.add()
        for key, values in {'ProfileName': ['', 'a\x01b', 'x' * 257], 'Mode': ['', 'manual', 'ALWAYS'],
                            'Url': ['', 'ftp://x/', 'sync.example.org', 'https://', 'https://u:p@x.org/', 'x' * 3000],
                            'Type': ['', 'two_way', 'THREE_WAY'], 'CaFile': ['relative.pem'],
                            'DeviceId': ['', 'two words', 'x' * 129], 'Encoding': ['', 'auto', 'JSON'],
                            'ConflictPolicy': ['', 'keep_both', 'NOBODY_WINS'], 'ProtocolVersion': ['', 'auto', '1.3', '12'],
                            'Id': ['a:b'],
                            'HasCredentials': [True],
                            'HasHttpCredentials': [True], 'HasClientCertificate': [False], 'HttpId': ['a:b', 'a\x01b'],
                            'ReviewPercent': [dbus.UInt32(101)], 'SlowSync': ['', 'hold', 'NEVER'],
                            'KeepTranscripts': [dbus.UInt32(21)],
                            'ServerId': ['x' * 256, 'a\x01b'], 'ServerPassword': ['alone'], 'AuthenticateServer': [True],
                            'HasServerPassword': [False], 'HttpPassword': ['alone'], 'ClientCertificate': ['/etc/ssl/client.pem', CERTIFICATE * 500],
                            'Nonsense': ['x'], 'profilename': ['x']}.items():
            for value in values:
                with self.subTest(key=key, value=str(value)[:40]):
                    self.assertIn(key, self.assertNeither(ERROR + 'InvalidValue', kept, **{key: value}))
        for missing in ['ProfileName', 'Url', 'Mode']:
            with self.subTest(missing=missing):
                self.assertIn(missing, self.assertNeither(ERROR + 'InvalidValue', kept, without=[missing]))
        for missing in ['Id', 'Password']:  # Update keeps them
            with self.subTest(missing=missing):
                self.assertIn(missing, self.assertRefused(ERROR + 'InvalidValue', self.anna.add, without=[missing]))
        for listed in [services('MEMO x'), services('CONTACT card', Nonsense=1),
                       dbus.Array([dbus.Dictionary({'ServiceType': 'CONTACT'}, signature='sv')], signature='a{sv}'),
                       dbus.Array([dbus.Dictionary({'ServiceType': 'CONTACT', 'ServerDatabaseUri': ''},
                                                   signature='sv')], signature='a{sv}')]:
            self.assertNeither(ERROR + 'InvalidValue', kept, Services=listed)

    def test_a_value_of_the_wrong_type_is_invalid_args_and_named(self):
        kept = self.anna.add()
        wrong = {key: dbus.Int32(7) for key in ['ProfileName', 'Url', 'Id', 'Password', 'Mode', 'Type', 'Interval',
                                                'CaFile', 'DeviceId', 'Encoding', 'ConflictPolicy', 'ProtocolVersion', 'HttpId', 'HttpPassword', 'ClientCertificate',
                                                'ServerId', 'ServerPassword', 'AuthenticateServer', 'AllowPlainCredentials', 'ReviewItems', 'ReviewPercent', 'SlowSync', 'KeepTranscripts', 'Services']}
        wrong['Services'] = 'CONTACT'
        for key, value in wrong.items():
            with self.subTest(key):
                self.assertIn(key, self.assertNeither(FREEDESKTOP + 'InvalidArgs', kept, **{key: value}))
        self.assertNeither(FREEDESKTOP + 'InvalidArgs', kept, Services=services('CONTACT card', Enable='yes'))

    def test_arguments_of_the_wrong_signature_are_invalid_args(self):
        for (interface, member), (signature, _) in harness.SIGNATURES.items():
            path = MANAGER_PATH if interface == MANAGER else harness.CONTACTS
            with self.subTest(member):
                self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.call, path, interface, member, 7, 'x',
                                 signature='xs')
                if signature:
                    self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.call, path, interface, member,
                                     signature='')

    def test_types_are_checked_before_existence_and_existence_before_values(self):
        self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.manager, 'Update', 'missing', profile(Url=dbus.Int32(1)))
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Update', 'missing', profile(Url='', Nonsense='x'))
        self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.start, 'missing', Type=dbus.Int32(1))
        self.assertError(ERROR + 'NotFound', self.anna.start, 'missing', Nonsense='x')
        profile_id = self.anna.add()
        self.assertIn('Nonsense', self.assertError(ERROR + 'InvalidValue', self.anna.start, profile_id, Nonsense='x'))
        self.assertError(ERROR + 'InvalidValue', self.anna.start, profile_id, Type='THREE_WAY')

    def test_profile_signals_come_before_the_reply(self):
        self.anna.begin('add', MANAGER_PATH, MANAGER, 'Add', profile())
        self.anna.wait(lambda: any(entry[0] == 'reply' for entry in self.anna.heard))
        (_, _, added, [profile_id]), reply = self.anna.heard
        self.assertEqual(added, 'org.syncd1.Manager.ProfileAdded')
        self.assertEqual(reply, ('reply', 'add', [profile_id]))
        self.anna.heard.clear()

        self.anna.manager('Update', profile_id, profile(ProfileName='New'))
        self.anna.settle()
        self.assertEqual(self.anna.signals('ProfileChanged'), [('ProfileChanged', [profile_id])])
        [(_, [interface, changed, invalidated])] = self.anna.signals('PropertiesChanged')
        self.assertEqual((interface, invalidated), (harness.PROFILE, []))
        self.assertEqual(changed['ProfileName'], 'New')
        self.anna.heard.clear()

        self.anna.begin('remove', MANAGER_PATH, MANAGER, 'Remove', profile_id)
        self.anna.wait(lambda: any(entry[0] == 'reply' for entry in self.anna.heard))
        self.assertEqual([entry[0] for entry in self.anna.heard], ['signal', 'reply'])
        self.assertEqual(self.anna.signals(), [('ProfileRemoved', [profile_id])])


if __name__ == '__main__':
    unittest.main(verbosity=2)
