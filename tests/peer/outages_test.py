#!/usr/bin/python3
"""A server that worked and then does not: it is gone, its name does not resolve, its certificate is refused, it does
not take the password any more. The failure has a name and words, nothing moves, and once that is mended the next sync
goes on where the last good one ended."""
import pathlib
import tempfile
import unittest

from authority_case import AuthorityCase
from device import EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, STORES, ReferenceServer

USER, PASSWORD = 'alice', 's3cret'


class Outages(AuthorityCase):
    configuration = {'ConnectTimeout': 5}

    def setUp(self):
        super().setUp()
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.data = pathlib.Path(place.name, 'server.db')
        self.port = 0
        self.server = None
        self.addCleanup(self.stop)

    def start(self, certificate=None, key=None, *more):
        """The server, with the data that it had before, at the address that it had before."""
        tls = ('--tls-cert', str(certificate), '--tls-key', str(key)) if certificate else ()
        self.server = ReferenceServer('--user', f'{USER}:{PASSWORD}', '--data', str(self.data), '--port', str(self.port),
                                      *tls, *more, tls=bool(tls))
        self.port = self.server.port
        self.host = f'127.0.0.1:{self.port}'

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None

    def restart(self, *options):
        self.stop()
        self.start(*options)

    def add_profile(self, **more):
        self.profile = self.device.add_profile(self.server.url, services=tuple(STORES.items()), **more)

    def update(self, **changes):
        self.device.update_profile(self.profile, **changes)

    def here(self):
        return {service: self.device.items(service) for service in STORES}

    def there(self):
        return {service: self.server.items(store) for service, store in STORES.items()}

    def sync(self, ran, counts):
        outcome = self.device.sync(self.profile)
        self.assertEqual(outcome.signal, 'Completed', outcome)
        for service, store in STORES.items():
            self.assertEqual(self.device.ran(self.profile, service), ran)
            self.assertEqual(self.device.counts(self.profile, service), counts)
            self.assertEqual(self.server.last_session()['datastores'][store]['agreed'], 200 if ran == 'TWO_WAY' else 201)
            self.assertEqual(texts(self.device.items(service)), texts(self.server.items(store)))

    def fail_then_recover(self, break_, mend, error, *says):
        """A good sync; the same failure twice; a sync of changes that moves what waited meanwhile."""
        self.device.put(contact('Ada'))
        self.device.put(event('Lunch'), service=EVENT)
        self.sync('SLOW', ((1, 0, 0), NOTHING))
        self.device.put(contact('Bo'))
        self.device.put(event('Dinner'), service=EVENT)
        self.server.put('card', contact('Cy'))
        self.server.put('cal', event('Supper'))
        here, there = self.here(), self.there()
        break_()
        for _ in range(2):
            outcome = self.device.sync(self.profile)
            self.assertEqual((outcome.signal, outcome.error), ('Failed', error), outcome)
            for words in says:
                self.assertIn(words, outcome.message)
            self.assertNotIn(PASSWORD, outcome.message)
            self.assertEqual([self.device.status(self.profile, service) for service in STORES], ['FAIL', 'FAIL'])
            self.assertEqual(self.here(), here)
        mend()
        self.assertEqual(self.there(), there)
        self.sync('TWO_WAY', ((1, 0, 0), (1, 0, 0)))
        self.sync('TWO_WAY', (NOTHING, NOTHING))
        self.assertEqual(self.server.violations(), [])

    def test_nobody_listens_any_more(self):
        self.start()
        self.add_profile()
        host = self.host
        self.fail_then_recover(self.stop, self.start, 'Unreachable', host, 'cannot be reached', 'Check the URL and the network')

    def move(self, url):
        """To another server the password has to be given anew."""
        self.update(Url=url, Id=USER, Password=PASSWORD)

    def test_the_url_names_a_host_that_does_not_exist(self):
        self.start()
        self.add_profile()
        self.fail_then_recover(lambda: self.move('http://no-such-host.invalid/sync'), lambda: self.move(self.server.url),
                               'HostNotFound', 'no-such-host.invalid', 'Check the URL and the network')

    def test_the_url_names_a_port_where_nobody_listens(self):
        self.start()
        self.add_profile()
        self.fail_then_recover(lambda: self.move('http://127.0.0.1:1/sync'), lambda: self.move(self.server.url),
                               'Unreachable', '127.0.0.1:1 ', 'cannot be reached', 'Check the URL')

    def test_the_password_is_no_longer_right(self):
        self.start()
        self.add_profile()
        self.fail_then_recover(lambda: self.update(Password='not-this-1'), lambda: self.update(Password=PASSWORD),
                               'Authentication', 'refuses the user name or the password', 'Correct Id and Password')

    def test_the_profile_names_databases_that_do_not_exist(self):
        self.start()
        self.add_profile()
        self.fail_then_recover(
            lambda: self.update(Services=self.device.services((service, 'no-' + uri) for service, uri in STORES.items())),
            lambda: self.update(Services=self.device.services(STORES.items())),
            'DatabaseNotFound', 'no database "no-card" for CONTACT', 'Correct ServerDatabaseUri')

    # ---- certificates ------------------------------------------------------------------

    def begin_tls(self):
        self.start(*self.good)
        self.add_profile(CaFile=str(self.ours.certificate))

    def with_ca_file(self, file, *says):
        self.begin_tls()
        self.fail_then_recover(lambda: self.update(CaFile=file), lambda: self.update(CaFile=str(self.ours.certificate)),
                               'Tls', self.host, *says)

    def test_the_profiles_ca_is_another_one(self):
        self.with_ca_file(str(self.theirs.certificate), 'an authority that is not trusted here', 'give the profile its CA file')

    def test_the_profile_has_no_ca(self):
        self.with_ca_file(None, 'an authority that is not trusted here', 'give the profile its CA file')

    def with_certificate(self, certificate, *says):
        self.begin_tls()
        self.fail_then_recover(lambda: self.restart(*certificate), lambda: self.restart(*self.good), 'Tls', self.host, *says)

    def test_the_servers_certificate_comes_from_another_authority(self):
        self.with_certificate(self.theirs.issue('unknown'), 'an authority that is not trusted here')

    def test_the_servers_certificate_is_that_of_another_address(self):
        self.with_certificate(self.ours.issue('elsewhere', address='127.0.0.2'), 'belongs to another host',
                              'check the host name in the URL')

    def test_the_servers_certificate_has_expired(self):
        self.with_certificate(self.ours.issue('expired', days=-1), 'has expired', "the server's operator must renew it")

    def test_the_server_redirects_to_http(self):
        self.with_certificate((*self.good, '--misbehave', 'redirect-http*'), 'without encryption', 'Check the URL')


if __name__ == '__main__':
    unittest.main()
