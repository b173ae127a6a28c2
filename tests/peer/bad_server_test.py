#!/usr/bin/python3
"""A server that fails or lies, at every message of a session: the failure has a name and a message to act on,
nothing is lost or doubled, and the next sync with the same server in good order makes all equal."""
import unittest

from changes import MAKERS, STORES, change_on_both_sides
from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

MESSAGES = (1, 2, 3)  # of a two-way session whose nonce is known: alerts, changes, maps
EVERYTHING = (1, 1, 1)
# The faults that strike before the server has processed the message; the others spoil the answer.
UNPROCESSED = {'http-500', 'http-404', 'html', 'empty', 'huge-reply', 'hang', 'drop-before'}


class BadServer(PeerCase):
    services = (CONTACT, EVENT)
    configuration = {'ReplyTimeout': 2, 'ConnectTimeout': 5}

    def setUp(self):
        super().setUp()
        self.host = f'127.0.0.1:{self.server.port}'

    def change_on_both_sides(self):
        return change_on_both_sides(self.a, self.server, lambda: self.sync(self.a, ran='SLOW'))

    def here(self):
        return {service: self.a.items(service) for service in STORES}

    def there(self):
        return {service: self.server.items(store) for service, store in STORES.items()}

    def assert_content(self, stores, expected):
        self.assertEqual({service: texts(items) for service, items in stores.items()}, expected)

    def assert_moved(self, counts, ran):
        """The next session does exactly this, for each service, and agrees with the server on it."""
        self.assertEqual(self.sync(self.a, ran=ran), counts)
        for service, store in STORES.items():
            self.assertEqual(self.a.counts(self.profiles[self.a], service), counts)
            self.assertEqual(self.server.last_session()['datastores'][store]['agreed'], 200 if ran == 'TWO_WAY' else 201)

    def recover(self, expected, counts, ran='TWO_WAY'):
        self.server.behave()
        self.finish(expected, counts, ran)

    def finish(self, expected, counts, ran='TWO_WAY'):
        """A session that makes all equal, and one that finds nothing to do."""
        self.assert_moved(counts, ran)
        self.assert_content(self.here(), expected)
        self.assert_content(self.there(), expected)
        self.assert_moved((NOTHING, NOTHING), 'TWO_WAY')

    def strike(self, fault, error, says, messages=MESSAGES, always=False):
        """The fault at each of these messages: the failure's name and words; both stores as they were, or as far as the
        two had confirmed to each other; anchors where they were, so that the next session is one of changes and
        moves what did not move before."""
        for message in messages:
            with self.subTest(fault=fault, message=message):
                self.begin()
                expected = self.change_on_both_sides()
                here, there = self.here(), self.there()
                self.server.misbehave(f'{fault}@{message}' + ('*' if always else ''))
                self.fail_with(self.a, error, says=says)
                for service in STORES:
                    self.assertEqual(self.a.status(self.profiles[self.a], service), 'FAIL')
                processed = fault not in UNPROCESSED
                # What the server did with our changes is known to us only by its answer to message 2, and with
                # that answer came its own.
                if message <= 2:
                    self.assertEqual(self.here(), here)
                else:
                    self.assert_content(self.here(), expected)
                if (message, processed) < (2, True):
                    self.assertEqual(self.there(), there)
                else:
                    self.assert_content(self.there(), expected)
                self.recover(expected, *self.after(message, processed))

    @staticmethod
    def after(message, processed):
        """What the session after the broken one counts, and its type."""
        if (message, processed) < (2, True):
            return (EVERYTHING, EVERYTHING), 'TWO_WAY'
        if message == 2:  # our changes are doubtful and go again; the sync goes on, so each gets the Status that was lost
            return (EVERYTHING, EVERYTHING), 'TWO_WAY'
        if not processed:  # the map that the server did not get goes first; what it deleted is gone here
            return (NOTHING, (0, 1, 0)), 'TWO_WAY'
        # The server has moved its anchors with its last answer, and we have not.
        return ((0, 4, 0), NOTHING), 'SLOW'

    def test_http_errors(self):
        self.strike('http-500', 'HttpStatus', (self.host, 'status 500', 'tell its operator'))
        self.strike('http-404', 'HttpStatus', (self.host, 'status 404', 'check the path of the URL'))

    def test_html_instead_of_syncml(self):
        self.strike('html', 'NotSyncML', (self.host, 'a web page', 'Open the URL in a browser'))

    def test_an_empty_reply(self):
        self.strike('empty', 'NotSyncML', (self.host, 'an empty reply', 'Check the URL'))

    def test_truncated_xml(self):
        self.strike('truncated-xml', 'Malformed', (self.host, 'cannot be read as SyncML (line ', 'Check the URL',
                                                   "tell the server's operator"))

    def test_a_reply_of_200_mib(self):
        self.strike('huge-reply', 'ReplyTooLarge', (self.host, 'octets', "Tell the server's operator"))

    def test_billion_laughs(self):
        self.strike('billion-laughs', 'ForbiddenMarkup', (self.host, 'a DOCTYPE', 'Check the URL',
                                                          "tell the server's operator"))

    def test_an_external_entity(self):
        self.strike('external-entity', 'ForbiddenMarkup', (self.host, 'a DOCTYPE', "tell the server's operator"))

    def test_a_status_for_a_command_never_sent(self):
        self.strike('bogus-status', 'Protocol', ('never sent (Replace 4711', "tell the server's operator"))

    def test_a_server_that_never_sends_final(self):
        expected = self.change_on_both_sides()
        here, there = self.here(), self.there()
        self.server.misbehave('never-final*')
        self.fail_with(self.a, 'Protocol', says=('without getting on with it', "tell the server's operator"))
        for service in STORES:
            self.assertEqual(self.a.status(self.profiles[self.a], service), 'FAIL')
        self.assertEqual((self.here(), self.there()), (here, there))
        self.recover(expected, (EVERYTHING, EVERYTHING))

    def test_a_server_that_never_answers(self):
        self.strike('hang', 'Timeout', (self.host, 'did not answer in time', 'Try again later'))

    def test_connections_that_close_before_each_message_was_processed(self):
        self.strike('drop-before', 'Unreachable', (self.host, 'broke', 'Try again'), always=True)

    def test_connections_that_close_instead_of_each_answer(self):
        self.strike('drop-after', 'Unreachable', (self.host, 'broke', 'Try again'), always=True)

    def test_one_connection_that_closes_is_repaired_by_sending_the_same_message_again(self):
        for fault in ('drop-before', 'drop-after'):
            for message in (1, 3):
                with self.subTest(fault=fault, message=message):
                    self.begin()
                    expected = self.change_on_both_sides()
                    self.server.misbehave(f'{fault}@{message}')
                    self.finish(expected, (EVERYTHING, EVERYTHING))

    def test_a_message_with_new_items_is_not_sent_again(self):
        """A server that does not know a message again would add them twice."""
        for fault in ('drop-before', 'drop-after'):
            with self.subTest(fault=fault):
                self.server.options(personality='funambol')  # it carries out what comes again
                self.addCleanup(self.server.options, personality='plain')
                self.begin()
                expected = self.change_on_both_sides()
                self.server.misbehave(f'{fault}@2')
                self.fail_with(self.a, 'Unreachable')
                self.assertEqual(self.server.last_session()['messages'], 2 if fault == 'drop-after' else 1)
                self.finish(expected, (EVERYTHING, EVERYTHING))

    def test_a_server_that_has_moved_is_met_at_its_new_path(self):
        self.begin()
        expected = self.change_on_both_sides()
        self.server.misbehave('moved@1')
        self.finish(expected, (EVERYTHING, EVERYTHING))
        notes = [str(note) for session in self.a.history(self.profiles[self.a], 9) for note in session['Notes']]
        self.assertEqual(sum('Set Url of the profile' in note and '/moved' in note for note in notes), 1)

    def test_no_session_follows_a_server_to_another_host(self):
        self.strike('moved-away', 'Server', ('elsewhere.example.net', 'another host', 'set Url'), [1])

    def test_a_server_that_sends_us_from_place_to_place(self):
        self.begin()
        expected = self.change_on_both_sides()
        here, there = self.here(), self.there()
        self.server.misbehave('moved*')
        self.fail_with(self.a, 'Server', says=('from one address to the next', 'Correct Url'))
        self.assertEqual((self.here(), self.there()), (here, there))
        self.recover(expected, (EVERYTHING, EVERYTHING))

    def test_another_session_id(self):
        self.strike('wrong-session', 'Protocol', ('belongs to another session', "tell the server's operator"))

    def test_a_missing_database(self):
        self.strike('database-404', 'DatabaseNotFound', ('no database "card" for CONTACT', 'Correct ServerDatabaseUri'), [1],
                    always=True)

    def test_a_server_that_asks_for_a_slow_sync_each_time_doubles_nothing(self):
        for service, make in MAKERS.items():
            self.a.put(make('Ada'), service=service)
            self.server.put(STORES[service], make('Bo'))
        self.settle()
        self.server.misbehave('refresh-508*')
        for _ in range(3):
            self.assertEqual(self.sync(self.a, 'TWO_WAY', ran='SLOW'), ((0, 2, 0), NOTHING))
        for service in STORES:
            self.assert_equal_everywhere(service, size=2)

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
        self.a.put(event('Lunch'), service=EVENT)
        self.server.misbehave('missing-status@2')  # the last one of the message: that for the event
        self.fail_with(self.a, 'Protocol', says=('did not answer for 1 of our changes of EVENT', 'sent again next time',
                                                 "tell the server's operator"))
        profile = self.profiles[self.a]
        self.assertEqual([(self.a.status(profile, service), self.a.counts(profile, service)) for service in STORES],
                         [('SUCCESS', ((1, 0, 0), NOTHING)), ('FAIL', (NOTHING, NOTHING))])
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assertEqual([self.a.ran(profile, service) for service in STORES], ['TWO_WAY', 'SLOW'])  # for it all was well
        self.assertEqual(self.a.counts(profile, EVENT), ((0, 1, 0), NOTHING))
        for service in STORES:
            self.assert_equal_everywhere(service, size=1)


if __name__ == '__main__':
    unittest.main()
