#!/usr/bin/python3
"""SyncML 1.1 and 1.0: the same syncs with servers that speak nothing newer, how a client finds that out by itself, and what
it remembers of it."""
import pathlib
import sqlite3
import unittest

from changes import MAKERS, STORES, change
from device import CONTACT, EVENT
from example_items import contact, texts
from peer_case import NOTHING, PeerCase

OLD = ('1.1', '1.0')
EVERYTHING = (1, 1, 1)
LONG = 'n' * 300


class VersionCase(PeerCase):
    def setUp(self):
        super().setUp()
        self.server.behave()
        self.addCleanup(self.server.options, versions='1.2,1.1,1.0', version_refusal='status')

    def speak(self, *versions, refusal='status'):
        """A server of these, and everything from the beginning."""
        self.server.options(versions=','.join(versions), version_refusal=refusal)
        self.begin()

    def spoken(self):
        """The version of the last session, as both sides tell it."""
        record = self.a.history(self.profiles[self.a], 1)[0]
        self.assertEqual(str(record['ProtocolVersion']), self.server.last_session()['version'])
        return str(record['ProtocolVersion'])

    def notes(self):
        return [str(note) for note in self.a.history(self.profiles[self.a], 1)[0]['Notes']]

    def messages(self):
        """How often the client has asked something in its last session."""
        return int(self.a.history(self.profiles[self.a], 1)[0]['RoundTrips'])

    def tried(self, known):
        """The versions of the sessions that the server has seen since it knew `known` of them; empty: refused."""
        return [session['version'] for session in self.server.sessions()[known:]]


class ChangingCase(VersionCase):
    """Some messages full of contacts and events, and changes on both sides."""
    services = (CONTACT, EVENT)
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def assert_same(self, size):
        for service in self.services:
            self.assert_equal_everywhere(service, size)

    def fill(self):
        self.keys = {(service, name): self.a.put(make(name, note=LONG), service=service)
                     for service, make in MAKERS.items() for name in ('Mine', 'Gone', 'Theirs', 'Lost', 'A', 'B', 'C')}
        for service, make in MAKERS.items():
            self.server.put_all(STORES[service], [make(name, note=LONG) for name in 'DEFGHIJ'])

    def change(self):
        change(self.a, self.server, self.keys)


class Sessions(ChangingCase):
    """Two devices in an old version."""
    devices = 2

    def test_two_devices_come_to_hold_the_same(self):
        for version in OLD:
            for encoding in ('XML', 'WBXML'):
                with self.subTest(version=version, encoding=encoding):
                    self.speak(version)
                    for device in self.everybody:
                        device.update_profile(self.profiles[device], Encoding=encoding)
                    self.fill()
                    self.assertEqual(self.sync(self.a, ran='SLOW'), ((7, 0, 0), (7, 0, 0)))
                    self.assertEqual(self.spoken(), version)
                    self.assertEqual(self.server.last_session()['encoding'], encoding.lower())
                    self.assertEqual(self.sync(self.b, ran='SLOW'), (NOTHING, (14, 0, 0)))
                    self.change()
                    self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (EVERYTHING, EVERYTHING))
                    self.assertEqual(self.sync(self.b, ran='TWO_WAY'), (NOTHING, (2, 2, 2)))
                    self.assert_same(14)
                    self.sync(self.a, 'SLOW')
                    for device in self.everybody:
                        self.assertEqual(self.sync(device), (NOTHING, NOTHING))
                    self.assert_same(14)

    def test_every_type(self):
        for version in OLD:
            with self.subTest(version=version):
                self.speak(version)
                self.settle(self.a)
                for kind in ('TWO_WAY', 'SLOW', 'ONE_WAY_FROM_CLIENT', 'REFRESH_FROM_CLIENT', 'ONE_WAY_FROM_SERVER',
                             'REFRESH_FROM_SERVER'):
                    self.assertEqual(self.sync(self.a, kind, ran=kind), (NOTHING, NOTHING))
                    self.assertEqual(self.spoken(), version)
                self.a.put(contact('Ada'))
                self.server.put('card', contact('Bo'))
                self.assertEqual(self.sync(self.a, 'ONE_WAY_FROM_CLIENT'), ((1, 0, 0), NOTHING))
                self.assertEqual(self.sync(self.a, 'ONE_WAY_FROM_SERVER'), (NOTHING, (1, 0, 0)))
                self.a.put(contact('Cy'))
                self.assertEqual(self.sync(self.a, 'REFRESH_FROM_CLIENT'), ((3, 0, 0), NOTHING))
                self.server.put('card', contact('Di'))
                self.assertEqual(self.sync(self.a, 'REFRESH_FROM_SERVER')[0], NOTHING)
                self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
                self.assertEqual(self.sync(self.b), (NOTHING, (4, 0, 0)))
                self.assert_equal_everywhere(size=4)

    def test_large_objects_cross_in_1_1_and_stay_in_1_0(self):
        for version, crosses in (('1.1', True), ('1.0', False)):
            with self.subTest(version=version):
                self.speak(version)
                self.settle(self.a)
                self.a.put(contact('Ada', note='x' * 9000))
                self.a.put(contact('Bo'))
                self.server.put('card', contact('Cy', note='y' * 9000))
                self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                report = self.server.last_session()['datastores']['card']
                self.assertEqual((report['chunks_from_client'] > 1, report['chunks_to_client'] > 1), (crosses, crosses))
                self.assertEqual(len(self.server.items('card')), 3 if crosses else 2)
                self.assertEqual(self.a.count(), 3 if crosses else 2)
                self.assertEqual(any('larger than the server accepts' in note for note in self.notes()), not crosses)
        # Nothing of that is forgotten: a server of 1.1 gets it.
        self.server.options(versions='1.1')
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.sync(self.a, 'SLOW')
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
        self.assertEqual(self.a.count(), 3)


