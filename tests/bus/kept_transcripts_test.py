#!/usr/bin/python3
"""Sessions that the service itself writes down, for profiles that want their last ones kept."""
import os
import pathlib
import signal
import sqlite3
import stat
import sys
import time
import unittest
import xml.etree.ElementTree

import dbus

import harness
from harness import ANNA, BERT, ERROR, FREEDESKTOP, MANAGER, MANAGER_PATH, profile
from own_daemon import OwnDaemon

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer  # noqa: E402

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'


def open_transcript(client, session, profile_id=''):
    """A descriptor, as the service hands it out."""
    message = client.message(MANAGER_PATH, MANAGER, 'GetTranscript', profile_id, dbus.UInt64(session))
    [handed] = client.connection.send_message_with_reply_and_block(message, harness.PATIENCE).get_args_list()
    return handed.take()


def read_transcript(client, session, profile_id=''):
    with os.fdopen(open_transcript(client, session, profile_id)) as file:
        return file.read()


class Kept(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.anna = self.client(ANNA)
        self.profile_id = self.add()

    def remove_everything(self):
        if self.server.process.poll() is None:
            self.server.call('release')
        super().remove_everything()

    def settings(self, without=(), **more):
        return {'without': without, 'Url': self.server.url, 'AllowPlainCredentials': True,
                'KeepTranscripts': dbus.UInt32(2), **more}

    def add(self, **more):
        return self.anna.add(**self.settings(**more))

    def folder(self):
        return pathlib.Path(os.environ['SYNCD_STATE']) / 'users' / str(ANNA) / 'transcripts' / self.profile_id

    def files(self):
        return sorted(path.name for path in self.folder().iterdir()) if self.folder().exists() else []

    def sync(self, **options):
        session = self.anna.start(self.profile_id, **options)
        self.assertEqual(self.anna.wait_for_end(self.profile_id, session), ('Completed', []))
        return session

    def update(self, **more):
        self.anna.manager('Update', self.profile_id, profile(**self.settings(('Id', 'Password'), **more)))

    def told(self):
        """session → whether the history says that there is a transcript"""
        return {entry['Session']: entry['HasTranscript'] for entry in self.anna.manager('GetHistory', self.profile_id, 0)}

    def test_a_session_is_kept_as_it_was_said_without_secrets_and_items(self):
        self.anna.store('Put', '', CARD.format('Mine'))
        self.server.put('card', CARD.format('Yours'))
        self.server.options(auth='basic')
        session = self.sync()
        self.assertEqual(self.told(), {session: True})
        text = read_transcript(self.anna, session)
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual((root.get('profile'), int(root.get('session')), root.get('items')), ('Work', session, 'hashed'))
        self.assertEqual(root.find('end').get('outcome'), 'completed')
        [entry] = self.anna.manager('GetHistory', self.profile_id, 0)
        self.assertEqual(len(root.findall('sent')), entry['RoundTrips'])
        for secret in ('s3cret', 'YWxpY2U6czNjcmV0', 'FN:'):
            self.assertNotIn(secret, text)
        self.assertEqual(read_transcript(self.anna, session, self.profile_id), text)

    def test_the_descriptor_is_for_reading_and_the_file_for_the_service_alone(self):
        session = self.sync()
        file = self.folder() / f'{session}.xml'
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        descriptor = open_transcript(self.anna, session)
        self.addCleanup(os.close, descriptor)
        with self.assertRaises(OSError):
            os.write(descriptor, b'x')
        with self.assertRaises(OSError):
            os.ftruncate(descriptor, 0)
        # Nor by its name among the descriptors of who has it.
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setgid(ANNA)
                os.setuid(ANNA)
                os.open(f'/proc/self/fd/{descriptor}', os.O_WRONLY)
            except PermissionError:
                os._exit(0)
            finally:
                os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_the_last_ones_are_kept_and_fewer_when_fewer_are_wanted(self):
        first, second, third = self.sync(), self.sync(), self.sync()
        self.assertEqual(self.told(), {third: True, second: True, first: False})
        self.assertError(ERROR + 'NotFound', open_transcript, self.anna, first, self.profile_id)
        descriptor = open_transcript(self.anna, second)
        self.update(KeepTranscripts=dbus.UInt32(1))
        self.assertEqual(self.files(), [f'{third}.xml'])
        self.assertEqual(os.pread(descriptor, 100, 0), b'')  # it takes no room of the disk either
        os.close(descriptor)
        self.update(KeepTranscripts=dbus.UInt32(0))
        self.assertEqual((self.files(), self.told()[third]), ([], False))
        self.sync()
        self.assertEqual(self.files(), [])

    def test_they_go_with_their_profile(self):
        session = self.sync()
        self.anna.manager('Remove', self.profile_id)
        self.assertFalse(self.folder().exists())
        self.assertError(ERROR + 'NotFound', open_transcript, self.anna, session)

    def test_nobody_reads_those_of_another_but_root(self):
        session = self.sync()
        bert, root = self.client(BERT), self.client(0)
        for client in (bert, self.anna):
            self.assertError(ERROR + 'NotFound', open_transcript, client, session + 1000, self.profile_id)
        self.assertError(ERROR + 'NotFound', open_transcript, bert, session, self.profile_id)
        self.assertError(ERROR + 'NotFound', open_transcript, bert, session)
        harness.set_allowed('sync', 'manage', 'manage-all')
        try:
            self.assertError(FREEDESKTOP + 'AccessDenied', open_transcript, bert, session, self.profile_id)
        finally:
            harness.set_allowed('sync', 'manage')
        self.assertIn('outcome="completed"', read_transcript(root, session, self.profile_id))

    def test_a_session_that_its_caller_writes_down_is_not_kept_twice(self):
        reading, writing = os.pipe()
        session = self.sync(Transcript=dbus.types.UnixFd(writing), TranscriptItems=True)
        os.close(writing)
        with os.fdopen(reading) as text:
            self.assertIn('outcome="completed"', text.read())
        self.assertEqual((self.files(), self.told()), ([], {session: False}))

    def test_what_was_said_until_its_worker_was_killed_is_kept(self):
        self.server.call('hold', message=2)
        session = self.anna.start(self.profile_id)
        self.server.call('await-held')
        self.assertEqual(read_transcript(self.anna, session).count('\n<sent '), 2)  # it can be looked at already
        pid = int(os.environ['SYNCD_PID'])
        os.kill(int(pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()), signal.SIGKILL)
        self.assertEqual(self.anna.wait_for_end(self.profile_id, session)[0], 'Failed')
        text = read_transcript(self.anna, session)
        self.assertEqual((text.count('\n<sent '), text.count('\n<received ')), (2, 1))
        self.assertTrue(self.told()[session])

    def test_a_session_that_never_begins_leaves_none(self):
        other = self.add()
        self.server.call('hold')
        self.anna.start(other)  # one session of a user at a time
        self.server.call('await-held')
        session = self.anna.start(self.profile_id)
        self.anna.manager('StopSync', self.profile_id)
        self.assertEqual(self.anna.wait_for_end(self.profile_id, session)[0], 'Stopped')
        self.assertEqual(self.files(), [])


class OfOneUser(unittest.TestCase):
    """`syncd --user`, and its next starts."""

    def setUp(self):
        self.daemon = OwnDaemon()
        self.addCleanup(self.daemon.close)
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.daemon.start()

    def folder(self, profile_id):
        return self.daemon.state / 'users' / str(os.geteuid()) / 'transcripts' / profile_id

    def test_a_session_that_the_schedule_starts_is_kept(self):
        client = self.daemon.client()
        # Each has its own chance in the first minute; the first of five has not long to wait.
        for _ in range(5):
            client.add(Url=self.server.url, Mode='PERIODIC', Interval='1_WEEK', KeepTranscripts=dbus.UInt32(1))
        self.assertEqual(self.daemon.stop(), 0)
        with sqlite3.connect(self.daemon.state / 'profiles.db') as database:
            database.execute('UPDATE profile SET next_due = ?', [time.time_ns() // 1000 - 10**9])
        database.close()
        self.daemon.start()
        client = self.daemon.client()
        client.manager('GetProfileCount')
        client.wait(lambda: client.signals('Completed'))
        [(profile_id, session), *_] = [arguments for _, arguments in client.signals('Completed')]
        [told] = client.manager('GetHistory', profile_id, 0)
        self.assertEqual((told['Trigger'], told['HasTranscript']), ('timer', True))
        self.assertIn('outcome="completed"', read_transcript(client, session))

    def test_a_start_removes_what_a_crash_left(self):
        client = self.daemon.client()
        kept, gone = (client.add(Url=self.server.url, KeepTranscripts=dbus.UInt32(1)) for _ in range(2))
        for profile_id in (kept, gone):
            session = client.start(profile_id)
            self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))
        self.daemon.kill()
        with sqlite3.connect(self.daemon.state / 'profiles.db') as database:
            database.execute('PRAGMA foreign_keys = ON')
            database.execute('DELETE FROM profile WHERE id = ?', [gone])
        database.close()
        (self.folder(kept) / '999.xml').write_text('newer')
        self.daemon.start()
        client = self.daemon.client()
        self.assertEqual(list(client.manager('GetAll')), [kept])
        self.assertFalse(self.folder(gone).exists())
        self.assertEqual([path.name for path in self.folder(kept).iterdir()], ['999.xml'])

    def test_one_that_cannot_be_made_is_no_reason_not_to_sync(self):
        client = self.daemon.client()
        profile_id = client.add(Url=self.server.url, KeepTranscripts=dbus.UInt32(1))
        session = client.start(profile_id)
        self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))
        folder = self.folder(profile_id)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        folder.write_text('in the way')
        session = client.start(profile_id)
        self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))
        self.daemon.wait_logged(f'no transcript of session {session} is kept')
        folder.unlink()


if __name__ == '__main__':
    unittest.main(verbosity=2)
