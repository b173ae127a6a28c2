#!/usr/bin/python3
"""Debian's SyncEvolution as the server: contacts and events both ways in all six sync types, with MD5 and with basic
authentication, two devices, exact counts by both ends and in both stores, items compared property by property."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))

from device import CONTACT, EVENT, start_devices  # noqa: E402
from normal_form import describe, normal_form  # noqa: E402
from syncevolution import SyncEvolution  # noqa: E402

STORES = {CONTACT: 'addressbook', EVENT: 'calendar'}
NOTHING, EVERYTHING = (0, 0, 0), (1, 1, 1)


def contact(name, note='', more=''):
    return (f'BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};Jörg;;Dr.;\r\nFN:Dr. Jörg {name}\r\nORG:Beispiel GmbH;Entwicklung\r\n'
            f'TEL;TYPE=CELL:+49 151 5550100\r\nTEL;TYPE=WORK,FAX:+49 30 5550101\r\n'
            f'EMAIL;TYPE=INTERNET,HOME:{name.lower()}@example.org\r\n'
            f'ADR;TYPE=HOME:;;Große Straße 1;Köln;NRW;50667;Deutschland\r\nBDAY:1970-03-04\r\n'
            f'NOTE:{note or "line one" + chr(92) + "nline" + chr(92) + ", two"}\r\nCATEGORIES:Friends,Work\r\n{more}'
            'END:VCARD\r\n')


PHOTO = ('PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgK\r\n'
         ' CgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=\r\n')


def event(summary, note='Notes', when='DTSTART:20250310T130000Z\r\nDTEND:20250310T140000Z\r\n', zone='', more=''):
    return (f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//syncd//tests//EN\r\n{zone}BEGIN:VEVENT\r\nUID:{summary}-uid\r\n'
            f'DTSTAMP:20250101T000000Z\r\n{when}SUMMARY:Überprüfung {summary}\r\nDESCRIPTION:{note}\r\nLOCATION:Zürich\r\n'
            f'{more}END:VEVENT\r\nEND:VCALENDAR\r\n')


BERLIN = ('BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n'
          'TZOFFSETTO:+0100\r\nTZNAME:CET\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n'
          'DTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n'
          'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n')
ALL_DAY = 'DTSTART;VALUE=DATE:20250501\r\nDTEND;VALUE=DATE:20250502\r\n'
WEEKLY = ('DTSTART;TZID=Europe/Berlin:20250310T090000\r\nDTEND;TZID=Europe/Berlin:20250310T093000\r\n'
          'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20251231T080000Z\r\nEXDATE;TZID=Europe/Berlin:20250312T090000\r\n')
ALARM = 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n'

MAKERS = {CONTACT: contact, EVENT: event}


def changes(before, after):
    """(added, updated, removed) between two states of a store, by the names of its items."""
    return (len(after.keys() - before.keys()), sum(before[name] != after[name] for name in before.keys() & after.keys()),
            len(before.keys() - after.keys()))


class Interop:
    """Every test, for both ways to authenticate and both to write messages, below. `scheme`: the credentials that must
    let each session in; `credentials`: more keys of every profile."""
    server_options = ()
    credentials = {}

    @classmethod
    def setUpClass(cls):
        cls.server = SyncEvolution(*cls.server_options)
        cls.addClassCleanup(cls.server.stop)
        cls.devices = start_devices(cls, 2)
        cls.a, cls.b = cls.devices

    def setUp(self):
        self.server.clear()
        self.profiles = {}
        for device in self.devices:
            device.forget_everything()
            self.profiles[device] = device.add_profile(self.server.url, user='tester', password='secret',
                                                       services=tuple(STORES.items()), DeviceId=self.server.new_device(),
                                                       **self.credentials)

    # ---- sessions, watched from both ends ---------------------------------------------------

    def sync(self, device, kind=None, ran=None):
        """A session that must end well, let in by the credentials of this class. Returns per service what it did on
        the server and here: our statistics, which must be what changed in the stores of both ends, and what the server
        counts itself."""
        self.server.forget_reports()
        credentials = len(self.server.credentials())
        there, here = self.there(), self.here(device)
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}\n{self.server.log()}')
        report = self.server.report()
        self.assertEqual(self.server.credentials()[credentials:][-1], (self.scheme, '212'))
        new_there, new_here = self.there(), self.here(device)
        counts = {}
        for service, store in STORES.items():
            if ran:
                self.assertEqual(device.ran(self.profiles[device], service), ran)
            on_server, on_client = report.counts(store)
            self.assertEqual(on_server, changes(there[service], new_there[service]))
            if ran == 'SLOW':
                # Every item that we hold goes there. One that it matches with its own is answered as an update, which it
                # does not count when nothing changed by it.
                on_server = (on_server[0], len(here[service]) - on_server[0], on_server[2])
            if ran == 'REFRESH_FROM_CLIENT':
                self.assertEqual(on_server[2], len(there[service]))
                on_server = (*on_server[:2], 0)  # it empties its store by itself, which nobody tells us
            if ran == 'REFRESH_FROM_SERVER':
                on_client = (*on_client[:2], len(here[service]))  # and so do we
            counts[service] = device.counts(self.profiles[device], service)
            self.assertEqual(counts[service], (on_server, on_client), service)
            self.assertEqual(changes(here[service], new_here[service]), on_client)
        return counts

    def there(self):
        return {service: self.server.items(store) for service, store in STORES.items()}

    def here(self, device):
        return {service: device.items(service) for service in STORES}

    def assert_counts(self, counts, on_server, here):
        self.assertEqual(counts, {service: (on_server, here) for service in STORES})

    def settle(self, *devices):
        for device in devices or self.devices:
            self.sync(device, ran='SLOW')

    # ---- what the stores hold -----------------------------------------------------------------

    def assert_same(self, texts, others):
        self.assertEqual(*([describe(text) for text in sorted(side, key=normal_form)] for side in (texts, others)))
        self.assertEqual(*([normal_form(text) for text in sorted(side, key=normal_form)] for side in (texts, others)))

    def assert_holds(self, side, items, services=tuple(STORES)):
        """One end of a sync, as `here` or `there` give it, has exactly these items: pairs of name and note."""
        for service in services:
            self.assert_same(side[service].values(), [MAKERS[service](name, note=note) for name, note in items])

    def assert_equal_everywhere(self, size, devices=None):
        """`size`: of every store, or by service."""
        for service, theirs in self.there().items():
            self.assertEqual(len(theirs), size if isinstance(size, int) else size[service])
            for device in devices or self.devices:
                self.assert_same(device.items(service).values(), theirs.values())

    def put(self, device, name, keys=None, **more):
        """One item of this name into every service; `keys`: of the ones to replace."""
        return {service: device.put(MAKERS[service](name, **more), (keys or {}).get(service, ''), service)
                for service in STORES}

    def delete(self, device, keys):
        for service, key in keys.items():
            device.delete(key, service)

    def keys_of(self, device, name):
        return {service: next(key for key, text in device.items(service).items() if name in text) for service in STORES}

    def server_put(self, name, file, **more):
        for service, store in STORES.items():
            self.server.put(store, file, MAKERS[service](name, **more))

    def server_delete(self, file):
        for store in STORES.values():
            self.server.delete(store, file)

    # ---- the types ----------------------------------------------------------------------

    def change_on_both_sides(self):
        """Four items that both devices and the server hold; then an add, an update and a delete on device a and on the
        server each."""
        for file, name in enumerate(('Mine', 'Gone', 'Theirs', 'Lost')):
            self.server_put(name, str(file), note='old')
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='SLOW'), NOTHING, (4, 0, 0))
        self.put(self.a, 'Mine', self.keys_of(self.a, 'Mine'), note='changed here')
        self.delete(self.a, self.keys_of(self.a, 'Gone'))
        self.put(self.a, 'Fresh', note='new here')
        self.server_put('Theirs', '2', note='changed there')
        self.server_delete('3')
        self.server_put('Added', '99', note='new there')

    OURS = {'Mine': 'changed here', 'Theirs': 'old', 'Lost': 'old', 'Fresh': 'new here'}
    SERVERS = {'Mine': 'old', 'Gone': 'old', 'Theirs': 'changed there', 'Added': 'new there'}
    BOTH = {'Mine': 'changed here', 'Theirs': 'changed there', 'Fresh': 'new here', 'Added': 'new there'}

    def finish(self, b_here, size=4):
        """What is left to do for b, and nothing for anybody after that."""
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, b_here)
        self.assert_equal_everywhere(size)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_two_way(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, EVERYTHING)
        self.assert_holds(self.here(self.a), self.BOTH.items())
        self.assert_holds(self.there(), self.BOTH.items())
        self.finish((2, 2, 2))

    def test_slow(self):
        self.change_on_both_sides()
        counts = self.sync(self.a, 'SLOW', ran='SLOW')
        # Contacts of one name are the same to it. It answers our version with 200, and leaves each side the one it had.
        self.assertEqual(counts[CONTACT], ((2, 2, 0), (2, 0, 0)))
        self.assert_holds(self.here(self.a), {**self.OURS, 'Gone': 'old', 'Added': 'new there'}.items(), [CONTACT])
        self.assert_holds(self.there(), {**self.SERVERS, 'Lost': 'old', 'Fresh': 'new here'}.items(), [CONTACT])
        # Events of another description are others to it.
        self.assertEqual(counts[EVENT], ((4, 0, 0), (4, 0, 0)))
        for side in (self.here(self.a), self.there()):
            self.assert_holds(side, [*self.OURS.items(), *self.SERVERS.items()], [EVENT])
        self.assertEqual(self.sync(self.b, ran='TWO_WAY'), {CONTACT: (NOTHING, (3, 1, 1)), EVENT: (NOTHING, (5, 1, 1))})
        self.assert_equal_everywhere({CONTACT: 6, EVENT: 8}, [self.b])
        # The pairs that it left apart come together with the next change.
        self.a.put(contact('Mine', note='again'), self.keys_of(self.a, 'Mine')[CONTACT])
        self.server.put('addressbook', '2', contact('Theirs', note='again'))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), {CONTACT: ((0, 1, 0), (0, 1, 0)), EVENT: (NOTHING, NOTHING)})
        self.assertEqual(self.sync(self.b, ran='TWO_WAY'), {CONTACT: (NOTHING, (0, 2, 0)), EVENT: (NOTHING, NOTHING)})
        self.assert_equal_everywhere({CONTACT: 6, EVENT: 8})

    def test_one_way_from_client(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_CLIENT', ran='ONE_WAY_FROM_CLIENT'), EVERYTHING, NOTHING)
        self.assert_holds(self.here(self.a), self.OURS.items())
        self.assert_holds(self.there(), self.BOTH.items())
        # It forgets, with a one-way sync, that an item changed there before, and sends it when it changes again.
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (1, 0, 1))
        self.server_put('Theirs', '2', note='changed there again')
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (0, 1, 0))
        self.assert_holds(self.here(self.a), {**self.BOTH, 'Theirs': 'changed there again'}.items())
        self.finish((2, 2, 2))

    def test_one_way_from_server(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_SERVER', ran='ONE_WAY_FROM_SERVER'), NOTHING, EVERYTHING)
        self.assert_holds(self.here(self.a), self.BOTH.items())
        self.assert_holds(self.there(), self.SERVERS.items())
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, NOTHING)
        self.finish((2, 2, 2))

    def test_refresh_from_client(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_CLIENT', ran='REFRESH_FROM_CLIENT'), (4, 0, 0), NOTHING)
        self.assert_holds(self.here(self.a), self.OURS.items())
        self.assert_holds(self.there(), self.OURS.items())
        self.finish((4, 0, 4))

    def test_refresh_from_server(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_SERVER', ran='REFRESH_FROM_SERVER'), NOTHING, (4, 0, 4))
        self.assert_holds(self.here(self.a), self.SERVERS.items())
        self.assert_holds(self.there(), self.SERVERS.items())
        self.finish(EVERYTHING)

    def test_first_syncs(self):
        self.put(self.a, 'Ada')
        self.put(self.b, 'Ada')
        self.put(self.b, 'Cy')
        self.server_put('Bo', '7')
        self.assert_counts(self.sync(self.a, ran='SLOW'), (1, 0, 0), (1, 0, 0))
        self.assert_equal_everywhere(2, [self.a])
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, NOTHING)
        self.assert_counts(self.sync(self.b, ran='SLOW'), (1, 1, 0), (1, 0, 0))
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (1, 0, 0))
        self.assert_equal_everywhere(3)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_slow_sync_of_equal_data_moves_nothing_and_keeps_the_pairing(self):
        keys = self.put(self.a, 'Ada')
        self.settle()
        for device in self.devices:
            self.assert_counts(self.sync(device, 'SLOW', ran='SLOW'), (0, 1, 0), NOTHING)
        self.assert_equal_everywhere(1)
        self.delete(self.a, keys)
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), (0, 0, 1), NOTHING)
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, (0, 0, 1))
        self.assert_equal_everywhere(0)

    # ---- content ----------------------------------------------------------------------------

    def test_real_items_arrive_whole_at_the_other_device(self):
        self.a.put(contact('Photo', more=PHOTO))
        self.a.put(contact('Plain', note='<&> "quoted" \\, \\; ąćę 東京'))
        self.a.put(event('AllDay', when=ALL_DAY), service=EVENT)
        self.a.put(event('Weekly', when=WEEKLY, zone=BERLIN, more=ALARM), service=EVENT)
        self.assert_counts(self.sync(self.a, ran='SLOW'), (2, 0, 0), NOTHING)
        self.assert_counts(self.sync(self.b, ran='SLOW'), NOTHING, (2, 0, 0))
        self.assert_equal_everywhere(2)

    def test_an_edit_on_b_comes_back_to_a(self):
        self.put(self.a, 'Ada')
        self.settle()
        keys = {service: next(iter(self.b.items(service))) for service in STORES}
        self.put(self.b, 'Ada', keys, note='changed on b')
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), (0, 1, 0), NOTHING)
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (0, 1, 0))
        self.assert_equal_everywhere(1)

    def test_a_device_it_does_not_know_gets_an_error_to_act_on(self):
        profile = self.a.add_profile(self.server.url, user='tester', password='secret', DeviceId='stranger')
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'HttpStatus'))
        self.assertIn('status 500', outcome.message)
        self.assertIn('tell its operator', outcome.message)

    def test_a_wrong_password_is_refused(self):
        profile = self.a.add_profile(self.server.url, user='tester', password='wrong', DeviceId=self.server.new_device(),
                                     **self.credentials)
        self.put(self.a, 'Ada')
        self.server_put('Bo', '7')
        there, here, credentials = self.there(), self.here(self.a), len(self.server.credentials())
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Authentication'))
        self.assertIn('Correct Id and Password in the profile', outcome.message)
        refused = self.server.credentials()[credentials:]
        self.assertIn((self.scheme, '401'), refused)
        self.assertNotIn('212', [status for _, status in refused])
        self.assertEqual((self.there(), self.here(self.a)), (there, here))


class Md5(Interop, unittest.TestCase):
    scheme = 'syncml:auth-md5'


class Basic(Interop, unittest.TestCase):
    """It never asks for basic credentials by itself: its front end is told to, and to take no others."""
    scheme = 'syncml:auth-basic'
    server_options = ('--ask-for-basic',)
    credentials = {'AllowPlainCredentials': True}


class Wbxml(Md5):
    """Its answers come in what it is asked in."""
    credentials = {'Encoding': 'WBXML'}


if __name__ == '__main__':
    unittest.main()