class Breaking(ChangingCase):
    """Sessions that do not come to their end."""

    def test_what_breaks_off_is_not_gone_on_with_and_nothing_is_lost_or_doubled(self):
        for version in OLD:
            for message in (2, 3):
                for fault in ('drop-before', 'drop-after'):
                    with self.subTest(version=version, message=message, fault=fault):
                        self.speak(version)
                        self.fill()
                        self.sync(self.a)
                        self.change()
                        self.server.misbehave(f'{fault}@{message}*')
                        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Failed')
                        self.server.behave()
                        self.sync_to_the_end()
                        self.assert_same(14)

    def test_a_stop_says_nothing_and_loses_nothing(self):
        for version in OLD:
            with self.subTest(version=version):
                self.speak(version)
                self.fill()
                self.stop_at(3, after=True)
                self.sync_to_the_end()
                self.assert_same(14)

    def sync_to_the_end(self):
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        report = self.server.last_session()
        self.assertEqual([report['datastores'][store]['resumed'] for store in STORES.values()], [False, False])
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_sync_of_1_2_that_broke_off_ends_in_1_1(self):
        self.fill()
        self.server.misbehave('drop-after@4*')
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Failed')
        self.server.behave()
        self.assertEqual(self.spoken(), '1.2')
        self.server.options(versions='1.1')
        self.sync_to_the_end()
        self.assertEqual(self.spoken(), '1.1')
        self.assert_same(14)


