#!/usr/bin/python3
"""Tasks and notes: the same promises as for contacts and events, and what only they have."""
import pathlib
import tempfile
import unittest

import dbus

from changes import DATABASES
from device import CONTACT, EVENT, NOTE, TASK
from example_items import event, journal, note, task, texts
from peer_case import NOTHING, PeerCase

MAKERS = {TASK: task, NOTE: note}
DONE = 'STATUS:COMPLETED\r\nCOMPLETED:20250301T080000Z\r\nPERCENT-COMPLETE:100'
LONG = 'Shopping\r\n\r\n  milk; bread, \\n "<&>"\r\n\ttoo: Käse 東京 =20\r\n\r\nBEGIN:VCARD\r\n'


class Case(PeerCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.server.options, describe={})

    def named(self, service, name, side=None):
        """The one item of this name in a database of the server, or of a device: (key, text)."""
        items = side.items(service) if side else self.server.items(DATABASES[service])
        found, = (entry for entry in items.items() if name in entry[1])
        return found

    def edit_there(self, service, name, text):
        self.server.put(DATABASES[service], text, guid=self.named(service, name)[0])

    def notes(self, device=None):
        device = device or self.a
        return ' '.join(device.history(self.profiles[device], 1)[0]['Notes'])


class TwoDevices(Case):
    devices = 2
    services = (TASK, NOTE)

    def counts(self, device):
        return {service: device.counts(self.profiles[device], service) for service in self.services}

    def assert_counts(self, device, on_server, here):
        self.assertEqual(self.counts(device), dict.fromkeys(self.services, (on_server, here)))

    def test_adds_changes_and_deletions_go_both_ways(self):
        keys = {(service, name): self.a.put(make(name), service=service) for service, make in MAKERS.items()
                for name in ('Mine', 'Gone', 'Theirs', 'Lost')}
        self.settle()
        self.assert_counts(self.b, NOTHING, (4, 0, 0))
        for service, make in MAKERS.items():
            self.a.put(make('Mine', note='changed here'), keys[service, 'Mine'], service)
            self.a.delete(keys[service, 'Gone'], service)
            self.a.put(make('NewHere'), service=service)
            self.edit_there(service, 'Theirs', make('Theirs', note='changed there'))
            self.server.delete(DATABASES[service], self.named(service, 'Lost')[0])
            self.server.put(DATABASES[service], make('NewThere'))
        self.sync(self.a, ran='TWO_WAY')
        self.assert_counts(self.a, (1, 1, 1), (1, 1, 1))
        self.sync(self.b, ran='TWO_WAY')
        self.assert_counts(self.b, NOTHING, (2, 2, 2))
        for service, make in MAKERS.items():
            self.assert_equal_everywhere(service, size=4)
            self.assertEqual(texts(self.a.items(service)), texts({
                0: make('Mine', note='changed here'), 1: make('NewHere'), 2: make('Theirs', note='changed there'),
                3: make('NewThere')}))
        for device in self.everybody:
            self.sync(device, ran='TWO_WAY')
            self.assert_counts(device, NOTHING, NOTHING)

    def test_a_slow_sync_of_equal_items_doubles_nothing(self):
        for service, make in MAKERS.items():
            for device in self.everybody:
                device.put(make('Same', note='on both'), service=service)
            self.b.put(make('Own'), service=service)
        self.settle()
        self.sync(self.a)
        for service in self.services:
            self.assert_equal_everywhere(service, size=2)
        for device in self.everybody:
            self.sync(device, 'SLOW', ran='SLOW')
            self.assert_counts(device, (0, 2, 0), NOTHING)
        for service in self.services:
            self.assert_equal_everywhere(service, size=2)

    def test_text_arrives_as_it_is(self):
        self.a.put(LONG, service=NOTE)
        self.settle()
        self.assertEqual(texts(self.server.items('note')), texts({0: LONG}))  # XML has line ends of its own
        self.assertEqual(list(self.b.items(NOTE).values()), [LONG])

    def test_what_both_sides_changed_is_merged(self):
        self.a.put(task('Call'), service=TASK)
        self.a.put(note('Shopping', 'milk'), service=NOTE)
        self.settle()
        self.a.put(task('Call', note='about the roof'), self.named(TASK, 'Call', self.a)[0], TASK)
        self.a.put(note('Shopping on Friday', 'milk'), self.named(NOTE, 'Shopping', self.a)[0], NOTE)
        self.b.put(task('Call', more=DONE), self.named(TASK, 'Call', self.b)[0], TASK)
        self.b.put(note('Shopping', 'milk and bread'), self.named(NOTE, 'Shopping', self.b)[0], NOTE)
        for device in (self.b, self.a, self.a, self.b):
            outcome = device.sync(self.profiles[device])
            self.assertEqual(outcome.signal, 'Completed', outcome)
        for service in self.services:
            self.assert_equal_everywhere(service, size=1)
        merged = self.named(TASK, 'Call')[1]
        self.assertIn('about the roof', merged)
        for line in DONE.splitlines():
            self.assertIn(line, merged)
        self.assertEqual(self.named(NOTE, 'Shopping', self.a)[1], note('Shopping on Friday', 'milk and bread'))
        for device in self.everybody:
            self.assertEqual(self.a.manager.GetConflicts(self.profiles[self.a], dbus.UInt64(0)), [])
            self.sync(device, ran='TWO_WAY')
            self.assert_counts(device, NOTHING, NOTHING)


