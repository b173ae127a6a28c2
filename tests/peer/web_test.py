#!/usr/bin/python3
"""What web servers do by themselves, whatever they serve: addresses, compression, cookies, who may come in."""
import base64
import pathlib
import unittest

from authority_case import AuthorityCase
from example_items import contact
from peer_case import ReferenceServer
from web_front import WebFront


class Web(AuthorityCase):
    """Each test has a server of its own, and begins with one contact here and another one there."""

    def setUp(self):
        super().setUp()
        self.device.put(contact('Ada'))

    def serve(self, *options):
        server = ReferenceServer('--user', 'alice:s3cret', *options)
        self.addCleanup(server.stop)
        server.put('card', contact('Grace'))
        return server

    def before(self, server, **options):
        front = WebFront(server, **options)
        self.addCleanup(front.stop)
        return front

    def sync_well(self, server, url, **profile):
        profile = self.device.add_profile(url, **profile)
        outcome = self.device.sync(profile)
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual(len(server.items('card')), 2)
        self.assertEqual(self.device.count(), 2)
        self.assertEqual(server.violations(), [])
        return profile

    def test_a_server_with_an_ipv6_address(self):
        server = self.serve('--ipv6')
        self.assertRegex(server.url, r'^http://\[::1\]:\d+/sync$')
        self.sync_well(server, server.url)

    def test_replies_in_gzip(self):
        server = self.serve()
        front = self.before(server, compress=True)
        self.sync_well(server, front.url)
        self.assertEqual({request['Accept-Encoding'] for request in front.requests}, {'gzip, deflate'})

    def test_a_load_balancer_that_knows_its_clients_by_cookies(self):
        server = self.serve()
        front = self.before(server, cookies=True)
        profile = self.sync_well(server, front.url)
        self.assertGreater(len(front.requests), 3)
        # The next session begins without.
        front.requests.clear()
        self.assertEqual(self.device.sync(profile).signal, 'Completed')
        self.assertNotIn('Cookie', front.requests[0])

    def test_a_resp_uri_without_a_host(self):
        server = self.serve()
        front = self.before(server, relative=True)
        self.sync_well(server, front.url)

    # ---- HTTP authentication -----------------------------------------------------------------

    def fail_with(self, url, error, *says, **profile):
        """A session that ends by this name, and in which the server was told nothing."""
        outcome = self.device.sync(self.device.add_profile(url, **profile))
        self.assertEqual((outcome.signal, outcome.error), ('Failed', error), outcome)
        for text in ('127.0.0.1', *says):
            self.assertIn(text, outcome.message)
        return outcome

    def test_basic_authentication_of_http(self):
        server = self.serve()
        front = self.before(server, login=('Basic', 'web', 'w:ord'))
        profile = self.sync_well(server, front.url, HttpId='web', HttpPassword='w:ord', AllowPlainCredentials=True)
        self.assertEqual(front.credentials().count(None), 1)  # the first was asked, the others knew
        front.requests.clear()
        self.fail_with(front.url, 'PlainCredentialsRefused', 'without encryption', HttpId='web', HttpPassword='w:ord')
        self.assertEqual(front.credentials(), [None])
        self.assertTrue(self.device.manager.Get(profile)['HasHttpCredentials'])

    def test_digest_authentication_of_http(self):
        server = self.serve()
        front = self.before(server, login=('Digest', 'web', 'w:ord'))
        self.sync_well(server, front.url, HttpId='web', HttpPassword='w:ord')
        self.assertEqual(front.credentials().count(None), 1)

    def test_basic_authentication_within_tls(self):
        server = self.serve()
        front = self.before(server, certificate=self.good[0], key=self.good[1], login=('Basic', 'web', 'word'))
        self.sync_well(server, front.url, HttpId='web', HttpPassword='word', CaFile=str(self.ours.certificate))

    def test_a_wrong_password_of_http_is_tried_once(self):
        server = self.serve()
        for scheme in ('Basic', 'Digest'):
            with self.subTest(scheme):
                front = self.before(server, login=(scheme, 'web', 'word'))
                self.fail_with(front.url, 'Authentication', 'Correct HttpId and HttpPassword', HttpId='web', HttpPassword='wrong',
                          AllowPlainCredentials=True, Encoding='AUTO')
                self.assertEqual(len(front.requests), 2)
        self.assertEqual(server.sessions(), [])

    def test_the_credentials_of_the_messages_are_not_those_of_http(self):
        server = self.serve()
        front = self.before(server, login=('Basic', 'alice', 's3cret'))
        self.fail_with(front.url, 'HttpStatus', '401', 'give the profile HttpId and HttpPassword', AllowPlainCredentials=True)
        self.assertEqual(front.credentials(), [None])
        self.assertNotIn('s3cret', self.device.syncd.log())

    # ---- certificates of clients -------------------------------------------------------------

    def demanding(self, server):
        return self.before(server, certificate=self.good[0], key=self.good[1], client_ca=self.ours.certificate)

    @staticmethod
    def pem(authority, name, **more):
        certificate, key = authority.issue(name, **more)
        return pathlib.Path(certificate).read_text() + pathlib.Path(key).read_text()

    def test_a_server_that_demands_a_certificate(self):
        server = self.serve()
        front = self.demanding(server)
        url = front.url.replace('127.0.0.1', 'localhost')
        profile = self.sync_well(server, url, CaFile=str(self.ours.certificate), ClientCertificate=self.pem(self.ours, 'client'))
        self.assertTrue(self.device.manager.Get(profile)['HasClientCertificate'])
        self.assertEqual(set(front.names), {'localhost'})  # who was meant is said in the handshake

    def test_a_certificate_that_the_server_does_not_take(self):
        server = self.serve()
        front = self.demanding(server)
        ca = {'CaFile': str(self.ours.certificate)}
        self.fail_with(front.url, 'Tls', 'wants a client certificate', 'Give the profile the ClientCertificate', **ca)
        self.fail_with(front.url, 'Tls', 'does not take the client certificate', **ca,
                  ClientCertificate=self.pem(self.theirs, 'stranger'))
        self.assertEqual(server.sessions(), [])

    def test_a_certificate_that_has_expired_is_not_even_shown(self):
        server = self.serve()
        front = self.demanding(server)
        outcome = self.device.sync(self.device.add_profile(
            front.url, CaFile=str(self.ours.certificate), ClientCertificate=self.pem(self.ours, 'old', days=-1)))
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Tls'), outcome)
        self.assertRegex(outcome.message, r'The client certificate of the profile has expired on \d{4}-\d\d-\d\d.*Give the '
                                          'profile another')
        self.assertEqual(front.names, [])


