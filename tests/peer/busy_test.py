#!/usr/bin/python3
"""A server that is busy says so (Status 101), and is asked for its answer later (Alert 221)."""
import time
import unittest

from changes import STORES
from device import CONTACT
from example_items import contact
from peer_case import NOTHING, PeerCase


class Busy(PeerCase):
    devices = 2
    store = STORES[CONTACT]

    def setUp(self):
        super().setUp()
        self.server.behave()

    def notes(self):
        return [str(note) for note in self.a.history(self.profiles[self.a], 1)[0]['Notes']]

    def test_a_busy_server_is_waited_for(self):
        self.settle()
        self.a.put(contact('Here'))
        self.server.put(self.store, contact('There'))
        for fault in ('busy@1', 'busy@3', 'busy@4'):
            self.server.misbehave(fault)
        began = time.monotonic()
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), ((1, 0, 0), (1, 0, 0)))
        self.assertGreaterEqual(time.monotonic() - began, 2 + 2 + 4)
        self.assertEqual(sum('The server is busy' in note for note in self.notes()), 2)
        self.sync(self.b, ran='TWO_WAY')
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_credentials_are_shown_until_the_server_has_looked_at_them(self):
        for each_message in (False, True):
            with self.subTest(each_message=each_message):
                self.server.options(auth_each_message=each_message)
                self.addCleanup(self.server.options, auth_each_message=False)
                self.begin()
                self.a.put(contact('Here'))
                self.server.misbehave('busy@2')  # the answer to the challenge
                self.server.misbehave('busy@3')
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_stop_does_not_wait(self):
        self.settle()
        self.a.put(contact('Here'))
        self.server.put(self.store, contact('There'))
        self.server.misbehave('busy*')
        self.server.call('hold', message=4)
        session = self.a.start(self.profiles[self.a])
        self.server.call('await-held')  # the second request for an answer: the wait after it takes longer
        self.server.call('release')
        began = time.monotonic()
        self.a.manager.StopSync(self.profiles[self.a])
        self.assertEqual(self.a.await_end(session).signal, 'Stopped')
        self.assertLess(time.monotonic() - began, 4)
        self.server.behave()
        self.sync(self.a)
        self.assert_equal_everywhere_of(self.a)

    def assert_equal_everywhere_of(self, device):
        self.sync(self.b)
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(device), (NOTHING, NOTHING))


if __name__ == '__main__':
    unittest.main()