class OneDevice(Case):
    services = (TASK, NOTE)

    def only(self, items):
        (key, text), = items.items()
        return key, text

    def test_a_note_of_a_calendar_goes_as_text_where_that_is_all_there_is(self):
        self.server.options(describe={'receives': {'note': [['text/plain', '1.0']]}})
        luid = self.a.put(journal('Shopping', 'milk', more='CATEGORIES:Home'), service=NOTE)
        self.settle()
        self.assertEqual(texts(self.server.items('note')), ['Shopping\nmilk'])
        self.assertIn('1 item was sent in plain text, without CATEGORIES', self.notes())
        # What it was not told stays when it changes the rest.
        self.edit_there(NOTE, 'Shopping', 'Shopping\r\nmilk and bread\r\n')
        self.sync(self.a)
        self.assertEqual(self.a.items(NOTE), {luid: journal('Shopping', 'milk and bread', more='CATEGORIES:Home')})
        self.sync(self.a, 'SLOW')
        self.assertEqual((len(self.a.items(NOTE)), len(self.server.items('note'))), (1, 1))
        self.sync(self.a)
        self.assertEqual(self.a.counts(self.profiles[self.a], NOTE), (NOTHING, NOTHING))

    def test_a_note_that_text_has_no_words_for_waits_and_the_others_go(self):
        self.server.options(describe={'receives': {'note': [['text/plain', '1.0']]}})
        empty = self.a.put(journal('', more='CATEGORIES:Home'), service=NOTE)
        self.a.put(journal('Shopping'), service=NOTE)

        def refused():
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
            return self.a.manager.GetQuarantine(self.profiles[self.a])

        item, = refused()
        self.assertEqual((item['ItemId'], item['Status']), (empty, 415))
        self.assertIn('understands nothing that it can be written in', item['Reason'])
        self.assertIn(f'item {empty} was not sent: the server understands nothing', self.notes())
        self.assertEqual(texts(self.server.items('note')), ['Shopping'])
        self.assertEqual(len(refused()), 1)
        self.a.put(journal('Cleaning', more='CATEGORIES:Home'), empty, NOTE)
        self.assertEqual(refused(), [])
        self.assertEqual(texts(self.server.items('note')), ['Cleaning', 'Shopping'])
        self.expect_violations('number-of-changes')  # it was counted before it turned out to have no words

    def test_a_text_goes_as_a_note_of_a_calendar_where_that_is_all_there_is(self):
        self.server.options(describe={'receives': {'note': [['text/calendar', '2.0']]}})
        luid = self.a.put(LONG, service=NOTE)
        self.settle()
        told = self.only(self.server.items('note'))[1]
        self.assertIn('BEGIN:VJOURNAL', told)
        self.edit_there(NOTE, 'Shopping', told.replace('SUMMARY:Shopping', 'SUMMARY:Buy'))
        self.sync(self.a)
        # With the UID by which the server finds it in a slow sync.
        self.assertEqual({key: '\n'.join(text.splitlines()) for key, text in self.a.items(NOTE).items()},
                         {luid: '\n'.join(told.replace('SUMMARY:Shopping', 'SUMMARY:Buy').splitlines())})
        self.sync(self.a, 'SLOW')
        self.assertEqual((len(self.a.items(NOTE)), len(self.server.items('note'))), (1, 1))

    def test_a_task_goes_in_the_older_version_where_that_is_all_there_is(self):
        self.server.options(describe={'receives': {'task': [['text/x-vcalendar', '1.0']]}})
        luid = self.a.put(task('Call', more='STATUS:NEEDS-ACTION'), service=TASK)
        self.settle()
        told = self.only(self.server.items('task'))[1]
        self.assertIn('VERSION:1.0', told)
        self.edit_there(TASK, 'Call', told.replace('STATUS:NEEDS ACTION', DONE.replace('\r\nPERCENT-COMPLETE:100', '')))
        self.sync(self.a)
        key, text = self.only(self.a.items(TASK))
        self.assertEqual(key, luid)
        self.assertIn('VERSION:2.0', text)
        self.assertIn('STATUS:COMPLETED', text)
        self.assertIn('DUE:20250301T090000Z', text)
        self.sync(self.a)
        self.assertEqual(self.counts_of_tasks(), (NOTHING, NOTHING))

    def counts_of_tasks(self):
        return self.a.counts(self.profiles[self.a], TASK)

    def test_each_is_counted_by_itself_and_can_be_undone(self):
        self.server.put('task', task('Call'))
        self.server.put('note', note('Shopping'))
        self.settle()
        self.assertEqual([self.a.count(service) for service in (CONTACT, EVENT, TASK, NOTE)], [0, 0, 1, 1])
        session = self.a.history(self.profiles[self.a], 1)[0]['Session']
        changes = self.a.manager.GetChanges(self.profiles[self.a], dbus.UInt64(session), '')
        self.assertEqual(sorted(str(change['ServiceType']) for change in changes), [NOTE, TASK])
        report = self.a.manager.Undo(self.profiles[self.a], dbus.UInt64(session))
        self.assertEqual(int(report['Removed']), 2)
        self.assertEqual([self.a.count(service) for service in (TASK, NOTE)], [0, 0])

    def test_a_file_that_is_no_calendar_is_one_note_and_comes_out_as_one(self):
        self.assertEqual(self.a.import_all([LONG], NOTE), 1)
        self.assertEqual(list(self.a.items(NOTE).values()), [LONG])
        with tempfile.TemporaryFile() as stream:
            count = self.a.store(NOTE).Export(dbus.types.UnixFd(stream.fileno()), dbus.Dictionary({}, signature='sv'))
            stream.seek(0)
            exported = stream.read().decode()
        self.assertEqual((int(count), exported.count('BEGIN:VJOURNAL')), (1, 1))
        self.assertEqual(self.a.import_all([exported, journal('Other')], NOTE), 2)

    def test_each_store_takes_its_own_kind(self):
        for service, text, says in ((EVENT, task('Call'), 'a VTODO is no event'),
                                    (TASK, event('Lunch'), 'a VEVENT is no task'),
                                    (TASK, journal('Shopping'), 'a VJOURNAL is no task'),
                                    (NOTE, task('Call'), 'a VTODO is no note'),
                                    (CONTACT, journal('Shopping'), 'this is a note, not a contact')):
            with self.subTest(service=service, text=text), self.assertRaises(dbus.DBusException) as caught:
                self.a.put(text, service=service)
            self.assertIn(says, caught.exception.get_dbus_message())
        calendar = event('Lunch').replace('END:VCALENDAR\r\n', '') + task('Call').partition('EN\r\n')[2]
        for service in (EVENT, TASK):
            self.assertEqual(self.a.import_all([calendar], service), 1)