class Proxied(AuthorityCase):
    """A proxy that syncd.conf names, for a server that is on no other way."""

    @classmethod
    def setUpClass(cls):
        cls.server = ReferenceServer('--user', 'alice:s3cret')
        cls.addClassCleanup(cls.server.stop)
        cls.proxy = WebFront(cls.server)
        cls.addClassCleanup(cls.proxy.stop)
        cls.configuration = {'Proxy': f'http://bob:pr0xy@127.0.0.1:{cls.proxy.port}', 'NoProxy': 'direct.invalid'}
        super().setUpClass()

    def test_all_servers_are_reached_through_it(self):
        self.device.put(contact('Ada'))
        outcome = self.device.sync(self.device.add_profile(self.server.url))
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertEqual(self.server.violations(), [])
        self.assertEqual({request['Proxy-Authorization'] for request in self.proxy.requests},
                         {'Basic ' + base64.b64encode(b'bob:pr0xy').decode()})
        self.assertNotIn('pr0xy', self.device.syncd.log())

    def test_but_those_that_are_named(self):
        seen = len(self.proxy.requests)
        outcome = self.device.sync(self.device.add_profile('http://direct.invalid/sync'))
        self.assertEqual(outcome.error, 'HostNotFound', outcome)
        self.assertEqual(len(self.proxy.requests), seen)


if __name__ == '__main__':
    unittest.main()
