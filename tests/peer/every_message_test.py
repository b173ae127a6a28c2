#!/usr/bin/python3
"""Sessions of many messages of every type, contacts and events in each, the worker killed at each message."""
import unittest

from changes import MAKERS, STORES
from device import CONTACT, EVENT
from example_items import texts
from peer_case import NOTHING, PeerCase

MANY = 5


class EveryMessage(PeerCase):
    services = (CONTACT, EVENT)
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def fill(self):
        """Some messages full of items on each side, per service."""
        ours, theirs = ({service: [make(f'{who}{number}', note=who * 150) for number in range(MANY)]
                         for service, make in MAKERS.items()} for who in ('Here', 'There'))
        for service, store in STORES.items():
            self.a.import_all(ours[service], service)
            self.server.put_all(store, theirs[service])
        return ours, theirs

    def start_over(self):
        self.begin()
        self.settle()
        return self.fill()

    def assert_content(self, here, there):
        """What each side must hold, as lists of texts by service."""
        for service, store in STORES.items():
            self.assertEqual(texts(self.a.items(service)), texts(dict(enumerate(here[service]))))
            self.assertEqual(texts(self.server.items(store)), texts(dict(enumerate(there[service]))))

    def at_every_message(self, kind, check):
        """Calls `check` after each kill with the items that were new here and there."""
        self.start_over()
        self.sync(self.a, kind)
        messages = self.server.last_session()['messages']
        self.assertGreater(messages, 4)
        for message in range(1, messages + 1):
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    items = self.start_over()
                    self.kill_at(message, after, kind)
                    check(*items)

    def run_through(self, kind, keeps_ours=True, keeps_theirs=True):
        def check(ours, theirs):
            self.sync(self.a, kind)
            both = {service: ours[service] * keeps_ours + theirs[service] * keeps_theirs for service in STORES}
            self.assert_content(both, both)
            self.assertEqual(self.sync(self.a, 'TWO_WAY'), (NOTHING, NOTHING))
        self.at_every_message(kind, check)

    def run_one_way(self, kind, here, there, settled):
        """`here`, `there`: what each side holds after the next one-way sync, of what was new."""
        def check(ours, theirs):
            both = {service: ours[service] + theirs[service] for service in STORES}
            self.sync(self.a, kind, ran=kind)
            self.assert_content(here(ours, both), there(theirs, both))
            self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='TWO_WAY'), settled)
            self.assert_content(both, both)
            self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='TWO_WAY'), (NOTHING, NOTHING))
        self.at_every_message(kind, check)

    def test_two_way(self):
        self.run_through('TWO_WAY')

    def test_slow(self):
        self.run_through('SLOW')

    def test_refresh_from_client(self):
        self.run_through('REFRESH_FROM_CLIENT', keeps_theirs=False)

    def test_refresh_from_server(self):
        self.run_through('REFRESH_FROM_SERVER', keeps_ours=False)

    def test_one_way_from_client(self):
        self.run_one_way('ONE_WAY_FROM_CLIENT', lambda ours, both: ours, lambda theirs, both: both,
                         (NOTHING, (MANY, 0, 0)))

    def test_one_way_from_server(self):
        self.run_one_way('ONE_WAY_FROM_SERVER', lambda ours, both: both, lambda theirs, both: theirs,
                         ((MANY, 0, 0), NOTHING))


if __name__ == '__main__':
    unittest.main()