class OneDatabaseOfEventsAndTasks(Case):
    """Some phones' servers have it."""
    services = (TASK,)

    def test_each_service_takes_its_own_and_leaves_the_others_to_the_server(self):
        self.server.put('task', task('Call'))
        self.server.put('task', event('Lunch'))
        outcome = self.a.sync(self.profiles[self.a])
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual(texts(self.a.items(TASK)), texts({0: task('Call')}))
        self.assertEqual(self.a.count(EVENT), 0)
        self.assertEqual(len(self.server.items('task')), 2)
        refused = self.a.manager.GetQuarantine(self.profiles[self.a])
        self.assertEqual([(str(item['ServiceType']), int(item['Status'])) for item in refused], [(TASK, 415)])
        # Nor does it lose them when the rest changes, both sides together.
        self.edit_there(TASK, 'Lunch', event('Lunch', note='late'))
        self.edit_there(TASK, 'Call', task('Call', note='soon'))
        outcome = self.a.sync(self.profiles[self.a])
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual(texts(self.a.items(TASK)), texts({0: task('Call', note='soon')}))
        outcome = self.a.sync(self.profiles[self.a], 'SLOW')
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assertEqual((self.a.count(TASK), self.a.count(EVENT), len(self.server.items('task'))), (1, 0, 2))


