#!/usr/bin/python3
"""A syncd of one user whose items are in Evolution Data Server, and a device with the store of syncd itself, against one server."""
import base64
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import dbus

from device import EVENT, NOTE, TASK, Device, Syncd
from evolution import AddressBook, Calendar, MemoList, TaskList
from example_items import contact, event, journal, note, task, texts
from peer_case import NOTHING, PeerCase

PICTURE = base64.b64encode(b'\x89PNG\r\n\x1a\n' + bytes(range(200))).decode()


class EdsCase(PeerCase):
    """The items of the first device are in Evolution Data Server."""
    devices = 1
    settings = {'ReviewPercent': dbus.UInt32(100)}
    kind, uid, uri = AddressBook, 'system-address-book', 'card'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.syncd = Syncd(user=True)
        cls.addClassCleanup(cls.syncd.stop)
        cls.a = Device(cls.syncd)
        cls.addClassCleanup(cls.a.close)
        cls.everybody.insert(0, cls.a)
        cls.book = cls.kind(cls.syncd.address, cls.uid)
        cls.addClassCleanup(cls.book.close)

    def begin(self):
        super().begin()
        self.book.empty()
        self.profile = self.profiles[self.a]
        self.keep_in('eds:')

    def keep_in(self, store, service=None):
        services = self.a.manager.Get(self.profile)['Services']
        for one in services:
            if one['ServiceType'] == (service or self.services[0]):
                one['Store'] = dbus.String(store, variant_level=1)
        self.a.update_profile(self.profile, Services=services)

    def on_server(self):
        return self.server.items(self.uri)

    def guid(self, name):
        found, = (guid for guid, text in self.on_server().items() if f'FN:Test {name}' in text.splitlines())
        return found

    def sync_all(self):
        for device in (self.a, self.b, self.a):
            self.sync(device)

    def assert_settled(self):
        """Nobody has anything to say."""
        for device in self.everybody:
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))

    def names(self):
        """Those in the book, which are those at the server and at the other device."""
        def names(all_texts):
            return sorted(line[8:] for text in all_texts for line in text.splitlines() if line.startswith('FN:Test '))
        here = names(self.book.all().values())
        self.assertEqual(here, names(self.on_server().values()))
        self.assertEqual(here, names(self.b.items().values()))
        return here

    def fill(self, *names):
        uids = {name: self.book.add(contact(name)) for name in names}
        self.settle()
        self.assert_settled()
        return uids

    def notes(self):
        return ' '.join(map(str, self.a.history(self.profile, 1)[0]['Notes']))


