#!/usr/bin/python3
"""The ways of known servers, and each thing alone that a client has to put up with: the counts agree, both sides hold the
same in the end, and nothing is doubled."""
import base64
import configparser
import os
import pathlib
import tempfile
import unittest

import dbus

from changes import MAKERS, STORES, change
from device import CONTACT, EVENT, ROOT, TASK
from example_items import contact, event, task, texts
from peer_case import NOTHING, PeerCase

EVERYTHING = (1, 1, 1)
# With these a session is as any other.
USUAL = ('plain', 'mobical', 'memotoo', 'scheduleworld', 'oracle', 'beehive', 'horde', 'egroupware', 'synthesis',
         'syncevolution', 'isync', 'smartner', 'sync4j', 'nexthaus', 'several-items', 'no-map-status', 'final-with-222',
         'statuses-twice', 'names', 'meta-on-items', 'no-namespaces', 'reordered', 'padded-numbers', 'lower-case', 'no-msgref',
         'nul-behind', 'newline-behind', 'charset')
# Properties that they do not keep, and that stay here.
DROPPED = {'google': ('N:',), 'horde': ('UID:',)}
# These make every sync a slow one.
SLOW = ('zyb',)


class PersonalityCase(PeerCase):
    services = (CONTACT, EVENT)
    personality = 'plain'

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.local = pathlib.Path(directory.name)
        cls.configuration = {**cls.configuration, 'PeerRules': f'{ROOT}/peers:{directory.name}'}
        super().setUpClass()

    def become(self, name):
        self.server.options(personality=name)
        self.personality = name
        self.addCleanup(self.server.options, personality='plain')
        self.begin()
        if name == 'google':  # it reads nothing else
            self.a.update_profile(self.profiles[self.a], Encoding='WBXML')

    def be_known_as(self, section):
        """What comes with syncd about that server is about this one, too."""
        known = configparser.ConfigParser(interpolation=None)
        known.optionxform = str
        known.read(ROOT / 'peers/10-known-servers.conf')
        lines = [f'{key}={value}\n' for key, value in known[section].items() if key != 'Url']
        file = self.local / '20.conf'
        file.write_text(f'[here]\nUrl={self.server.url}\n' + ''.join(lines))
        self.addCleanup(file.unlink)

    def notes(self):
        return '\n'.join(self.a.history(self.profiles[self.a], 1)[0]['Notes'])

    def sync_uncounted(self):
        return self.a.sync(self.profiles[self.a]).signal

    def texts(self, items):
        """Without what this server does not keep."""
        return texts({key: ''.join(line for line in text.splitlines(True)
                                   if not line.startswith(DROPPED.get(self.personality, ('\0',))))
                      for key, text in items.items()})

    def assert_one_contact(self):
        self.assertEqual(self.texts(self.a.items()), self.texts(self.server.items('card')))
        self.assertEqual(self.a.count(), 1)

    def edit_there(self, name, **more):
        """Somebody changes what the server has of an item; that comes here. What the item holds then."""
        guid, text = next((guid, text) for guid, text in self.server.items('card').items() if name in text)
        lines = ''.join(f'{key.upper()}:{value}\r\n' for key, value in more.items())
        self.server.put('card', text.replace('END:VCARD', lines + 'END:VCARD'), guid=guid)
        self.assertEqual(self.sync_uncounted(), 'Completed')
        text, = (text for text in self.a.items().values() if name in text)
        return text.replace('\r\n ', '')


