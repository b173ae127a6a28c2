#!/usr/bin/python3
"""HTTPS: a certificate of the profile's CA is trusted, every other one ends the session before anything was said."""
import unittest

from authority_case import AuthorityCase
from example_items import contact
from peer_case import ReferenceServer


class Tls(AuthorityCase):
    def setUp(self):
        super().setUp()
        self.device.put(contact('Ada'))

    def serve(self, certificate, key, *more):
        server = ReferenceServer('--user', 'alice:s3cret', '--tls-cert', str(certificate), '--tls-key', str(key), *more,
                                 tls=True)
        self.addCleanup(server.stop)
        return server

    def refuse(self, server, error='Tls', **profile):
        outcome = self.device.sync(self.device.add_profile(server.url, **profile))
        self.assertEqual((outcome.signal, outcome.error), ('Failed', error), outcome)
        self.assertEqual(server.sessions(), [])
        return outcome

    def test_a_certificate_of_the_profiles_ca_is_trusted(self):
        server = self.serve(*self.good)
        profile = self.device.add_profile(server.url, CaFile=str(self.ours.certificate))
        outcome = self.device.sync(profile)
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual(len(server.items('card')), 1)
        self.assertEqual(server.violations(), [])

    def test_basic_credentials_may_travel_over_https(self):
        server = self.serve(*self.ours.issue('basic'), '--auth', 'basic')
        outcome = self.device.sync(self.device.add_profile(server.url, CaFile=str(self.ours.certificate)))
        self.assertEqual(outcome.signal, 'Completed', outcome)

    def test_a_certificate_of_an_unknown_ca_is_refused(self):
        server = self.serve(*self.theirs.issue('unknown'))
        outcome = self.refuse(server, CaFile=str(self.ours.certificate))
        self.assertIn('127.0.0.1', outcome.message)
        self.refuse(server)  # the system's roots do not know it either

    def test_a_certificate_of_another_address_is_refused(self):
        self.refuse(self.serve(*self.ours.issue('elsewhere', address='127.0.0.2')), CaFile=str(self.ours.certificate))

    def test_an_expired_certificate_is_refused(self):
        self.refuse(self.serve(*self.ours.issue('expired', days=-1)), CaFile=str(self.ours.certificate))

    def test_a_redirection_from_https_to_http_is_not_followed(self):
        server = self.serve(*self.ours.issue('downgrade'), '--misbehave', 'redirect-http')
        outcome = self.device.sync(self.device.add_profile(server.url, CaFile=str(self.ours.certificate)))
        self.assertEqual(outcome.signal, 'Failed')
        self.assertIn('without encryption', outcome.message)
        self.assertEqual(server.sessions(), [])


if __name__ == '__main__':
    unittest.main()
