#!/usr/bin/python3
"""The ways of known servers, and each thing alone that a client has to put up with: the counts agree, both sides hold the
same in the end, and nothing is doubled."""
import unittest

import dbus

from changes import MAKERS, STORES, change
from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

EVERYTHING = (1, 1, 1)
# With these a session is as any other.
USUAL = ('plain', 'funambol', 'mobical', 'memotoo', 'scheduleworld', 'oracle', 'horde', 'egroupware', 'synthesis',
         'syncevolution', 'smartner', 'sync4j', 'nexthaus', 'several-items', 'no-map-status', 'final-with-222',
         'statuses-twice', 'names', 'meta-on-items', 'no-namespaces', 'reordered', 'padded-numbers', 'lower-case', 'no-msgref',
         'nul-behind', 'newline-behind', 'charset')
# These make every sync a slow one.
SLOW = ('zyb',)


class Personalities(PeerCase):
    services = (CONTACT, EVENT)
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def become(self, name):
        self.server.options(personality=name)
        self.addCleanup(self.server.options, personality='plain')
        self.begin()

    def sync_uncounted(self):
        return self.a.sync(self.profiles[self.a]).signal

    def start(self, counted=True):
        """Some messages full of items, the same on both sides, and one of each service that is to be changed and one that is
        to go, on each side."""
        self.keys = {(service, name): self.a.put(make(name, note='n' * 300), service=service)
                     for service, make in MAKERS.items() for name in ('Mine', 'Gone', 'Theirs', 'Lost', 'A', 'B', 'C')}
        for service, make in MAKERS.items():
            self.server.put_all(STORES[service], [make(name, note='n' * 300) for name in 'DEFGHIJ'])
        if counted:
            self.sync(self.a)
        else:
            self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_same(14)

    def change(self):
        change(self.a, self.server, self.keys)

    def assert_same(self, size):
        for service in self.services:
            self.assert_equal_everywhere(service, size)

    def test_sessions_as_any_other(self):
        for name in USUAL:
            with self.subTest(name):
                self.become(name)
                self.start()
                self.change()
                self.assertEqual(self.sync(self.a), (EVERYTHING, EVERYTHING))
                self.assert_same(14)
                self.sync(self.a, 'SLOW')
                self.assert_same(14)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_every_sync_is_slow_and_doubles_nothing(self):
        for name in SLOW:
            with self.subTest(name):
                self.become(name)
                self.start()
                for service, make in MAKERS.items():
                    self.a.put(make('NewHere'), service=service)
                    self.server.put(STORES[service], make('NewThere'))
                for _ in range(3):
                    self.sync(self.a, ran='SLOW')
                    self.assert_same(16)

    def test_ovi(self):
        """Deletes that are not carried out, items that are too large."""
        self.become('ovi')
        key = self.a.put(contact('Ada'))
        self.a.put(contact('Huge', note='x' * 600))
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual(texts(self.server.items('card')), texts({0: contact('Ada')}))
        self.a.delete(key)
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual((self.a.count(), len(self.server.items('card'))), (1, 1))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_intellisync_has_parameters_on_begin_and_end_and_some_without_value(self):
        self.become('intellisync')
        for service, make in MAKERS.items():
            self.server.put(STORES[service], make('Ada', note='from there'))
        self.sync(self.a)
        for service in self.services:
            text, = self.a.items(service).values()
            self.assertIn('BEGIN;X-PART=1:V', text)
            self.assertIn('END;X-PART:V', text)
        for kind in (None, 'SLOW', None):
            self.sync(self.a, kind)
            for service in self.services:
                self.assertEqual((self.a.count(service), len(self.server.items(STORES[service]))), (1, 1))
        self.a.put(contact('Ada', note='changed here'), next(iter(self.a.items())))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))

    def test_google_without_one_way_syncs(self):
        self.become('google')
        self.start(counted=False)  # 200 for 201: it does not tell what it added
        self.change()
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_same(14)
        for kind in ('ONE_WAY_FROM_CLIENT', 'REFRESH_FROM_CLIENT'):
            self.assertEqual(self.a.sync(self.profiles[self.a], kind).signal, 'Failed')
            self.assert_same(14)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_google_brings_back_what_was_deleted_when_it_is_added_anew(self):
        self.become('google')
        key = self.a.put(contact('Ada', note='first'))
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.a.delete(key)
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assertEqual(self.server.items('card'), {})
        self.a.put(contact('Ada', note='second'))
        for _ in range(2):
            self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_equal_everywhere(size=1)
        text, = self.a.items().values()
        self.assertIn('NOTE:first', text)
        # What was written here is kept, and can be had again.
        session, = (one for one in self.a.history(self.profiles[self.a]) if int(one['Changes']))
        self.a.manager.Undo('', dbus.UInt64(session['Session']))
        for _ in range(2):
            self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_equal_everywhere(size=1)
        text, = self.a.items().values()
        self.assertIn('NOTE:second', text)

    def test_mobical_says_400_to_notes_and_the_others_go_on(self):
        self.become('mobical')
        self.a.put(contact('Ada'))
        profile = self.a.add_profile(self.server.url, services=((CONTACT, 'card'), (EVENT, 'memo')), ProfileName='Notes')
        outcome = self.a.sync(profile)
        self.assertEqual(outcome.signal, 'Failed', outcome)
        self.assertEqual((self.a.status(profile), self.a.status(profile, EVENT)), ('SUCCESS', 'FAIL'))
        self.assertEqual(texts(self.server.items('card')), texts({0: contact('Ada')}))

    def test_mobical_answers_a_sync_from_the_client_by_one_that_would_write_here(self):
        self.become('mobical')
        self.start()
        self.change()
        here = {service: texts(self.a.items(service)) for service in self.services}
        self.fail_with(self.a, 'DirectionRefused', 'ONE_WAY_FROM_CLIENT')
        self.assertEqual({service: texts(self.a.items(service)) for service in self.services}, here)
        self.assertEqual(self.sync(self.a), (EVERYTHING, EVERYTHING))
        self.assert_same(14)

    def test_a_server_that_is_empty_asks_for_a_slow_sync_instead_of_anything_else(self):
        for name in ('mobical', 'memotoo'):
            for kind in ('TWO_WAY', 'REFRESH_FROM_SERVER', 'REFRESH_FROM_CLIENT', 'ONE_WAY_FROM_SERVER'):
                with self.subTest(name, kind=kind):
                    self.become(name)
                    self.a.put(contact('Ada'))
                    self.a.put(event('Lunch'), service=EVENT)
                    before = self.a.items()
                    self.a.sync(self.profiles[self.a], kind)
                    self.assertEqual(self.a.items(), before)
                    self.sync(self.a)
                    self.assert_same(1)

    def test_magically_wants_a_new_session_after_a_challenge_and_doubles_carriage_returns(self):
        self.become('magically')
        self.a.put(contact('Ada'))
        self.server.put('card', contact('Bo'))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), (1, 0, 0)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assertEqual((self.a.count(), len(self.server.items('card'))), (2, 2))

    def test_starfish_does_not_take_credentials_at_its_resp_uri_and_asks_for_each_message_twice(self):
        self.become('starfish')
        self.start()
        self.change()
        self.assertEqual(self.sync(self.a), (EVERYTHING, EVERYTHING))
        self.assert_same(14)

    def test_synthesis_sends_while_we_are_sending_and_gets_its_maps_early(self):
        self.become('synthesis')
        self.start()
        many = 20
        for service, make in MAKERS.items():
            self.a.import_all([make(f'Here{number}', note='n' * 300) for number in range(many)], service)
            self.server.put_all(STORES[service], [make(f'There{number}', note='n' * 300) for number in range(many)])
        self.change()
        self.assertEqual(self.sync(self.a), ((many + 1, 1, 1), (many + 1, 1, 1)))
        self.assertEqual(self.server.last_session()['datastores']['card']['sent_early'], many + 1)
        self.assert_same(14 + 2 * many)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_ovi_says_400_now_and_then(self):
        self.become('ovi')
        for number in range(3):
            self.a.put(contact(f'Name{number}'))
        self.server.misbehave('400:Replace')
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assert_equal_everywhere(CONTACT, 3)

    def test_a_server_without_anchors_makes_every_sync_slow(self):
        self.become('no-anchors')
        self.start()
        for _ in range(2):
            self.sync(self.a, ran='SLOW')
            self.assert_same(14)
        # There was no anchor to repeat.
        self.assertEqual({violation.partition(':')[0] for violation in self.server.violations()}, {'anchor-echo'})
        self.server.call('clear-violations')

    def test_every_personality_is_tested(self):
        names = set(self.server.call('personalities')['names'])
        self.assertEqual(names, {*USUAL, *SLOW, 'google', 'intellisync', 'magically', 'no-anchors', 'ovi', 'starfish'})


if __name__ == '__main__':
    unittest.main()