class FallingBack(VersionCase):
    """One device that finds out what its server speaks."""

    def test_each_way_in_which_a_server_refuses_a_version(self):
        for refusal, reason in (('status', '505'), ('513', '513'), ('400', '400'), ('501', '501'), ('page', 'web page')):
            for versions in (('1.1', '1.0'), ('1.1',), ('1.0',)):
                with self.subTest(refusal=refusal, versions=versions):
                    self.speak(*versions, refusal=refusal)
                    self.a.put(contact('Ada'))
                    self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                    self.assertEqual(self.spoken(), versions[0])
                    notes = [note for note in self.notes() if 'did not take SyncML' in note]
                    self.assertEqual(len(notes), 1 if versions[0] == '1.1' else 2)
                    self.assertIn(reason, notes[0])
                    self.assert_equal_everywhere(size=1)

    def test_http_errors_and_broken_replies_to_the_first_message(self):
        for fault in ('http-400', 'http-500', 'html', 'empty', 'truncated-xml', 'other-version'):
            with self.subTest(fault=fault):
                self.begin()
                self.a.put(contact('Ada'))
                self.server.misbehave(f'{fault}@1')
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assertEqual(self.spoken(), '1.1')
                self.assert_equal_everywhere(size=1)

    def test_a_server_in_trouble_is_not_taken_for_an_old_one(self):
        for fault, error in (('http-503', 'HttpStatus'), ('http-404', 'HttpStatus'), ('drop-before', 'Unreachable'),
                             ('503:SyncHdr', 'Server'), ('500:SyncHdr', 'Server'), ('403:SyncHdr', 'Authentication')):
            with self.subTest(fault=fault):
                self.begin()
                self.server.misbehave(f'{fault}*')
                self.fail_with(self.a, error)
                self.assertFalse([note for note in self.notes() if 'SyncML' in note])
                self.server.behave()
                self.sync(self.a)
                self.assertEqual(self.spoken(), '1.2')

    def test_each_version_is_tried_once(self):
        self.server.misbehave('505:SyncHdr*')
        self.fail_with(self.a, 'Protocol', says=('SyncML 1.2', '505', '1.1 and 1.0', 'operator'))
        self.assertEqual(self.tried(0), ['1.2', '1.1', '1.0'])
        self.assertEqual(self.messages(), 6)  # each with a nonce to be got first

    def test_a_server_that_always_fails_is_told_of_as_it_failed_first(self):
        self.server.misbehave('http-500@1*')
        self.fail_with(self.a, 'HttpStatus', says=('500', '1.1 and 1.0'))
        self.server.behave()
        self.sync(self.a)
        self.assertEqual(self.spoken(), '1.2')

    def test_a_refusal_in_the_middle_of_a_session_is_a_failure(self):
        self.a.put(contact('Ada'))
        self.server.misbehave('505:SyncHdr@3')
        self.fail_with(self.a, 'Protocol', says=('505',))
        self.assertEqual(self.server.items('card'), {})
        self.sync(self.a)
        self.assertEqual((self.spoken(), len(self.server.items('card'))), ('1.2', 1))

    def test_a_server_that_asks_for_credentials_first(self):
        # Message 1 is refused for its nonce, message 2 for its version; in 1.1 that nonce is known.
        self.a.put(contact('Ada'))
        self.server.misbehave('505:SyncHdr@2')
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assertEqual(self.spoken(), '1.1')

    def test_wrong_credentials_are_not_tried_in_every_version(self):
        self.a.update_profile(self.profiles[self.a], Id='alice', Password='wrong')
        self.fail_with(self.a, 'Authentication')
        self.assertLessEqual(self.messages(), 3)
        self.assertEqual(set(self.tried(0)) - {''}, {'1.2'})

    def test_basic_credentials_are_refused_in_every_version(self):
        self.server.options(auth='basic')
        self.addCleanup(self.server.options, auth='md5')
        for version in ('1.2', *OLD):
            self.speak(version)
            self.fail_with(self.a, 'PlainCredentialsRefused')
            self.a.update_profile(self.profiles[self.a], AllowPlainCredentials=True)
            self.sync(self.a)
            self.assertEqual(self.spoken(), version)

    def test_encoding_and_version_are_found_together(self):
        for versions, refused in ((('1.1',), False), (('1.1',), True), (('1.0',), True)):
            with self.subTest(versions=versions, refused=refused):
                self.speak(*versions)
                self.a.update_profile(self.profiles[self.a], Encoding='AUTO')
                self.a.put(contact('Ada'))
                if refused:
                    self.server.misbehave('refuse-wbxml*')
                self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
                self.assertEqual((self.spoken(), self.server.last_session()['encoding']),
                                 (versions[0], 'xml' if refused else 'wbxml'))
                before = len(self.server.sessions())
                self.sync(self.a)
                self.assertEqual(self.tried(before), list(versions))
                self.server.behave()

    def test_the_version_that_a_profile_names_is_the_only_one(self):
        for version in ('1.2', *OLD):
            self.speak('1.2', '1.1', '1.0')
            self.a.update_profile(self.profiles[self.a], ProtocolVersion=version)
            self.sync(self.a)
            self.assertEqual(self.spoken(), version)
            self.server.options(versions={'1.2': '1.1', '1.1': '1.0', '1.0': '1.2'}[version])
            before = len(self.server.sessions())
            self.fail_with(self.a, 'Protocol', says=(version, 'ProtocolVersion'))
            self.assertEqual(len(self.server.sessions()) - before, 1)