class Personalities(PersonalityCase):
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

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
            here, there = self.texts(self.a.items(service)), self.texts(self.server.items(STORES[service]))
            self.assertEqual(here, there)
            self.assertEqual(len(here), size)

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

    def test_funambol_throttles_slow_syncs(self):
        self.become('funambol')
        self.start()
        self.change()
        self.assertEqual(self.sync(self.a), (EVERYTHING, EVERYTHING))
        self.assert_same(14)
        self.fail_with(self.a, 'Server', 'SLOW', says=('417', 'Try again'))
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
        self.assert_one_contact()
        text, = self.a.items().values()
        self.assertIn('NOTE:first', text)
        # What was written here is kept, and can be had again.
        session, = (one for one in self.a.history(self.profiles[self.a]) if int(one['Changes']))
        self.a.manager.Undo('', dbus.UInt64(session['Session']))
        for _ in range(2):
            self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_one_contact()
        text, = self.a.items().values()
        self.assertIn('NOTE:second', text)

    def test_google_has_contacts_without_parts_of_a_name_of_its_own(self):
        self.become('google')
        self.server.put('card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Test\r\nTEL:1\r\nEND:VCARD\r\n')
        self.assertEqual(self.sync_uncounted(), 'Completed')
        key, = self.a.items()
        self.a.put(self.a.items()[key].replace('TEL:1', 'TEL:2'), key)
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.sync(self.a, 'SLOW')
        self.assert_one_contact()

    def test_google_reads_nothing_but_wbxml(self):
        self.become('google')
        self.a.put(contact('Ada'))
        self.a.update_profile(self.profiles[self.a], Encoding='XML')
        self.fail_with(self.a, 'HttpStatus', says=('415',))
        self.a.update_profile(self.profiles[self.a], Encoding='AUTO')
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assert_one_contact()

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

    def test_ovi_keeps_two_addresses(self):
        self.become('ovi')
        self.be_known_as('Ovi')
        addresses = ''.join(f'ADR;TYPE=home:;;Street {number};Town;;;\r\n' for number in range(3))
        self.a.put(contact('Ada').replace('END:VCARD', addresses + 'END:VCARD'))
        self.sync(self.a)
        text, = self.server.items('card').values()
        self.assertEqual(text.count('ADR'), 2)
        self.assertEqual(self.edit_there('Test Ada', title='Pilot').count('ADR'), 3)
        self.assertIn('TITLE:Pilot', next(iter(self.a.items().values())))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_horde_takes_the_uid_off(self):
        """The entry here keeps its own, and is the same one for all that."""
        self.become('horde')
        self.a.put(event('Lunch', uid='lunch@here'), service=EVENT)
        self.sync(self.a)
        (guid, text), = self.server.items('cal').items()
        self.assertNotIn('UID', text)
        self.server.put('cal', text.replace('SUMMARY:Lunch', 'SUMMARY:Lunch\r\nLOCATION:Inn'), guid=guid)
        self.assertEqual(self.sync_uncounted(), 'Completed')
        text, = self.a.items(EVENT).values()
        self.assertIn('LOCATION:Inn', text)
        self.assertIn('UID:lunch@here', text)
        for kind in (None, 'SLOW', None):
            self.sync(self.a, kind)
            self.assertEqual((self.a.count(EVENT), len(self.server.items('cal'))), (1, 1))

    def test_oracle_has_datastores_within_others(self):
        """The inner ones are not taken for the outer one, which takes other types and keeps less."""
        self.become('oracle')
        nested = {EVENT: ('Calendar/Events', event), TASK: ('Calendar/Tasks', task)}
        profile = self.a.add_profile(self.server.url, ProfileName='Nested',
                                     services=[(service, './' + name) for service, (name, _) in nested.items()])
        keys = {service: self.a.put(make('Mine', note='of mine'), service=service) for service, (_, make) in nested.items()}
        for name, make in nested.values():
            self.server.put(name, make('Yours', note='of yours'))

        def sync(kind=None):
            self.assertEqual(self.a.sync(profile, kind).signal, 'Completed')
            for service, (name, _) in nested.items():
                self.assertEqual(texts(self.a.items(service)), texts(self.server.items(name)))
                self.assertEqual(self.a.count(service), 2)
            self.assertEqual(self.server.items('Calendar'), {})

        sync()
        for service, (name, make) in nested.items():
            self.a.put(make('Mine', note='changed here'), keys[service], service)
            guid, = (guid for guid, text in self.server.items(name).items() if 'Yours' in text)
            self.server.put(name, make('Yours', note='changed there'), guid=guid)
        sync()
        # What comes back without a description has none any more: the list is the outer one's.
        guid, = (guid for guid, text in self.server.items('Calendar/Events').items() if 'Mine' in text)
        self.server.put('Calendar/Events', event('Mine'), guid=guid)
        sync()
        self.assertNotIn('DESCRIPTION', self.a.items(EVENT)[keys[EVENT]])
        sync('SLOW')

    def test_beehive_fails_at_the_filters_that_it_declares(self):
        self.become('beehive')
        self.sync(self.a)  # it tells who it is
        services = self.a.services([(CONTACT, 'card')])
        services[0]['Filter'] = 'N&CON;Ada'
        self.a.update_profile(self.profiles[self.a], Services=services)
        for name in ('Ada', 'Bo'):
            self.server.put('card', contact(name))
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
        self.assertIn('filter', self.notes())

    def test_isync_keeps_the_line_alive_and_knows_no_resume(self):
        self.become('isync')
        self.start()
        self.change()
        self.server.misbehave('busy')
        self.assertEqual(self.sync(self.a), (EVERYTHING, EVERYTHING))
        self.assert_same(14)
        for service, make in MAKERS.items():
            self.a.import_all([make(f'More{number}', note='n' * 300) for number in range(20)], service)
        self.kill_at(3)
        self.sync(self.a)
        self.assert_same(34)

    def test_ovi_takes_credentials_the_third_time(self):
        self.become('ovi')
        self.a.put(contact('Ada'))
        self.server.misbehave('auth-401@2')  # the first are without its nonce
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
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
        self.assertEqual(names, {*USUAL, *SLOW, 'funambol', 'google', 'intellisync', 'magically', 'no-anchors', 'ovi', 'starfish'})