class Contacts(EdsCase):
    def test_both_sides_come_together_and_nothing_follows(self):
        self.book.add(contact('Ann', tel='1'))
        self.book.add(contact('Bea'))
        self.b.put(contact('Cid', uid='cid-1'))
        self.assertEqual(self.sync(self.a, ran='SLOW'), ((2, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.b, ran='SLOW'), ((1, 0, 0), (2, 0, 0)))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, (1, 0, 0)))
        self.assert_settled()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid'])
        self.assertIn('cid-1', self.book.all())
        self.assertEqual(self.a.count(), 0)  # the store of syncd itself has nothing to do with it

    def test_changes_of_both_sides_are_exact_over_many_rounds(self):
        uids = self.fill('Ann', 'Bea', 'Cid')
        for number in range(2):
            self.book.change(uids['Ann'], 'END:VCARD', f'X-ROUND-{number}:1\r\nEND:VCARD')
            self.book.remove(uids['Bea'])
            self.book.add(contact(f'New{number}', uid=f'new-{number}'))
            self.server.put(self.uri, contact('Cid', note=f'round {number}'), self.guid('Cid'))
            self.assertEqual(self.sync(self.a), ((1, 1, 1), (0, 1, 0)))
            self.assertIn(f'NOTE:round {number}', self.book.all()[uids['Cid']])
            self.sync(self.b)
            self.assert_settled()
            self.server.delete(self.uri, self.guid(f'New{number}'))
            self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
            self.book.add(contact('Bea', uid=uids['Bea']))  # under the same UID
            self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
            self.sync(self.b)
            self.assert_settled()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid'])

    def test_recreated_between_two_syncs_is_a_change(self):
        uids = self.fill('Ann')
        self.book.remove(uids['Ann'])
        self.book.add(contact('Ann', note='again', uid=uids['Ann']))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))

    def test_a_touch_is_no_change_and_another_spelling_is_one(self):
        self.book.add(contact('Ann', tel='1-23'))
        self.settle()
        uid = self.book.uid_of('Ann')
        self.book.change(uid, 'FN:Test Ann', 'FN:Test Ann')  # has another REV now
        self.assert_settled()
        self.book.change(uid, '1-23', '123')
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))

    def test_an_edit_keeps_what_the_book_has_no_words_for(self):
        self.server.put(self.uri, contact('Ann', note='there', uid='ann').replace(
            'VERSION:3.0', 'VERSION:2.1').replace('NOTE:', 'X-IRMC-THING;ENCODING=QUOTED-PRINTABLE:=61\r\nNOTE:'))
        self.settle()
        self.assert_settled()
        self.book.change('ann', 'NOTE:there', 'NOTE:here')
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        text, = self.on_server().values()
        self.assertIn('NOTE:here', text)
        self.assertIn('X-IRMC-THING', text)
        self.sync(self.b)
        self.assert_settled()

    def test_an_edit_during_a_sync_is_merged(self):
        uids = self.fill('Ann', 'Bea')
        self.server.put(self.uri, contact('Ann', tel='1'), self.guid('Ann'))
        self.server.delete(self.uri, self.guid('Bea'))
        session = self.hold(2)
        self.book.change(uids['Ann'], 'END:VCARD', 'EMAIL:a@b\r\nEND:VCARD')
        self.book.change(uids['Bea'], 'END:VCARD', 'NOTE:edited\r\nEND:VCARD')
        self.book.add(contact('Cid'))
        self.server.call('release')
        self.assertEqual(self.a.await_end(session).signal, 'Completed')
        for part in ('TEL:1', 'EMAIL:a@b'):
            self.assertIn(part, self.book.all()[uids['Ann']])
        self.sync_all()
        self.assert_settled()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid'])

    def test_killed_at_each_message_nothing_is_lost_or_doubled(self):
        for message in range(1, 4):
            with self.subTest(message=message):
                self.begin()
                uids = self.fill('Ann', 'Bea', 'Cid')
                self.book.change(uids['Ann'], 'END:VCARD', 'NOTE:here\r\nEND:VCARD')
                self.server.put(self.uri, contact('Bea', note='there', uid=uids['Bea']), self.guid('Bea'))
                self.server.put(self.uri, contact('Dan', uid='dan'))
                self.server.delete(self.uri, self.guid('Cid'))
                self.kill_at(message)
                self.sync_all()
                self.assertEqual(self.names(), ['Ann', 'Bea', 'Dan'])
                self.assert_settled()

    def test_two_items_of_one_uid_are_two(self):
        self.fill('Ann')
        for name in ('One', 'Two'):
            self.server.put(self.uri, contact(name, uid='same', tel=str(len(self.on_server()))))
        self.sync_all()
        self.assert_settled()
        self.assertEqual(self.names(), ['Ann', 'One', 'Two'])

    def test_a_picture_goes_both_ways_and_no_other_file_goes_out(self):
        self.book.add(contact('Ann').replace('END:', f'PHOTO;ENCODING=b;TYPE=PNG:{PICTURE}\r\nEND:'))
        self.b.put(contact('Bea').replace('END:', f'PHOTO;ENCODING=b;TYPE=PNG:{PICTURE}\r\nEND:'))
        self.server.put(self.uri, contact('Eve').replace('END:', 'PHOTO;VALUE=uri:file:///etc/hostname\r\nEND:'))
        self.settle()
        self.sync_all()
        self.assert_settled()
        self.book.change(self.book.uid_of('Eve'), 'END:VCARD', 'NOTE:edited\r\nEND:VCARD')
        self.sync_all()
        server = {re.search('FN:Test (.*)', re.sub('\r?\n ', '', text))[1].strip(): re.sub('\r?\n ', '', text)
                  for text in self.on_server().values()}
        self.assertIn(PICTURE, server['Ann'])
        self.assertIn(PICTURE, server['Bea'])
        self.assertIn('file:///etc/hostname', server['Eve'].replace('\\', ''))

    def test_an_undone_session_is_undone_in_the_book(self):
        uids = self.fill('Ann', 'Bea')
        self.server.put(self.uri, contact('Ann', note='changed'), self.guid('Ann'))
        self.server.delete(self.uri, self.guid('Bea'))
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 1, 1)))
        self.a.manager.Undo(self.profile, dbus.UInt64(self.a.history(self.profile, 1)[0]['Session']))
        self.assertEqual(self.sync(self.a), ((1, 1, 0), NOTHING))
        self.assertNotIn('NOTE', self.book.all()[uids['Ann']])
        self.sync(self.b)
        self.assert_settled()
        self.assertEqual(self.names(), ['Ann', 'Bea'])

    def test_the_factory_may_end_at_any_time(self):
        uids = self.fill('Ann', 'Bea')
        self.server.put(self.uri, contact('Ann', note='there'), self.guid('Ann'))
        session = self.hold(2)
        self.book.kill()
        self.server.call('release')
        self.assertEqual(self.a.await_end(session).signal, 'Completed')
        self.assertIn('will be with the next synchronization', self.notes())
        self.sync(self.a)
        self.book.open()
        self.assertIn('NOTE:there', self.book.all()[uids['Ann']])
        self.sync(self.b)
        self.assert_settled()


