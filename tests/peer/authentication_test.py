#!/usr/bin/python3
"""Credentials: the right ones get in by every scheme, the wrong ones get a clear answer, and none travels
in a way that the profile did not allow."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase


class Authentication(PeerCase):
    def setUp(self):
        super().setUp()
        self.server.options(auth='md5', auth_each_message=False, resp_uri=True)

    def round_trips(self):
        return self.server.last_session()['messages']

    def test_md5_learns_its_nonce_once_and_then_needs_no_challenge(self):
        self.a.put(contact('Ada'))
        self.sync(self.a)
        first = self.round_trips()
        self.sync(self.a)
        self.assertEqual((first, self.round_trips()), (4, 3))
        self.assertEqual(self.server.last_session()['user'], 'alice')

    def test_a_lost_nonce_costs_one_round_trip_and_nothing_else(self):
        self.settle()
        self.server.misbehave('auth-401')
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))
        self.assertEqual(self.round_trips(), 4)

    def test_a_server_that_takes_credentials_for_one_message_gets_them_with_each(self):
        self.server.options(auth_each_message=True)
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))

    def test_a_server_without_resp_uri(self):
        self.server.options(resp_uri=False)
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))

    def test_no_authentication(self):
        self.server.options(auth='none')
        self.profiles[self.a] = self.a.add_profile(self.server.url, user='', password='')
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))

    def test_basic_over_plain_http_is_refused_unless_the_profile_allows_it(self):
        self.server.options(auth='basic')
        self.a.put(contact('Ada'))
        outcome = self.fail_with(self.a, 'PlainCredentialsRefused')
        self.assertIn('AllowPlainCredentials', outcome.message)
        self.assertEqual(self.server.items('card'), {})
        self.a.update_profile(self.profiles[self.a], AllowPlainCredentials=True)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))

    def test_a_wrong_password_is_said_and_nothing_moves(self):
        for user, password in (('alice', 'not-this-1'), ('nobody', 's3cret')):
            with self.subTest(user=user):
                profile = self.a.add_profile(self.server.url, user=user, password=password)
                outcome = self.a.sync(profile)
                self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Authentication'))
                self.assertIn('refuses the user name or the password', outcome.message)
                self.assertIn('Correct Id and Password in the profile', outcome.message)
                self.assertNotIn(password, outcome.message)
                self.assertLessEqual(self.round_trips(), 3)
                self.a.manager.Remove(profile)

    def test_a_server_that_always_refuses_is_not_asked_for_ever(self):
        self.server.misbehave('auth-401*')
        self.fail_with(self.a, 'Authentication', says=('Correct Id and Password in the profile',))
        self.assertLessEqual(self.round_trips(), 3)
        self.server.behave()
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))


class ServerProof(PeerCase):
    """The profile wants the server to prove who it is."""

    def setUp(self):
        super().setUp()
        self.server.options(own_credentials='calendar.example.net:theirs')
        self.profiles[self.a] = self.add_profile(self.a, ServerId='calendar.example.net', ServerPassword='theirs',
                                                 AuthenticateServer=True)
        self.a.put(contact('Here'))
        self.server.put('card', contact('There'))

    def test_a_server_that_proves_itself(self):
        for encoding in ('XML', 'WBXML'):
            with self.subTest(encoding=encoding):
                self.a.update_profile(self.profiles[self.a], Encoding=encoding)
                self.sync(self.a)
                self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        # A new nonce has been given for its notifications.
        self.assertNotEqual(self.server.last_session()['nonce'], '')

    def test_a_server_that_cannot(self):
        for own, says in (('calendar.example.net:wrong', 'ServerPassword'), ('', 'AuthenticateServer')):
            with self.subTest(own=own):
                self.server.options(own_credentials=own)
                self.fail_with(self.a, 'Authentication', says=(says,))
                self.assertEqual(len(self.server.items('card')), 1)
                self.assertEqual(len(self.a.items()), 1)
        self.server.options(own_credentials='calendar.example.net:theirs')
        self.sync(self.a)
        self.assert_equal_everywhere(size=2)


if __name__ == '__main__':
    unittest.main()