class Files(Case):
    services = (TASK, NOTE)

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name).resolve()
        cls.configuration = {'StoreRoots': str(cls.root)}
        super().setUpClass()

    def begin(self):
        self.files = {service: self.root / service.lower() for service in self.services}
        self.settings = {'Services': dbus.Array(
            [dbus.Dictionary({'ServiceType': service, 'ServerDatabaseUri': DATABASES[service],
                              'Store': f'vdir:{self.files[service]}'}, signature='sv') for service in self.services],
            signature='a{sv}'), 'ReviewPercent': dbus.UInt32(100)}
        for path in self.files.values():
            path.mkdir()
        super().begin()

    def add_profile(self, device, **more):
        return device.add_profile(self.server.url, **more)

    def held(self, service):
        return {path.name: path.read_bytes().decode() for path in self.files[service].glob('*.ics')}

    def test_tasks_and_notes_are_files_that_calendars_programs_read(self):
        (self.files[TASK] / 'call.ics').write_bytes(task('Call').encode())
        (self.files[NOTE] / 'shopping.ics').write_bytes(journal('Shopping').encode())
        (self.files[NOTE] / 'broken.ics').write_bytes(b'not a calendar')
        (self.files[TASK] / 'lunch.ics').write_bytes(event('Lunch').encode())
        self.server.put('task', task('Write'))
        self.server.put('note', LONG)
        self.sync(self.a)
        self.assertEqual(texts(self.server.items('task')), texts({0: task('Call'), 1: task('Write')}))
        self.assertEqual(len(self.server.items('note')), 2)
        self.assertIn('broken.ics (it is no note of a calendar)', self.notes())
        self.assertIn('lunch.ics (line 4: a VEVENT is no task)', self.notes())
        self.assertEqual(self.held(TASK)['Write.ics'], task('Write'))
        held = self.held(NOTE)
        self.assertEqual((len(held), held['broken.ics']), (3, 'not a calendar'))
        name, text = next((name, text) for name, text in held.items() if 'milk' in text)
        self.assertIn('BEGIN:VJOURNAL', text)
        # Edited by a program, it goes back as the server has it.
        (self.files[NOTE] / name).write_bytes(text.replace('SUMMARY:Shopping', 'SUMMARY:Buy').encode())
        (self.files[TASK] / 'call.ics').unlink()
        self.sync(self.a)
        self.assertEqual(len(self.server.items('task')), 1)
        self.assertIn('Buy', self.named(NOTE, 'milk')[1])
        self.sync(self.a)
        self.assertEqual([self.a.counts(self.profiles[self.a], service) for service in self.services],
                         [(NOTHING, NOTHING)] * 2)


if __name__ == '__main__':
    unittest.main()
