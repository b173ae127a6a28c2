#!/usr/bin/python3
"""A device whose items are the files of a directory, and one with the store of syncd itself, against one server."""
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile
import unittest

import dbus

from device import CONTACT, EVENT, Device, Syncd
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

MARK = '.syncd'
STRANGER = 54321  # a uid that nobody has


class VdirCase(PeerCase):
    """The contacts of the first device are in `self.files`."""
    devices = 2
    settings = {'ReviewPercent': dbus.UInt32(100)}

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name).resolve()
        cls.configuration = {'StoreRoots': f'/nowhere/at/all:{cls.root}'}
        super().setUpClass()

    def begin(self):
        shutil.rmtree(self.root / 'contacts', ignore_errors=True)
        self.files = self.root / 'contacts'
        self.files.mkdir()
        super().begin()
        self.profile = self.profiles[self.a]
        self.keep_in(self.files)

    def keep_in(self, directory, service=CONTACT):
        """From the next sync on."""
        services = self.a.manager.Get(self.profile)['Services']
        for one in services:
            if one['ServiceType'] == service:
                one.pop('Store', None)
                if directory:
                    one['Store'] = dbus.String(f'vdir:{directory}', variant_level=1)
        self.a.update_profile(self.profile, Services=services)

    def write(self, name, text):
        """As programs do it: at once."""
        other = self.files / ('.other-' + name)
        other.write_bytes(text.encode())
        other.rename(self.files / name)

    def read(self, name):
        return (self.files / name).read_bytes().decode()

    def all(self, suffix='.vcf'):
        return {path.name: path.read_bytes().decode() for path in self.files.iterdir()
                if path.name.endswith(suffix) and not path.name.startswith('.')}

    def assert_equal_on_all_sides(self, size):
        on_server = texts(self.server.items('card'))
        self.assertEqual(texts(self.all()), on_server)
        self.assertEqual(texts(self.b.items()), on_server)
        self.assertEqual(len(on_server), size)

    def sync_all(self):
        self.sync(self.a)
        self.sync(self.b)
        self.sync(self.a)

    def notes(self):
        return ' '.join(map(str, self.a.history(self.profile, 1)[0]['Notes']))

    def held(self):
        plan, = self.a.manager.GetPlan(self.profile)
        return list(plan['Held'])

    def on_server(self, name):
        found, = (guid for guid, text in self.server.items('card').items() if f'FN:Test {name}' in text.splitlines())
        return found

    def fill(self, *names):
        for name in names:
            self.write(f'{name}.vcf', contact(name))
        self.settle()
        self.assert_equal_on_all_sides(len(names))


