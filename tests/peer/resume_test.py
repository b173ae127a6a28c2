#!/usr/bin/python3
"""Syncs that break off, by the user or by an accident, and go on in the next session; and servers that do not go on."""
import unittest

from changes import STORES
from device import CONTACT
from example_items import contact
from peer_case import NOTHING, PeerCase

MANY = 12


class Resume(PeerCase):
    """Messages that hold a few items each, so that a sync has many."""
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')
    store = STORES[CONTACT]

    def fill(self, here=MANY, there=MANY):
        self.a.import_all([contact(f'Here{number}', note='x' * 300) for number in range(here)])
        self.server.put_all(self.store, [contact(f'There{number}', note='y' * 300) for number in range(there)])

    def start_over(self, kind):
        self.begin()
        if kind == 'TWO_WAY':
            self.settle()
        self.fill()

    def moved(self, session):
        """How many items crossed in a session, to the server and from it."""
        seen = session['datastores'][self.store]
        return tuple(sum(seen[way][what] for what in ('added', 'updated', 'removed')) for way in ('from_client', 'to_client'))

    def assert_resumed(self, resumed=True):
        self.assertEqual(self.server.last_session()['datastores'][self.store]['resumed'], resumed)

    def assert_settled(self, size):
        self.assert_equal_everywhere(size=size)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))
        self.assert_resumed(False)


class GoesOn(Resume):
    def test_a_stop_suspends_at_every_message_and_nothing_confirmed_is_sent_again(self):
        for kind in ('TWO_WAY', 'SLOW'):
            self.start_over(kind)
            self.sync(self.a, ran=kind)
            messages = self.server.last_session()['messages']
            self.assertGreater(messages, 6)
            for message in range(2, messages):
                with self.subTest(kind=kind, message=message):
                    self.start_over(kind)
                    self.stop_at(message)
                    first = self.server.last_session()
                    begun = self.moved(first) != (0, 0)  # not yet in the first messages, with device information
                    self.assertEqual(first['suspended'], begun)
                    self.assertEqual([left['asked'] for left in self.server.unfinished()], [begun])
                    self.sync(self.a, ran=kind)
                    self.assert_resumed(begun)
                    moved = zip(self.moved(first), self.moved(self.server.last_session()))
                    self.assertEqual(tuple(map(sum, moved)), (MANY, MANY))
                    self.assert_settled(2 * MANY)

    def test_a_stop_in_the_last_exchange_comes_too_late(self):
        self.start_over('TWO_WAY')
        self.sync(self.a)
        messages = self.server.last_session()['messages']
        self.start_over('TWO_WAY')
        self.stop_at(messages, ends='Completed')
        self.assert_settled(2 * MANY)

    def test_a_killed_worker_goes_on_and_doubles_nothing(self):
        self.settle()
        self.fill()
        for message in (3, 2, 3):
            self.kill_at(message)
            self.assertEqual(len(self.server.unfinished()), 1)
        self.sync(self.a, ran='TWO_WAY')
        self.assert_resumed()
        self.assert_settled(2 * MANY)

    def test_a_first_sync_that_breaks_again_and_again_comes_to_its_end(self):
        self.fill()
        sessions = 0
        while True:
            sessions += 1
            self.server.misbehave('http-500@5')
            outcome = self.a.sync(self.profiles[self.a])
            if outcome.signal == 'Completed':
                break
            self.assertEqual(outcome.error, 'HttpStatus')
        self.server.behave()
        self.assertGreater(sessions, 2)
        self.assert_resumed()
        self.assert_settled(2 * MANY)

    def test_edits_made_meanwhile_follow(self):
        self.settle()
        self.fill()
        self.stop_at(3)
        kept = next(key for key, text in self.a.items().items() if 'Here' in text)
        self.a.put(contact('Edited'), kept)
        self.a.put(contact('New'))
        self.sync(self.a, ran='TWO_WAY')
        self.assert_resumed()
        self.sync(self.a, ran='TWO_WAY')
        self.assert_settled(2 * MANY + 1)
        self.assertTrue(any('FN:Test Edited' in text for text in self.server.items(self.store).values()))

    def test_another_type_forgets_what_was_suspended(self):
        self.settle()
        self.fill()
        self.stop_at(3)
        self.sync(self.a, 'SLOW', ran='SLOW')
        self.assert_resumed(False)
        self.assert_settled(2 * MANY)

    def test_a_server_that_suspends_is_left_and_asked_to_go_on(self):
        self.settle()
        self.fill()
        self.server.misbehave('suspend@3')
        self.fail_with(self.a, 'Server', says=('suspended', 'Synchronize again'))
        self.sync(self.a, ran='TWO_WAY')
        self.assert_resumed()
        self.assert_settled(2 * MANY)


class DoesNotGoOn(Resume):
    """What else servers answer to Alert 225."""

    def run_against(self, answer, ran, settled=True):
        self.server.options(resume=answer)
        self.addCleanup(self.server.options, resume='yes')
        if settled:
            self.settle()
        self.fill()
        self.stop_at(3)
        self.sync(self.a, ran=ran)

    def test_the_original_code_means_that_it_goes_on(self):
        self.run_against('original-code', 'TWO_WAY')
        self.assert_resumed()
        self.assert_settled(2 * MANY)

    def test_a_normal_sync_instead(self):
        self.run_against('override', 'TWO_WAY')
        self.assert_resumed(False)
        self.assert_settled(2 * MANY)

    def test_a_slow_sync_instead(self):
        self.run_against('refuse', 'SLOW')
        self.assert_settled(2 * MANY)

    def test_a_slow_sync_that_is_refused_begins_anew(self):
        self.run_against('refuse', 'SLOW', settled=False)
        self.assert_settled(2 * MANY)

    def test_a_server_that_does_not_know_it(self):
        for answer in ('unknown', 'fail'):
            with self.subTest(answer):
                self.begin()
                self.run_against(answer, 'TWO_WAY')
                self.assert_settled(2 * MANY)


if __name__ == '__main__':
    unittest.main()
