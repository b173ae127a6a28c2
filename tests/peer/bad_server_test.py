#!/usr/bin/python3
"""A server that fails or lies, at every message of a session: the failure has a name and a message to act on,
nothing is lost or doubled, and the next sync with the same server in good order makes all equal."""
import socket
import unittest

from example_items import contact, texts
from peer_case import NOTHING, PeerCase

MESSAGES = 3  # of a two-way session whose nonce is known: alerts, changes, maps


class BadServer(PeerCase):
    configuration = {'ReplyTimeout': 2, 'ConnectTimeout': 5}

    def setUp(self):
        super().setUp()
        self.names = iter(range(1, 1000))

    def change_on_both_sides(self):
        """One of each on each side; what everybody must hold in the end."""
        mark = str(next(self.names))
        names = ('Mine', 'Gone', 'Theirs', 'Lost')
        keys = {name: self.a.put(contact(name + mark)) for name in names}
        self.sync(self.a)
        guids = {name: guid for guid, text in self.server.items('card').items() for name in names
                 if f'FN:Test {name}{mark}\n' in text.replace('\r', '')}
        self.a.put(contact('Mine' + mark, note='changed here'), keys['Mine'])
        self.a.delete(keys['Gone'])
        self.a.put(contact('NewHere' + mark))
        self.server.put('card', contact('Theirs' + mark, note='changed there'), guid=guids['Theirs'])
        self.server.delete('card', guids['Lost'])
        self.server.put('card', contact('NewThere' + mark))
        return texts({0: contact('Mine' + mark, note='changed here'), 1: contact('NewHere' + mark),
                      2: contact('Theirs' + mark, note='changed there'), 3: contact('NewThere' + mark)})

    def recover(self, expected):
        """The next sync with a server in order; one more where the server took the broken session as done."""
        self.server.behave()
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual(texts(self.server.items('card')), expected)
        self.assertEqual(texts(self.a.items()), expected)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def strike(self, fault, error, messages=range(1, MESSAGES + 1), always=False, anchors_may_move=False):
        for message in messages:
            with self.subTest(fault=fault, message=message):
                self.a.forget_everything()
                self.server.reset()
                self.profiles[self.a] = self.a.add_profile(self.server.url)
                expected = self.change_on_both_sides()
                device = self.a.device_id(self.profiles[self.a])
                before = self.server.call('anchors', store='card', device=device)
                self.server.misbehave(f'{fault}@{message}' + ('*' if always else ''))
                outcome = self.fail_with(self.a, error)
                self.assertGreater(len(outcome.message.split()), 4, 'a message to act on')
                self.assertEqual(self.a.status(self.profiles[self.a]), 'FAIL')
                if message < MESSAGES:
                    self.assertEqual(self.server.call('anchors', store='card', device=device), before)
                self.recover(expected)
                if message < MESSAGES:
                    self.assertEqual(self.server.sessions()[-2]['datastores']['card']['agreed'], 200, 'no slow sync')

    def test_http_errors(self):
        self.strike('http-500', 'HttpStatus')
        self.strike('http-404', 'HttpStatus', [1])

    def test_html_instead_of_syncml(self):
        self.strike('html', 'NotSyncML')

    def test_an_empty_reply(self):
        self.strike('empty', 'NotSyncML', [2])

    def test_truncated_xml(self):
        self.strike('truncated-xml', 'Malformed')

    def test_a_reply_of_200_mib(self):
        self.strike('huge-reply', 'ReplyTooLarge', [1, 3])

    def test_billion_laughs(self):
        self.strike('billion-laughs', 'ForbiddenMarkup', [1, 3])

    def test_an_external_entity(self):
        self.strike('external-entity', 'ForbiddenMarkup', [2])

    def test_a_status_for_a_command_never_sent(self):
        self.strike('bogus-status', 'Protocol')

    def test_a_server_that_never_sends_final(self):
        self.server.reset()
        self.profiles[self.a] = self.a.add_profile(self.server.url)
        expected = self.change_on_both_sides()
        self.server.misbehave('never-final*')
        self.fail_with(self.a, 'Protocol')
        self.recover(expected)

    def test_a_server_that_never_answers(self):
        self.strike('hang', 'Timeout')

    def test_connections_that_close_before_each_message_was_processed(self):
        self.strike('drop-before', 'Unreachable', always=True)

    def test_connections_that_close_instead_of_each_answer(self):
        self.strike('drop-after', 'Unreachable', always=True)

    def test_one_connection_that_closes_is_repaired_by_sending_the_same_message_again(self):
        for fault in ('drop-before', 'drop-after'):
            for message in (2, 3):
                with self.subTest(fault=fault, message=message):
                    expected = self.change_on_both_sides()
                    self.server.misbehave(f'{fault}@{message}')
                    self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                    self.recover(expected)
                    self.a.forget_everything()
                    self.server.reset()
                    self.profiles[self.a] = self.a.add_profile(self.server.url)

    def test_another_session_id(self):
        self.strike('wrong-session', 'Protocol', [1, 2])

    def test_a_missing_database(self):
        self.strike('database-404', 'DatabaseNotFound', [1])

    def test_a_server_that_asks_for_a_slow_sync_each_time_doubles_nothing(self):
        self.a.put(contact('Ada'))
        self.server.put('card', contact('Bo'))
        self.settle()
        self.server.misbehave('refresh-508*')
        for _ in range(3):
            to_server, to_client = self.sync(self.a, 'TWO_WAY', ran='SLOW')
            self.assertEqual((to_server[0], to_client), (0, NOTHING))
        self.assert_equal_everywhere(size=2)

    def test_a_redirection_to_another_path_is_followed(self):
        self.settle()
        self.server.misbehave('redirect@1')
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))

    def test_statuses_in_the_wrong_order_are_still_answers(self):
        self.settle()
        self.a.put(contact('Ada'))
        self.a.put(contact('Bo'))
        self.server.misbehave('out-of-order@2')
        self.assertEqual(self.sync(self.a), ((2, 0, 0), NOTHING))

    def test_an_item_whose_status_is_missing_is_not_taken_as_confirmed(self):
        self.settle()
        self.a.put(contact('Ada'))
        self.server.misbehave('missing-status@2')
        self.a.sync(self.profiles[self.a])
        self.assertEqual(self.a.counts(self.profiles[self.a])[0], NOTHING)
        self.a.sync(self.profiles[self.a])
        self.assert_equal_everywhere(size=1)


class NoServer(PeerCase):
    configuration = {'ConnectTimeout': 5}

    def test_nobody_listens(self):
        with socket.socket() as unused:
            unused.bind(('127.0.0.1', 0))
            profile = self.a.add_profile(f'http://127.0.0.1:{unused.getsockname()[1]}/sync')
            outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Unreachable'))
        self.assertIn('127.0.0.1', outcome.message)

    def test_the_name_does_not_resolve(self):
        profile = self.a.add_profile('http://no-such-host.invalid/sync')
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'HostNotFound'))
        self.assertIn('no-such-host.invalid', outcome.message)


if __name__ == '__main__':
    unittest.main()