class Changes(VdirCase):
    def test_files_and_items_of_others_come_together(self):
        self.write('ann.vcf', contact('Ann'))
        self.write('bea.vcf', contact('Bea'))
        self.b.put(contact('Cid', uid='cid-1'))
        self.assertEqual(self.sync(self.a, ran='SLOW'), ((2, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.b, ran='SLOW'), ((1, 0, 0), (2, 0, 0)))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, (1, 0, 0)))
        self.assert_equal_on_all_sides(3)
        self.assertEqual(set(self.all()), {'ann.vcf', 'bea.vcf', 'cid-1.vcf'})
        self.assertEqual(self.a.count(), 0)  # the store of syncd itself has nothing to do with it

    def test_edits_by_hand_go_out_exactly(self):
        self.fill('Ann', 'Bea', 'Cid', 'Dan')
        self.write('Ann.vcf', contact('Ann', note='edited'))
        (self.files / 'Bea.vcf').unlink()
        (self.files / 'Cid.vcf').rename(self.files / 'another name.vcf')
        self.write('Dan.vcf', contact('Dan').replace('\r\n', '\n'))
        self.write('eve.vcf', contact('Eve'))
        self.assertEqual(self.sync(self.a), ((1, 1, 1), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (1, 1, 1)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assert_equal_on_all_sides(4)

    def test_changes_of_others_keep_names_and_leave_what_is_not_theirs(self):
        self.fill('Ann', 'Bea')
        (self.files / 'folder').mkdir()
        (self.files / 'folder/inner.vcf').write_text(contact('Inner'))
        for name in ('notes.txt', '.hidden.vcf', 'displayname', 'color'):
            (self.files / name).write_text('mine')
        self.write('two.vcf', contact('One') + contact('Other'))
        self.write('broken.vcf', 'BEGIN:VCARD\r\nhalf')
        foreign = {path: path.read_bytes() for path in self.files.rglob('*') if path.is_file()
                   and path.name not in ('Ann.vcf', 'Bea.vcf')}
        for key, text in self.b.items().items():
            self.b.put(text.replace('END:', 'NOTE:new\r\nEND:'), key)
        self.b.put(contact('Cid'))
        self.sync_all()
        self.assertEqual({path: path.read_bytes() for path in foreign}, foreign)
        self.assertEqual({name for name in self.all() if name[0] in 'AB'}, {'Ann.vcf', 'Bea.vcf'})
        self.assertIn('NOTE:new', self.read('Ann.vcf'))
        self.assertIn('two.vcf', self.notes())
        self.assertIn('broken.vcf', self.notes())
        self.assertEqual(len(self.server.items('card')), 3)

    def test_nothing_changed_writes_nothing(self):
        self.fill('Ann', 'Bea')
        items = self.a.syncd.state / f'users/{os.getuid()}/items'
        past = 1_000_000_000
        for path in self.files.iterdir():
            os.utime(path, (past, past))
        seen = None
        while True:  # a file that was written just now is read once more
            self.sync(self.a)
            before, seen = seen, {str(path): (path.stat().st_mtime_ns, path.stat().st_size)
                                  for folder in (items, self.files) for path in folder.iterdir()}
            if before == seen:
                break
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_file_that_is_edited_while_a_sync_runs_is_merged(self):
        self.fill('Ann', 'Bea')
        self.server.put('card', contact('Ann', tel='1'), self.on_server('Ann'))
        self.server.delete('card', self.on_server('Bea'))
        session = self.hold(2)
        self.write('Ann.vcf', contact('Ann', email='a@b'))
        self.write('Bea.vcf', contact('Bea', note='edited'))
        self.write('Cid.vcf', contact('Cid'))
        self.server.call('release')
        self.assertEqual(self.a.await_end(session).signal, 'Completed')
        for part in ('TEL:1', 'EMAIL:a@b'):
            self.assertIn(part, self.read('Ann.vcf'))
        self.assertEqual(self.sync(self.a), ((2, 1, 0), NOTHING))
        self.sync_all()
        self.assert_equal_on_all_sides(3)

    def test_what_cannot_be_merged_is_a_conflict(self):
        self.fill('Ann')
        self.server.put('card', contact('Server'), self.on_server('Ann'))
        session = self.hold(2)
        self.write('Ann.vcf', contact('File'))
        self.server.call('release')
        self.a.await_end(session)
        self.assertEqual(len(self.a.manager.GetConflicts(self.profile, dbus.UInt64(0))), 1)
        self.sync_all()
        self.assert_equal_on_all_sides(2)  # ConflictPolicy is KEEP_BOTH
        self.assertIn('File', self.read('Ann.vcf'))

    def test_a_session_is_undone_in_the_files_with_the_next_sync(self):
        self.fill('Ann', 'Bea', 'Cid')
        self.server.put('card', contact('Ann', note='changed'), self.on_server('Ann'))
        self.server.delete('card', self.on_server('Bea'))
        self.server.put('card', contact('Dan'))
        self.assertEqual(self.sync(self.a), (NOTHING, (1, 1, 1)))
        session = dbus.UInt64(self.a.history(self.profile, 1)[0]['Session'])
        changes = self.a.manager.GetChanges(self.profile, session, '')
        self.assertEqual({str(change['ServiceType']) for change in changes}, {CONTACT})
        self.assertEqual(len(changes), 3)
        self.a.manager.Undo(self.profile, session)
        self.assertEqual(self.sync(self.a), ((1, 1, 1), NOTHING))
        self.assertEqual(self.read('Ann.vcf'), contact('Ann'))
        self.assertEqual(len(self.all()), 3)
        self.sync_all()
        self.assert_equal_on_all_sides(3)

    def test_with_another_store_everything_is_compared_and_nothing_doubled(self):
        self.fill('Ann', 'Bea')
        self.keep_in(None)
        self.assertEqual(self.sync(self.a, ran='SLOW'), (NOTHING, (2, 0, 0)))
        self.assertEqual(self.a.count(), 2)
        self.write('Ann.vcf', contact('Ann', note='edited'))
        self.keep_in(self.files)
        self.sync(self.a, ran='SLOW')
        self.sync_all()
        self.assertEqual(len(self.all()), 2)
        self.assertEqual(len(self.server.items('card')), 2)

    def test_what_is_known_of_a_directory_goes_with_the_last_profile(self):
        self.fill('Ann')
        self.a.manager.Remove(self.profile)
        items = sqlite3.connect(self.a.syncd.state / f'users/{os.getuid()}/items/items.db')
        self.addCleanup(items.close)
        for table in ('directory', 'file', 'item', 'content'):
            self.assertEqual(items.execute(f'SELECT count(*) FROM {table}').fetchone(), (0,), table)
        self.assertEqual(set(self.all()), {'Ann.vcf'})


class Events(VdirCase):
    services = (EVENT,)

    def begin(self):
        super().begin()
        self.keep_in(self.files, EVENT)

    def test_events_are_files_too(self):
        recurring = event('Weekly', uid='weekly').replace('SUMMARY', 'RRULE:FREQ=WEEKLY\r\nSUMMARY')
        override = event('Once', uid='weekly').split('BEGIN:VEVENT')[1].split('END:VCALENDAR')[0]
        self.write('weekly.ics', recurring.replace(
            'END:VCALENDAR', 'BEGIN:VEVENT' + override.replace('SUMMARY', 'RECURRENCE-ID:20250308T090000Z\r\nSUMMARY')
            + 'END:VCALENDAR'))
        self.write('todo.ics', 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n')
        self.b.put(event('Meeting', uid='m@example.org'), service=EVENT)
        self.sync_all()
        self.assertEqual(set(self.all('.ics')), {'weekly.ics', 'todo.ics', 'm@example.org.ics'})
        self.assertEqual(len(self.server.items('cal')), 2)
        self.assertIn('todo.ics', self.notes())


class OtherDirectories(VdirCase):
    """Nothing is deleted because a directory is not what it was."""
    settings = {}

    def setUp(self):
        super().setUp()
        self.fill('Ann', 'Bea', 'Cid')

    def refuse(self):
        before = self.all()
        outcome = self.fail_with(self.a, 'HeldForReview', says=(str(self.files), 'release', 'reject'))
        self.assertEqual(self.held(), ['STORE'])
        self.assertIn(str(self.files), self.a.attention(self.profile))
        self.assertEqual((len(self.server.items('card')), self.all()), (3, before))
        return outcome

    def empty(self):
        for name in self.all():
            (self.files / name).unlink()

    def swap(self):
        self.files.rename(self.root / 'kept')
        self.addCleanup(shutil.rmtree, self.root / 'kept', ignore_errors=True)
        self.files.mkdir()

    def test_emptied_it_is_filled_again_when_that_was_not_meant(self):
        self.empty()
        self.refuse()
        self.a.manager.Reject(self.profile)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assert_equal_on_all_sides(3)

    def test_emptied_the_items_go_when_that_was_meant(self):
        self.empty()
        self.refuse()
        self.a.manager.Release(self.profile)
        self.assertEqual(self.sync(self.a), ((0, 0, 3), NOTHING))
        self.sync_all()
        self.assert_equal_on_all_sides(0)

    def test_a_directory_that_comes_back_needs_nobody(self):
        self.swap()
        self.refuse()
        self.files.rmdir()
        outcome = self.fail_with(self.a, 'Local', says=(str(self.files), 'cannot be opened'))
        self.assertIn('CONTACT', outcome.message)
        (self.root / 'kept').rename(self.files)
        self.write('Ann.vcf', contact('Ann', note='edited'))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.assertEqual(self.held(), [])
        self.assertEqual(self.a.attention(self.profile), '')

    def test_swapped_the_two_come_together_when_it_is_rejected(self):
        self.swap()
        self.write('dan.vcf', contact('Dan'))
        (self.files / MARK).write_text('f' * 32)
        self.refuse()
        self.a.manager.Reject(self.profile)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.sync_all()
        self.assert_equal_on_all_sides(4)

    def test_many_deleted_files_wait_for_review(self):
        for number in range(30):
            self.write(f'{number}.vcf', contact(f'N{number}'))
        self.sync_all()
        for number in range(20):
            (self.files / f'{number}.vcf').unlink()
        self.fail_with(self.a, 'HeldForReview', says=('20 items were deleted',))
        self.assertEqual(self.held(), ['TO_SERVER'])
        self.assertEqual(len(self.server.items('card')), 33)


class Strangers(VdirCase):
    """Nobody gets by syncd where they could not go."""

    def refuse_store(self, store):
        with self.assertRaises(dbus.DBusException) as caught:
            self.keep_in(store)
        self.assertEqual(caught.exception.get_dbus_name(), 'org.syncd1.Error.InvalidValue')
        return str(caught.exception)

    def test_a_directory_must_be_below_a_listed_root(self):
        self.assertIn('StoreRoots', self.refuse_store('/etc'))
        self.assertIn('StoreRoots', self.refuse_store(self.root))
        self.assertIn('StoreRoots', self.refuse_store(f'{self.root}-beside/x'))
        for path in (f'{self.root}/../etc', f'{self.root}/./x', f'{self.root}//x', f'{self.root}/x/', 'x', '/'):
            self.refuse_store(path)
        self.refuse_store('/' + 'x' * 1100)
        self.assertEqual(self.a.manager.Get(self.profile)['Services'][0]['Store'], f'vdir:{self.files}')

    def test_no_link_leads_out(self):
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        secret = pathlib.Path(outside.name) / 'secret.vcf'
        secret.write_text(contact('Secret'))
        for link in (self.root / 'link', self.root / 'above'):
            link.symlink_to(outside.name)
            self.addCleanup(link.unlink)
        (pathlib.Path(outside.name) / 'inner').mkdir()
        for path in (self.root / 'link', self.root / 'above/inner'):
            self.keep_in(path)
            self.fail_with(self.a, 'Local', says=(str(path), 'cannot be opened'))
        self.keep_in(self.files)
        (self.files / 'link.vcf').symlink_to(secret)
        (self.files / 'hard.vcf').hardlink_to(secret)
        self.write('ann.vcf', contact('Ann'))
        self.settle()
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertIn('link.vcf', self.notes())
        self.assertEqual(secret.read_text(), contact('Secret').replace('\r\n', '\n'))

    def test_the_directory_must_be_the_callers_own(self):
        if os.getuid() != 0:
            self.fail('run as root: a directory is given to another user')
        os.chown(self.files, STRANGER, -1)
        self.fail_with(self.a, 'Local', says=('another user',))
        os.chown(self.files, 0, -1)
        self.write('ann.vcf', contact('Ann'))
        self.write('theirs.vcf', contact('Theirs'))
        os.chown(self.files / 'theirs.vcf', STRANGER, -1)
        self.settle()
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertIn('theirs.vcf', self.notes())


class Killed(VdirCase):
    devices = 1

    def test_at_each_message_nothing_is_lost_or_doubled(self):
        for message in range(1, 4):
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    self.begin()
                    for name in ('Ann', 'Bea', 'Cid', 'Dan'):
                        self.write(f'{name}.vcf', contact(name))
                    self.sync(self.a, ran='SLOW')
                    self.change_everywhere()
                    self.kill_at(message, after)
                    for _ in range(2):
                        self.a.sync(self.profile)
                    self.check()

    def change_everywhere(self):
        self.write('Ann.vcf', contact('Ann', note='here'))
        (self.files / 'Bea.vcf').unlink()
        self.write('Eve.vcf', contact('Eve'))
        self.server.put('card', contact('Cid', note='there'), self.on_server('Cid'))
        self.server.delete('card', self.on_server('Dan'))
        self.server.put('card', contact('Fay', uid='fay'))

    def check(self):
        on_server = texts(self.server.items('card'))
        self.assertEqual(texts(self.all()), on_server)
        self.assertEqual(sorted(text.split('FN:Test ')[1].split('\n')[0] for text in on_server),
                         ['Ann', 'Cid', 'Eve', 'Fay'])
        self.assertEqual([name for name in os.listdir(self.files) if name.startswith('.')], [MARK])


class DiskFaults(Killed):
    """The worker is killed, or the disk full, at steps to the disk, of the files as of the databases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        build = os.environ['SYNCD_BUILD']
        place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(place.cleanup)
        cls.orders = pathlib.Path(place.name) / 'disk'
        cls.orders.write_text('')
        worker = pathlib.Path(place.name) / 'worker'
        worker.write_text(f"""#!/bin/sh
export DISK_FAULT={cls.orders}
export LD_PRELOAD={build}/tests/peer/libdisk-fault.so
export ASAN_OPTIONS="${{ASAN_OPTIONS:-}}:verify_asan_link_order=0"
exec {build}/daemon/runner/syncd-session "$@"
""")
        worker.chmod(0o755)
        syncd = Syncd(cls.configuration, worker=worker)
        cls.addClassCleanup(syncd.stop)
        cls.a = Device(syncd)
        cls.addClassCleanup(cls.a.close)
        cls.everybody = [cls.a]

    test_at_each_message_nothing_is_lost_or_doubled = None

    def test_at_steps_to_the_disk_nothing_is_lost_or_doubled(self):
        for word in ('kill', 'full'):
            step, ended = 1, False
            while not ended:
                with self.subTest(word=word, step=step):
                    self.begin()
                    for name in ('Ann', 'Bea', 'Cid', 'Dan'):
                        self.write(f'{name}.vcf', contact(name))
                    self.sync(self.a, ran='SLOW')
                    self.change_everywhere()
                    self.orders.write_text(f'{word} {step}')
                    ended = self.a.sync(self.profile).signal == 'Completed' and 'could not' not in self.notes()
                    self.orders.write_text('')
                    for _ in range(2):
                        self.a.sync(self.profile)
                    self.check()
                step += 7
            self.assertGreater(step, 50)


if __name__ == '__main__':
    sys.exit(unittest.main())
