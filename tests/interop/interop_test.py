#!/usr/bin/python3
"""Debian's SyncEvolution as the server: contacts and events both ways in all six sync types, with MD5 and with basic
authentication, two devices, exact counts on both ends, items compared property by property."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))

from device import CONTACT, EVENT, Device, Syncd  # noqa: E402
from normal_form import describe, normal_form  # noqa: E402
from syncevolution import SyncEvolution  # noqa: E402

STORES = {CONTACT: 'addressbook', EVENT: 'calendar'}
NOTHING = (0, 0, 0)


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


class Interop:
    """Every test, for both ways to authenticate below. `credentials`: more keys of every profile."""
    server_options = ()
    credentials = {}

    @classmethod
    def setUpClass(cls):
        cls.server = SyncEvolution(*cls.server_options)
        cls.addClassCleanup(cls.server.stop)
        cls.devices = []
        for _ in range(2):
            syncd = Syncd()
            cls.addClassCleanup(syncd.stop)
            device = Device(syncd)
            cls.addClassCleanup(device.close)
            cls.devices.append(device)
        cls.a, cls.b = cls.devices

    def setUp(self):
        self.server.clear()
        self.profiles = {}
        for device in self.devices:
            device.forget_everything()
            self.profiles[device] = device.add_profile(self.server.url, user='tester', password='secret',
                                                       services=tuple(STORES.items()), DeviceId=self.server.new_device(),
                                                       **self.credentials)

    def files(self):
        return {service: self.server.items(store) for service, store in STORES.items()}

    def sync(self, device, kind=None, ran=None):
        """A session that must end well. Returns per service what it did on the server and here, by our statistics,
        which must be what the server's files show to have happened."""
        before = self.files()
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}\n{self.server.log()}')
        after = self.files()
        counts = {}
        for service in STORES:
            if ran:
                self.assertEqual(device.ran(self.profiles[device], service), ran)
            counts[service] = device.counts(self.profiles[device], service)
            old, new = before[service], after[service]
            seen = (len(new.keys() - old.keys()), sum(old[name] != new[name] for name in old.keys() & new.keys()),
                    len(old.keys() - new.keys()))
            if ran == 'SLOW':  # what it has already is answered like an update
                self.assertGreaterEqual(counts[service][0][1], seen[1])
                seen = (seen[0], counts[service][0][1], seen[2])
            if ran != 'REFRESH_FROM_CLIENT':  # all its files are new, also where it had the same item
                self.assertEqual(counts[service][0], seen, 'by its files')
        return counts

    def assert_counts(self, counts, on_server, here):
        for service in STORES:
            self.assertEqual(counts[service], (on_server, here), service)

    def assert_equal_everywhere(self, size, devices=None):
        for service, store in STORES.items():
            theirs = sorted(self.server.items(store).values(), key=normal_form)
            self.assertEqual(len(theirs), size)
            for device in devices or self.devices:
                ours = sorted(device.items(service).values(), key=normal_form)
                self.assertEqual([describe(text) for text in ours], [describe(text) for text in theirs])
                self.assertEqual([normal_form(text) for text in ours], [normal_form(text) for text in theirs])

    def put(self, device, name, keys=None, **more):
        """One item of this name into every service; `keys`: of the ones to replace."""
        return {service: device.put(MAKERS[service](name, **more), (keys or {}).get(service, ''), service)
                for service in STORES}

    def delete(self, device, keys):
        for service, key in keys.items():
            device.delete(key, service)

    def server_put(self, name, file, **more):
        for service, store in STORES.items():
            self.server.put(store, file, MAKERS[service](name, **more))

    def server_delete(self, file):
        for store in STORES.values():
            self.server.delete(store, file)

    def file_of(self, name):
        """The files that hold the item of this name; the same in every store."""
        found = {file for store in STORES.values() for file, text in self.server.items(store).items() if name in text}
        self.assertEqual(len(found), 1)
        return found.pop()

    def settle(self, *devices):
        for device in devices or self.devices:
            self.sync(device, ran='SLOW')

    # ---- the types ----------------------------------------------------------------------

    def test_first_sync_is_slow_in_both_directions_and_the_next_has_nothing_to_do(self):
        self.put(self.a, 'Ada')
        self.server_put('Bo', '7')
        self.assert_counts(self.sync(self.a, ran='SLOW'), (1, 0, 0), (1, 0, 0))
        self.assert_equal_everywhere(2, [self.a])
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_two_way_moves_adds_updates_and_deletes_both_ways_to_two_devices(self):
        keys = {name: self.put(self.a, name) for name in ('Mine', 'Gone', 'Theirs', 'Lost')}
        self.settle()
        self.assert_equal_everywhere(4)
        self.put(self.a, 'Mine', keys['Mine'], note='changed here')
        self.delete(self.a, keys['Gone'])
        self.put(self.a, 'Fresh')
        self.server_put('Theirs', self.file_of('Theirs'), note='changed there')
        self.server_delete(self.file_of('Lost'))
        self.server_put('Added', '99')
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), (1, 1, 1), (1, 1, 1))
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, (2, 2, 2))
        self.assert_equal_everywhere(4)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_slow_sync_of_equal_data_adds_nothing_and_keeps_the_pairing(self):
        keys = self.put(self.a, 'Ada')
        self.settle()
        for device in self.devices:
            for on_server, here in self.sync(device, 'SLOW', ran='SLOW').values():
                self.assertEqual((on_server[0], on_server[2], here[0], here[2]), (0, 0, 0, 0))
        self.assert_equal_everywhere(1)
        self.delete(self.a, keys)
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), (0, 0, 1), NOTHING)
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, (0, 0, 1))
        self.assert_equal_everywhere(0)

    def test_refresh_from_client(self):
        keys = self.put(self.a, 'Ada')
        self.settle(self.a)
        self.delete(self.a, keys)
        self.put(self.a, 'Bo')
        self.server_put('Cy', '99')
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_CLIENT', ran='REFRESH_FROM_CLIENT'), (1, 0, 0), NOTHING)
        self.assert_equal_everywhere(1, [self.a])
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_refresh_from_server(self):
        self.put(self.a, 'Ada')
        self.settle(self.a)
        self.put(self.a, 'Bo')
        self.server_put('Cy', '99')
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_SERVER', ran='REFRESH_FROM_SERVER'), NOTHING, (2, 0, 2))
        self.assert_equal_everywhere(2, [self.a])
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_one_way_from_client(self):
        self.settle(self.a)
        self.put(self.a, 'Ada')
        self.server_put('Bo', '99')
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_CLIENT', ran='ONE_WAY_FROM_CLIENT'), (1, 0, 0), NOTHING)
        self.assertEqual({service: self.a.count(service) for service in STORES}, {CONTACT: 1, EVENT: 1})
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (1, 0, 0))
        self.assert_equal_everywhere(2, [self.a])

    def test_one_way_from_server(self):
        self.settle(self.a)
        self.put(self.a, 'Ada')
        self.server_put('Bo', '99')
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_SERVER', ran='ONE_WAY_FROM_SERVER'), NOTHING, (1, 0, 0))
        self.assertEqual({service: len(items) for service, items in self.files().items()}, {CONTACT: 1, EVENT: 1})
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), (1, 0, 0), NOTHING)
        self.assert_equal_everywhere(2, [self.a])

    # ---- content ----------------------------------------------------------------------------

    def test_real_items_arrive_whole_at_the_other_device(self):
        self.a.put(contact('Photo', more=PHOTO))
        self.a.put(contact('Plain', note='<&> "quoted" \\, \\; ąćę 東京'))
        self.a.put(event('AllDay', when=ALL_DAY), service=EVENT)
        self.a.put(event('Weekly', when=WEEKLY, zone=BERLIN, more=ALARM), service=EVENT)
        self.settle()
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
        self.assertIn('500', outcome.message)

    def test_a_wrong_password_is_refused(self):
        profile = self.a.add_profile(self.server.url, user='tester', password='wrong', DeviceId=self.server.new_device(),
                                     **self.credentials)
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Authentication'))


class Md5(Interop, unittest.TestCase):
    pass


class Basic(Interop, unittest.TestCase):
    """It takes basic credentials but never asks for them by itself: its front end is told to."""
    server_options = ('--ask-for-basic',)
    credentials = {'AllowPlainCredentials': True}


if __name__ == '__main__':
    unittest.main()