class Pictures(PersonalityCase):
    """What fits only into large messages: the server does not put items together."""
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '262144')

    @staticmethod
    def picture(size):
        """A line of vCard with a picture of so many octets."""
        return 'PHOTO;ENCODING=b;TYPE=JPEG:' + base64.b64encode(os.urandom(size)).decode()

    def test_google_keeps_no_parts_of_a_name_and_no_large_pictures(self):
        self.become('google')
        self.be_known_as('Google Contacts')
        small, large = self.picture(3_000), self.picture(60_000)
        for name, line in (('Ada', large), ('Bo', small), ('Cy', 'X-SPOUSE:Di')):
            self.a.put(contact(name).replace('END:VCARD', line + '\r\nEND:VCARD'))
        self.assertEqual(self.sync_uncounted(), 'Completed')
        there = {name: text for text in self.server.items('card').values() for name in ('Ada', 'Bo', 'Cy') if name in text}
        self.assertNotIn('\nN:', ''.join(there.values()))
        self.assertEqual({name: 'PHOTO' in text for name, text in there.items()}, {'Ada': False, 'Bo': True, 'Cy': False})

        text = self.edit_there('Test Bo', title='Pilot')
        for line in ('N:Bo;Test;;;', 'TITLE:Pilot', small):
            self.assertIn(line, text)
        text = self.edit_there('Test Ada', title='Pilot')
        for line in ('N:Ada;Test;;;', 'TITLE:Pilot', large):
            self.assertIn(line, text)
        self.assertIn('here that stays whole', self.notes())
        # What is small enough, and gone, was deleted there.
        guid, text = next((guid, text) for guid, text in self.server.items('card').items() if 'Test Bo' in text)
        self.server.put('card', '\r\n'.join(line for line in text.splitlines() if not line.startswith(('PHOTO', ' '))) + '\r\n',
                        guid=guid)
        self.assertEqual(self.sync_uncounted(), 'Completed')
        self.assertEqual(sum('PHOTO' in text for text in self.a.items().values()), 1)

        # It is not told again what it does not keep, and what it compares is equal.
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.sync(self.a, 'SLOW')
        self.assertEqual((self.a.count(), len(self.server.items('card'))), (3, 3))
        self.assertEqual(sum('\nN:' in text for text in self.a.items().values()), 3)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


if __name__ == '__main__':
    unittest.main()
