#!/usr/bin/python3
"""What web servers do by themselves, whatever they serve: addresses, compression, cookies."""
import unittest

from device import start_devices
from example_items import contact
from peer_case import ReferenceServer
from web_front import WebFront


class Web(unittest.TestCase):
    """Each test has a server of its own, and begins with one contact here and another one there."""

    @classmethod
    def setUpClass(cls):
        [cls.device] = start_devices(cls, 1)

    def setUp(self):
        self.device.forget_everything()
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


if __name__ == '__main__':
    unittest.main()