class Remembering(VersionCase):
    """What one session finds out, the next one knows."""

    def sync_after(self, *versions):
        """A sync, before which the server has been changed to speak these; the versions that were tried."""
        if versions:
            self.server.options(versions=','.join(versions))
        before = len(self.server.sessions())
        self.sync(self.a)
        return self.tried(before)

    def age(self, days):
        """What the profile remembers of versions was found so long ago."""
        file, = pathlib.Path(self.a.syncd.state).rglob('state.db')
        with sqlite3.connect(file) as state:
            changed = state.execute('UPDATE peer SET version_since = version_since - ?', (days * 86400,)).rowcount
        state.close()
        self.assertEqual(changed, 1)

    def test_an_old_server_is_asked_for_its_version_once_in_30_days(self):
        self.speak('1.1')
        self.assertEqual(self.sync_after(), ['', '1.1'])
        self.assertEqual(self.sync_after(), ['1.1'])
        # It has learned 1.2 meanwhile, and nobody asks.
        self.assertEqual(self.sync_after('1.2', '1.1'), ['1.1'])
        self.age(29)
        self.assertEqual(self.sync_after(), ['1.1'])
        self.age(1)
        self.assertEqual(self.sync_after(), ['1.2'])
        self.assertEqual(self.sync_after(), ['1.2'])

    def test_a_server_that_changes_says_so(self):
        self.assertEqual(self.sync_after(), ['1.2'])
        self.assertEqual(self.sync_after('1.1'), ['', '1.1'])
        self.assertEqual(self.sync_after('1.2'), ['', '1.2'])
        self.assertEqual(self.sync_after('1.0'), ['', '', '1.0'])
        self.assertEqual(self.sync_after(), ['1.0'])
        self.assertEqual(self.sync_after('1.2', '1.1'), ['', '1.2'])

    def test_one_bad_moment_does_not_cost_a_version(self):
        self.server.misbehave('http-500@1')
        self.assertEqual(self.sync_after(), ['1.1'])
        self.assertEqual(self.sync_after(), ['1.2'])
        # Known to speak 1.2, it has failed.
        self.server.misbehave('http-500@1')
        self.fail_with(self.a, 'HttpStatus')
        self.server.misbehave('400:SyncHdr@1')
        self.fail_with(self.a, 'Protocol')
        self.assertEqual(self.sync_after(), ['1.2'])

    def test_a_server_that_fails_at_1_2_twice_is_believed(self):
        self.speak('1.1', refusal='page')
        self.sync(self.a)
        self.assertEqual(len([note for note in self.notes() if '1.1 is next' in note]), 1)
        self.sync(self.a)
        self.assertEqual(len([note for note in self.notes() if '1.1 is next' in note]), 1)
        self.sync(self.a)
        self.assertEqual([note for note in self.notes() if '1.1 is next' in note], [])
        self.assertEqual(self.spoken(), '1.1')

    def test_a_failed_session_finds_out_nothing(self):
        self.speak('1.1')
        self.server.misbehave('drop-before@2*')
        self.fail_with(self.a, 'Unreachable')
        self.server.behave()
        self.assertEqual(self.sync_after('1.2'), ['1.2'])

    def test_another_url_or_protocol_version_forgets_it(self):
        self.speak('1.1')
        self.sync(self.a)
        self.server.options(versions='1.2,1.1')
        self.a.update_profile(self.profiles[self.a], Url=self.server.url + '?x')
        self.assertEqual(self.sync_after(), ['1.2'])
        self.server.call('clear-violations')  # which address is meant
        self.speak('1.1')
        self.sync(self.a)
        self.server.options(versions='1.2,1.1')
        self.a.update_profile(self.profiles[self.a], ProtocolVersion='1.1')
        self.assertEqual(self.sync_after(), ['1.1'])
        self.a.update_profile(self.profiles[self.a], ProtocolVersion='AUTO')
        self.assertEqual(self.sync_after(), ['1.2'])


if __name__ == '__main__':
    unittest.main()