class OtherBooks(EdsCase):
    """Nothing is deleted because a book is not what it was."""
    settings = {}

    def setUp(self):
        super().setUp()
        self.fill('Ann', 'Bea', 'Cid')

    def refuse(self):
        self.fail_with(self.a, 'HeldForReview', says=('eds:system-address-book', 'release', 'reject'))
        plan, = self.a.manager.GetPlan(self.profile)
        self.assertEqual(list(plan['Held']), ['STORE'])
        self.assertEqual(len(self.on_server()), 3)

    def test_emptied_it_is_filled_again_when_that_was_not_meant(self):
        self.book.empty()
        self.refuse()
        self.a.manager.Reject(self.profile)
        self.sync(self.a)
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid'])
        self.assert_settled()

    def test_emptied_the_items_go_when_that_was_meant(self):
        self.book.empty()
        self.refuse()
        self.a.manager.Release(self.profile)
        self.assertEqual(self.sync(self.a), ((0, 0, 3), NOTHING))
        self.sync_all()
        self.assertEqual(self.names(), [])

    def test_with_other_contacts_it_is_another_book(self):
        self.book.empty()
        self.book.add(contact('Stranger'))
        self.refuse()
        self.a.manager.Reject(self.profile)
        self.sync_all()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid', 'Stranger'])

    def exchange(self, with_what):
        """What the server has its contacts in."""
        self.book.kill()
        here = self.syncd.data_home / 'evolution/addressbook/system'
        former = pathlib.Path(tempfile.mkdtemp(dir=self.syncd.data_home)) / 'contacts'
        here.rename(former)
        shutil.copytree(with_what or former, here)
        self.book.open()
        return former

    def test_put_back_without_what_came_later_it_is_another_book(self):
        backup = self.exchange(None)
        self.book.add(contact('Dan'))
        self.sync_all()
        self.exchange(backup)
        self.fail_with(self.a, 'HeldForReview', says=('was made anew or put back, and lacks 1 of 4 items',))
        self.assertEqual(len(self.on_server()), 4)
        self.a.manager.Reject(self.profile)
        self.sync_all()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid', 'Dan'])
        self.assert_settled()

    def test_moved_with_all_that_was_in_it_it_is_the_same_book(self):
        self.exchange(None)
        self.assert_settled()
        self.book.remove(self.book.uid_of('Bea'))
        self.assertEqual(self.sync(self.a), ((0, 0, 1), NOTHING))

    def test_a_source_that_is_not_there_is_named(self):
        self.keep_in('eds:no-such-source')
        self.fail_with(self.a, 'Local', says=('eds:no-such-source', 'no such source'))
        self.keep_in('eds:system-calendar')
        self.fail_with(self.a, 'Local', says=('eds:system-calendar', 'Address Book'))
        self.keep_in('eds:')
        self.sync_all()
        self.assertEqual(self.names(), ['Ann', 'Bea', 'Cid'])


