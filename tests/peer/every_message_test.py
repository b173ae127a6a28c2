#!/usr/bin/python3
"""Sessions of many messages in every type that sends everything or both ways, the worker killed at each message."""
import os
import signal
import unittest

from example_items import contact, texts
from peer_case import NOTHING, PeerCase


class EveryMessage(PeerCase):
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def fill(self, mark):
        """Some messages full of items on each side; what everybody must hold in the end."""
        ours = [contact(f'Here{mark}n{number}', note='h' * 900) for number in range(8)]
        theirs = [contact(f'There{mark}n{number}', note='t' * 900) for number in range(8)]
        self.a.import_all(ours)
        self.server.put_all('card', theirs)
        return ours, theirs

    def begin(self, mark):
        self.a.forget_everything()
        self.server.reset()
        self.profiles[self.a] = self.a.add_profile(self.server.url)
        self.settle()
        return self.fill(mark)

    def kill_at(self, message, after, kind):
        self.server.call('hold', message=message, after=after)
        session = self.a.start(self.profiles[self.a], kind)
        self.server.call('await-held')
        worker, = self.a.syncd.workers()
        os.kill(worker, signal.SIGKILL)
        self.assertEqual(self.a.await_end(session).error, 'Interrupted')
        self.server.call('release')

    def run_through(self, kind, keeps_ours=True, keeps_theirs=True):
        self.begin(0)
        self.sync(self.a, kind)
        messages = self.server.last_session()['messages']
        self.assertGreater(messages, 4)
        for message in range(1, messages + 1):
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    ours, theirs = self.begin(message)
                    self.kill_at(message, after, kind)
                    for _ in range(2):
                        self.assertEqual(self.a.sync(self.profiles[self.a], kind).signal, 'Completed')
                    self.assertEqual(texts(self.a.items()),
                                     texts(dict(enumerate(ours * keeps_ours + theirs * keeps_theirs))))
                    self.assert_equal_everywhere()
                    self.assertEqual(self.sync(self.a, 'TWO_WAY'), (NOTHING, NOTHING))

    def test_two_way(self):
        self.run_through('TWO_WAY')

    def test_slow(self):
        self.run_through('SLOW')

    def test_refresh_from_client(self):
        self.run_through('REFRESH_FROM_CLIENT', keeps_theirs=False)

    def test_refresh_from_server(self):
        self.run_through('REFRESH_FROM_SERVER', keeps_ours=False)


if __name__ == '__main__':
    unittest.main()
