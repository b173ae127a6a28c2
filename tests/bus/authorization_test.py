#!/usr/bin/python3
"""Who may do what. usage: authorization_test.py allow|deny|none|owner

The word tells how with-syncd was told to set up polkit and syncd.
"""
import sys
import unittest

import dbus

import harness
from harness import ANNA, CONTACTS, ERROR, FREEDESKTOP, MANAGER, MANAGER_PATH, STORE, profile

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nN:A;;;;\r\nEND:VCARD\r\n'
SETUP = sys.argv.pop(1)


def attempts():
    """Every method that needs an action: what it answers when it is granted (an error name, or nothing), the action."""
    with open('/dev/null', 'rb') as null:
        fd = dbus.types.UnixFd(null)
    yield 'sync', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'StartSync', 'missing', harness.NO_KEYS)
    yield 'sync', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'StopSync', 'missing')
    yield 'sync', None, (MANAGER_PATH, MANAGER, 'DeliverNotification', dbus.ByteArray(b'x'))
    yield 'manage', None, (MANAGER_PATH, MANAGER, 'Add', profile())
    yield 'manage', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'Update', 'missing', profile())
    yield 'manage', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'Remove', 'missing')
    yield 'manage', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'ResolveConflict', 'missing', dbus.UInt64(1), 'OURS')
    yield 'manage', ERROR + 'NotFound', (MANAGER_PATH, MANAGER, 'Undo', 'missing', dbus.UInt64(1))
    yield 'manage', None, (CONTACTS, STORE, 'Put', '', CARD)
    yield 'manage', ERROR + 'NotFound', (CONTACTS, STORE, 'Delete', 'missing')
    yield 'manage', ERROR + 'InvalidValue', (CONTACTS, STORE, 'Import', fd, harness.NO_KEYS)


class Attempts(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna = self.client(ANNA)

    def remove_everything(self):
        if SETUP in ('allow', 'owner'):  # else there is nothing, and it could not be removed
            super().remove_everything()

    def try_all(self, client, granted):
        for action, error, call in attempts():
            with self.subTest(call[2]):
                if action not in granted:
                    self.assertError(FREEDESKTOP + 'AccessDenied', client.call, *call)
                elif error:
                    self.assertError(error, client.call, *call)
                else:
                    client.call(*call)


class Authorization(Attempts):
    def read_all(self, client):
        client.manager('GetAll')
        client.manager('GetProfileCount')
        client.store('List')
        client.store('GetCount')
        client.get(MANAGER_PATH, MANAGER, 'MaxProfiles')
        for member, *more in [('Get',), ('GetStatistics',), ('GetHistory', 0), ('GetDeviceInfo',),
                              ('GetConflicts', dbus.UInt64(0)),
                              ('GetChanges', dbus.UInt64(1), ''), ('GetSent', dbus.UInt64(1), '')]:
            self.assertError(ERROR + 'NotFound', client.manager, member, 'missing', *more)

    def test_case_27_without_the_privilege_nothing_is_changed_or_started(self):
        self.try_all(self.anna, ('sync', 'manage') if SETUP in ('allow', 'owner') else ())
        self.assertEqual(self.anna.manager('GetProfileCount'), 1 if SETUP in ('allow', 'owner') else 0)

    def test_case_27_reading_what_is_ones_own_needs_no_privilege(self):
        """docs/decisions/0004"""
        self.read_all(self.anna)

    def test_root_needs_nothing(self):
        self.try_all(self.client(), ('sync', 'manage'))
        self.read_all(self.client())

    def test_authorization_is_checked_before_types(self):
        expected = 'InvalidArgs' if SETUP in ('allow', 'owner') else 'AccessDenied'
        self.assertError(FREEDESKTOP + expected, self.anna.call, MANAGER_PATH, MANAGER, 'Remove', 7, signature='i')
        self.assertError(FREEDESKTOP + expected, self.anna.manager, 'Add', profile(Url=7))


class Polkit(Attempts):
    """With a polkit that can be told what to say."""

    def setUp(self):
        super().setUp()
        self.addCleanup(harness.set_allowed, 'sync', 'manage')

    def test_each_action_covers_its_own_methods(self):
        harness.set_allowed('sync')
        self.try_all(self.anna, ('sync',))
        harness.set_allowed('manage')
        self.try_all(self.anna, ('manage',))
        harness.set_allowed('manage-all')
        self.try_all(self.anna, ())

    def test_the_user_is_asked_only_when_the_call_agrees(self):
        # As polkit does it for auth_admin: yes after asking, a challenge when it must not ask.
        authority = harness.polkit()
        authority.AddMethod('org.freedesktop.PolicyKit1.Authority', 'CheckAuthorization', '(sa{sv})sa{ss}us',
                            '(bba{ss})', 'ret = (bool(args[3] & 1), True, {})')
        authority.ClearCalls()
        stop = MANAGER_PATH, MANAGER, 'StopSync', 'missing'
        self.assertError(FREEDESKTOP + 'InteractiveAuthorizationRequired', self.anna.call, *stop)
        self.assertError(ERROR + 'NotFound', self.anna.call, *stop, may_ask_user=True)
        asked = [(arguments[0][1]['name'], arguments[1], arguments[3])
                 for _, name, arguments in harness.plain(authority.GetCalls()) if name == 'CheckAuthorization']
        self.assertEqual(asked, [(self.anna.name, 'org.syncd1.sync', 0), (self.anna.name, 'org.syncd1.sync', 1),
                                 (self.anna.name, 'org.syncd1.manage-all', 0)])


if SETUP != 'allow':
    del Polkit


if __name__ == '__main__':
    unittest.main(verbosity=2)