class Events(EdsCase):
    services = (EVENT,)
    kind, uid, uri = Calendar, 'system-calendar', 'cal'

    def test_a_series_with_its_occurrences_is_one_item(self):
        recurring = event('Weekly', uid='weekly').replace('SUMMARY', 'RRULE:FREQ=WEEKLY\r\nSUMMARY')
        override = event('Once', uid='weekly').split('BEGIN:VEVENT')[1].split('END:VCALENDAR')[0]
        self.b.put(recurring.replace(
            'END:VCALENDAR', 'BEGIN:VEVENT' + override.replace('SUMMARY', 'RECURRENCE-ID:20250308T090000Z\r\nSUMMARY')
            + 'END:VCALENDAR'), service=EVENT)
        self.book.add(event('Own', uid='own'))
        self.settle()
        self.sync_all()
        self.assert_settled()
        self.assertEqual(len(self.book.all()), 3)
        self.assertEqual(len(self.on_server()), 2)
        once = self.book.named('Once')
        self.book.call('ModifyObjects', dbus.Array([once.replace('SUMMARY:Once', 'SUMMARY:Twice')], signature='s'), 'this',
                       dbus.UInt32(0))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.sync(self.b)
        weekly, = (text for text in self.b.items(EVENT).values() if 'weekly' in text)
        self.assertIn('SUMMARY:Twice', weekly)
        self.assertIn('RRULE', weekly)
        self.assert_settled()
        # The server takes the occurrence away.
        guid, = (guid for guid, text in self.on_server().items() if 'weekly' in text)
        self.server.put(self.uri, recurring.replace('SUMMARY:Weekly', 'SUMMARY:Each week'), guid)
        self.sync_all()
        self.assertEqual(sorted(re.search('SUMMARY:(.*?)\r?$', text, re.M)[1] for text in self.book.all()),
                         ['Each week', 'Own'])
        self.assert_settled()

    def test_time_zones_come_along(self):
        zone = ('BEGIN:VTIMEZONE\r\nTZID:Home\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\n'
                'TZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n')
        text = event('Zoned', uid='zoned').replace('BEGIN:VEVENT', zone + 'BEGIN:VEVENT')
        for name in ('DTSTART', 'DTEND'):
            text = re.sub(f'{name}:(.*)Z', rf'{name};TZID=Home:\1', text)
        self.b.put(text.replace('SUMMARY', 'RRULE:FREQ=DAILY\r\nSUMMARY'), service=EVENT)
        self.settle()
        self.sync_all()
        self.assert_settled()
        stored, = self.book.all()
        self.book.change(stored.replace('SUMMARY:Zoned', 'SUMMARY:Changed'))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        changed, = self.on_server().values()
        self.assertIn('SUMMARY:Changed', changed)
        self.assertIn('BEGIN:VTIMEZONE', changed)
        self.sync(self.b)
        self.assert_settled()


