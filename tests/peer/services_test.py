#!/usr/bin/python3
"""Contacts and events in one session."""
import unittest

import dbus

from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import STORES, PeerCase


class SeveralServices(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.server.options(guards={}, guards_by_md5=False, auth_each_message=False)
        for device in self.everybody:
            device.manager.Remove(self.profiles[device])
            self.profiles[device] = device.add_profile(self.server.url, services=tuple(STORES.items()))

    def test_contacts_and_events_move_in_one_session(self):
        self.a.put(contact('Ada'))
        self.a.put(event('Lunch'), service=EVENT)
        self.server.put('card', contact('Bo'))
        self.server.put('cal', event('Dinner', day=2))
        self.sync(self.a)
        self.assertEqual(self.a.counts(self.profiles[self.a], CONTACT), ((1, 0, 0), (1, 0, 0)))
        self.assertEqual(self.a.counts(self.profiles[self.a], EVENT), ((1, 0, 0), (1, 0, 0)))
        self.assertEqual(len(self.server.sessions()), 1)
        self.sync(self.b)
        self.assert_equal_everywhere(CONTACT, size=2)
        self.assert_equal_everywhere(EVENT, size=2)

    def with_own_credentials(self, password, plain=True):
        """A profile whose contacts have credentials of their own."""
        self.a.manager.Remove(self.profiles[self.a])
        contacts, events = ({'ServiceType': service, 'ServerDatabaseUri': uri} for service, uri in STORES.items())
        contacts.update(Id='carol', Password=password)
        profile = self.a.add_profile(self.server.url, AllowPlainCredentials=plain, Services=dbus.Array(
            [dbus.Dictionary(service, signature='sv') for service in (contacts, events)], signature='a{sv}'))
        self.a.put(contact('Ada'))
        self.a.put(event('Lunch'), service=EVENT)
        return profile

    def test_a_database_that_guards_itself_gets_its_own_credentials(self):
        self.server.options(guards={'card': 'carol:own'})
        outcome = self.a.sync(self.with_own_credentials('own'))
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual((len(self.server.items('card')), len(self.server.items('cal'))), (1, 1))

    def test_the_challenge_of_a_database_is_answered(self):
        for each_message in (False, True):
            for plain in (False, True):  # basic first, or MD5 without a nonce
                with self.subTest(each_message=each_message, plain=plain):
                    self.begin()
                    self.server.options(guards={'card': 'carol:own'}, guards_by_md5=True, auth_each_message=each_message)
                    profile = self.with_own_credentials('own', plain)
                    outcome = self.a.sync(profile)
                    self.assertEqual(outcome.signal, 'Completed', outcome)
                    self.assertEqual((len(self.server.items('card')), len(self.server.items('cal'))), (1, 1))

    def test_a_challenge_that_cannot_be_answered_does_not_harm_the_other_database(self):
        for by_md5, error in ((True, 'Authentication'), (False, 'PlainCredentialsRefused')):
            with self.subTest(error=error):
                self.begin()
                self.server.options(guards={'card': 'carol:own'}, guards_by_md5=by_md5)
                profile = self.with_own_credentials('other', plain=False)
                outcome = self.a.sync(profile)
                self.assertEqual((outcome.signal, outcome.error), ('Failed', error))
                self.assertEqual((self.a.status(profile, CONTACT), self.a.status(profile, EVENT)), ('FAIL', 'SUCCESS'))
                self.assertEqual((len(self.server.items('card')), len(self.server.items('cal'))), (0, 1))

    def test_wrong_credentials_of_one_database_do_not_harm_the_other(self):
        self.server.options(guards={'card': 'carol:own'})
        profile = self.with_own_credentials('other')
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Authentication'))
        self.assertEqual((self.a.status(profile, CONTACT), self.a.status(profile, EVENT)), ('FAIL', 'SUCCESS'))
        self.assertEqual((len(self.server.items('card')), len(self.server.items('cal'))), (0, 1))

    def test_one_service_that_fails_does_not_harm_the_other(self):
        self.a.manager.Remove(self.profiles[self.a])
        profile = self.a.add_profile(self.server.url, services=((CONTACT, 'card'), (EVENT, 'nowhere')))
        self.a.put(contact('Ada'))
        self.a.put(event('Lunch'), service=EVENT)
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'DatabaseNotFound'))
        self.assertIn('nowhere', outcome.message)
        self.assertEqual((self.a.status(profile, CONTACT), self.a.status(profile, EVENT)), ('SUCCESS', 'FAIL'))
        self.assertEqual(texts(self.server.items('card')), texts(self.a.items()))
        self.assertEqual(self.server.items('cal'), {})
        self.a.sync(profile)
        self.assertEqual(self.a.ran(profile, CONTACT), 'TWO_WAY')


if __name__ == '__main__':
    unittest.main()
