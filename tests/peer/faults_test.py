#!/usr/bin/python3
"""One fault at each message of a session of several messages in each package: how it ends, that nothing is lost or
doubled, and that the next sync brings both sides to the same."""
import unittest

from changes import STORES
from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

MAKERS = {CONTACT: contact, EVENT: event}
MANY = 6
# The session goes on as if nothing had happened.
HARMLESS = ('double-status', 'out-of-order', 'other-resp-uri', 'busy')
# It may go on or end; what counts is what both sides hold in the end.
HARMFUL = ('drop-before', 'drop-after', 'truncated-xml', 'wrong-msgref', 'missing-status', 'no-header-status', 'backwards',
           'repeated-reply', 'never-final', 'bogus-status', 'auth-401', 'refresh-508', '500:SyncHdr')
# What a client may do that was not told, and the referee would not have it.
FORGIVEN = {'no-header-status': 'cred',    # it does not know that its credentials were accepted
            'backwards': 'status-order'}   # it answers in the order that it read


class Faults(PeerCase):
    services = (CONTACT, EVENT)
    configuration = {'MaxMessageSize': 4096, 'ReplyTimeout': 5}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096', '--conflict', 'client')

    def setUp(self):
        super().setUp()
        self.server.behave()
        self.server.options(auth_each_message=False)
        self.rounds = 0

    def start_over(self):
        self.begin()
        self.keys = {service: self.a.put(make('Mine'), service=service) for service, make in MAKERS.items()}
        self.settle()
        self.expected = {service: {'Mine'} for service in MAKERS}

    def change(self):
        """Some messages full of new items on each side, and one update here."""
        self.rounds += 1
        for service, make in MAKERS.items():
            ours, theirs = ([f'{who}{self.rounds}x{number}' for number in range(MANY)] for who in ('Here', 'There'))
            self.a.import_all([make(name, note='n' * 300) for name in ours], service)
            self.a.put(make('Mine', note=f'round {self.rounds}'), self.keys[service], service)
            self.server.put_all(STORES[service], [make(name, note='n' * 300) for name in theirs])
            self.expected[service] |= {*ours, *theirs}

    def assert_in_step(self):
        """Everything of both sides is on both, once, with the newest text."""
        for service, store in STORES.items():
            here, there = texts(self.a.items(service)), texts(self.server.items(store))
            self.assertEqual(here, there)
            mark = '\nN:' if service == CONTACT else '\nSUMMARY:'
            names = [text.split(mark)[1].split('\n')[0].split(';')[0] for text in here]
            self.assertEqual(sorted(names), sorted(self.expected[service]))
            self.assertEqual(sum(f'round {self.rounds}' in text for text in here), 1)

    def messages(self):
        """Of a session that moves the usual changes."""
        self.start_over()
        self.change()
        self.sync(self.a)
        self.assert_in_step()
        count = self.server.last_session()['messages']
        self.assertGreater(count, 6)
        return range(1, count + 1)

    def at_each_message(self, fault, ends=('Completed', 'Failed')):
        for message in self.messages():
            with self.subTest(fault=fault, message=message):
                self.change()
                self.server.misbehave(f'{fault}@{message}')
                outcome = self.a.sync(self.profiles[self.a])
                self.server.behave()
                self.assertIn(outcome.signal, ends, outcome)
                if ends == ('Completed',):
                    self.assert_in_step()
                self.sync(self.a)
                self.assert_in_step()
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        if fault in FORGIVEN:
            self.assertEqual({violation.split(':')[0] for violation in self.server.violations()}, {FORGIVEN[fault]})
            self.server.call('clear-violations')

    def test_an_answer_that_comes_late(self):
        for message in self.messages():
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    self.change()
                    session = self.hold(message, after)
                    self.server.call('release')
                    self.assertEqual(self.a.await_end(session).signal, 'Completed')
                    self.assert_in_step()

    def test_credentials_for_each_message_refused_once(self):
        self.server.options(auth_each_message=True)
        self.at_each_message('auth-401')


def at_each_message(fault, *ends):
    return lambda self: self.at_each_message(fault, *ends)


for name in HARMLESS:
    setattr(Faults, 'test_' + name.replace('-', '_'), at_each_message(name, ('Completed',)))
for name in HARMFUL:
    setattr(Faults, 'test_' + name.replace('-', '_').replace(':', '_'), at_each_message(name))


if __name__ == '__main__':
    unittest.main()