class TasksAndNotes(EdsCase):
    services = (TASK, NOTE)
    kind, uid, uri = TaskList, 'system-task-list', 'task'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tasks, cls.memos = cls.book, MemoList(cls.syncd.address, 'system-memo-list')
        cls.addClassCleanup(cls.memos.close)

    def begin(self):
        super().begin()
        self.memos.empty()
        self.keep_in('eds:', NOTE)

    def sync_both(self):
        """Counts of tasks, and of notes."""
        self.sync(self.a)
        return tuple(self.a.counts(self.profile, service) for service in self.services)

    def assert_settled(self):
        for device in self.everybody:
            self.sync(device)
            for service in self.services:
                self.assertEqual(device.counts(self.profiles[device], service), (NOTHING, NOTHING))

    def there(self, title, uri='task'):
        """The one of this title there: guid and text."""
        found, = (entry for entry in self.server.items(uri).items() if title in entry[1])
        return found

    def test_tasks_are_those_of_the_desktop(self):
        done = 'STATUS:COMPLETED\r\nCOMPLETED:20250301T080000Z\r\nPERCENT-COMPLETE:100'
        self.tasks.add(task('Call'))
        self.tasks.add(task('Gone'))
        self.b.put(task('Write'), service=TASK)
        self.server.put('task', task('Lost'))
        self.settle()
        self.sync_all()
        self.assert_settled()
        self.assertEqual((len(self.tasks.all()), len(self.server.items('task')), self.a.count(TASK)), (4, 4, 0))
        self.tasks.change(self.tasks.named('Call').replace('END:VTODO', f'{done}\r\nEND:VTODO'))
        self.tasks.remove('Gone')
        self.tasks.add(task('New'))
        self.server.put('task', task('Write', more=done), self.there('Write')[0])
        self.server.delete('task', self.there('Lost')[0])
        self.assertEqual(self.sync_both(), (((1, 1, 1), (0, 1, 1)), (NOTHING, NOTHING)))
        self.assertIn('STATUS:COMPLETED', self.there('Call')[1])
        self.assertIn('STATUS:COMPLETED', self.tasks.named('Write'))
        self.assertEqual(len(self.tasks.all()), 3)
        self.sync(self.b)
        self.assert_settled()

    def test_notes_are_memos_of_the_desktop_whatever_the_server_writes(self):
        self.memos.add(journal('Shopping', note='milk'))
        self.memos.add(journal('Gone'))
        self.server.put('note', note('Plans', 'first\r\nsecond'))
        self.server.put('note', journal('Diary', note='long ago'))
        self.settle()
        self.sync_all()
        self.assert_settled()
        self.assertEqual((len(self.memos.all()), len(self.server.items('note')), self.a.count(NOTE)), (4, 4, 0))
        self.assertIn('DESCRIPTION:first\\nsecond', self.memos.named('Plans'))
        self.memos.change(self.memos.named('Plans').replace('first', '1st'))
        self.memos.remove('Gone')
        self.server.put('note', journal('Diary', note='of late'), self.there('Diary', 'note')[0])
        self.assertEqual(self.sync_both(), ((NOTHING, NOTHING), ((0, 1, 1), (0, 1, 0))))
        self.assertIn('1st', self.there('Plans', 'note')[1])
        self.assertIn('DESCRIPTION:of late', self.memos.named('Diary'))
        self.sync(self.b)
        self.assert_settled()

    def test_killed_at_a_message_no_note_is_lost_or_doubled(self):
        for message in (2, 3):
            with self.subTest(message=message):
                self.begin()
                self.memos.add(journal('Ours'))
                self.settle()
                self.server.put('note', note('Plain', 'words'))
                self.tasks.add(task('Call'))
                self.kill_at(message)
                self.sync_all()
                self.assertEqual((len(self.memos.all()), len(self.server.items('note'))), (2, 2))
                self.assertEqual((len(self.tasks.all()), len(self.server.items('task'))), (1, 1))
                self.sync(self.b)  # what the last one has put right
                self.assert_settled()


class Files(EdsCase):
    """The same syncd keeps a directory of files wherever its user wants it."""

    def test_any_directory_of_the_user_will_do(self):
        place = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, place)
        (place / 'ann.vcf').write_text(contact('Ann'))
        self.keep_in(f'vdir:{place}')
        self.b.put(contact('Bea', uid='bea'))
        self.settle()
        self.sync_all()
        self.assertEqual(texts({path: path.read_bytes().decode() for path in place.glob('*.vcf')}), texts(self.on_server()))
        self.assertEqual({path.name for path in place.glob('*.vcf')}, {'ann.vcf', 'bea.vcf'})
        self.assert_settled()


class TheMachine(PeerCase):
    def test_a_syncd_of_the_machine_has_no_such_store(self):
        with self.assertRaises(dbus.DBusException) as caught:
            services = self.a.manager.Get(self.profiles[self.a])['Services']
            services[0]['Store'] = dbus.String('eds:', variant_level=1)
            self.a.update_profile(self.profiles[self.a], Services=services)
        self.assertEqual(caught.exception.get_dbus_name(), 'org.syncd1.Error.InvalidValue')
        self.assertIn('syncd --user', str(caught.exception))


if __name__ == '__main__':
    sys.exit(unittest.main())
