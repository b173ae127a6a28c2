#!/usr/bin/python3
"""Sessions that are written down, as callers of StartSync have it: to whom, into what, and what that costs the session."""
import base64
import hashlib
import os
import re
import signal
import socket
import sys
import tempfile
import threading
import unittest
import xml.etree.ElementTree

import dbus

import harness
from harness import ANNA, BERT, ERROR, FREEDESKTOP, profile

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'
NAMESPACE = '{SYNCML:SYNCML1.2}'


class Reader:
    """Reads a pipe to its end, in a thread."""

    def __init__(self):
        self.reading, self.writing = os.pipe()
        self.text = b''
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while piece := os.read(self.reading, 65536):
            self.text += piece
        os.close(self.reading)

    def options(self, **more):
        return {'Transcript': dbus.types.UnixFd(self.writing), **more}

    def finish(self):
        os.close(self.writing)
        self.thread.join(harness.PATIENCE)
        return self.text.decode()


class Transcripts(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.anna = self.client(ANNA)
        self.profile_id = self.anna.add(Url=self.server.url, ServerId='srv', ServerPassword='pushsecret',
                                        Encoding='WBXML', AllowPlainCredentials=True)

    def remove_everything(self):
        if self.server.process.poll() is None:
            self.server.call('release')
        super().remove_everything()

    def fill(self):
        self.mine, self.yours = CARD.format('Mine'), CARD.format('Yours')
        self.anna.store('Put', '', self.mine)
        self.server.put('card', self.yours)

    def run_session(self, client=None, **options):
        client = client or self.anna
        session = client.start(self.profile_id, **options)
        return client.wait_for_end(self.profile_id, session)

    def write_down(self, client=None, **options):
        """The transcript of a session that completes."""
        reader = Reader()
        self.assertEqual(self.run_session(client, **reader.options(**options)), ('Completed', []))
        return reader.finish()

    # ---- what stands there ----------------------------------------------------------

    def test_a_transcript_is_a_document_of_every_message(self):
        self.fill()
        text = self.write_down()
        root = xml.etree.ElementTree.fromstring(text)
        self.assertEqual(root.get('profile'), 'Work')
        [told] = self.anna.manager('GetHistory', self.profile_id, 0)
        self.assertEqual(int(root.get('session')), told['Session'])
        sent, received = root.findall('sent'), root.findall('received')
        self.assertEqual((len(sent), len(received)), (told['RoundTrips'], told['RoundTrips']))
        self.assertEqual({one.get('encoding') for one in sent + received}, {'WBXML'})
        self.assertEqual(sum(int(one.get('octets')) for one in sent), told['BytesSent'])
        self.assertEqual(sum(int(one.get('octets')) for one in received), told['BytesReceived'])
        self.assertEqual([child.tag for child in root][-1], 'end')
        self.assertEqual(root.find('end').get('outcome'), 'completed')
        self.assertIn('slow sync', root.find('note').get('text'))

    def test_items_are_sizes_and_hashes_unless_asked_for(self):
        self.fill()
        text = self.write_down()
        self.assertNotIn('FN:', text)
        self.assertIn(f'({len(self.mine)} octets, SHA-256 {hashlib.sha256(self.mine.encode()).hexdigest()})', text)
        self.assertIn(f'({len(self.yours)} octets, SHA-256 {hashlib.sha256(self.yours.encode()).hexdigest()})', text)

        self.run_session(Type='REFRESH_FROM_CLIENT')
        text = self.write_down(Type='SLOW', TranscriptItems=True)
        data = [one.text for one in xml.etree.ElementTree.fromstring(text).iter(f'{NAMESPACE}Data') if one.text]
        self.assertIn(self.mine, data)

    def test_no_secret_stands_there(self):
        self.fill()
        self.run_session()  # now both sides have nonces
        [session] = self.server.sessions()
        for auth in ('md5', 'basic'):
            self.server.options(auth=auth)
            text = self.write_down(TranscriptItems=True)
            self.assertIn('<Cred>', text)
            self.assertIn('(masked)', text)
            digests = {base64.b64encode(hashlib.md5(part).digest()).decode() for part in
                       (b'alice:s3cret', b'srv:pushsecret')}
            for secret in ['s3cret', 'pushsecret', base64.b64encode(b'alice:s3cret').decode(), session['nonce'], *digests]:
                self.assertNotIn(secret, text)
            # Whatever is given as a nonce or as credentials is the mask.
            self.assertEqual(set(re.findall(r'<NextNonce[^>]*>([^<]*)<', text)) - {'(masked)'}, set())
            self.assertEqual(set(re.findall(r'<Cred>.*?<Data>([^<]*)</Data>', text, re.S)), {'(masked)'})

    def test_a_session_that_is_written_down_is_the_same(self):
        results = []
        for options in ({}, {'Transcript': None}):
            self.fill()
            if options:
                self.write_down()
            else:
                self.run_session()
            [told] = self.anna.manager('GetHistory', self.profile_id, 1)
            results.append({key: told[key] for key in ('Outcome', 'Notes', 'RoundTrips', 'ErrorName')} |
                           {'Services': [{**one, 'LastSyncTime': 0} for one in told['Services']]})
            self.anna.manager('Remove', self.profile_id)
            for item, _ in self.anna.store('List'):
                self.anna.store('Delete', item)
            self.server.reset()
            self.profile_id = self.anna.add(Url=self.server.url, ServerId='srv', ServerPassword='pushsecret',
                                            Encoding='WBXML', AllowPlainCredentials=True)
        self.assertEqual(*results)

    def test_up_to_its_last_message_it_survives_the_worker(self):
        reader = Reader()
        self.server.call('hold', message=2)
        session = self.anna.start(self.profile_id, **reader.options())
        self.server.call('await-held')
        pid = int(os.environ['SYNCD_PID'])
        with open(f'/proc/{pid}/task/{pid}/children') as children:
            os.kill(int(children.read()), signal.SIGKILL)
        ended, (error, _) = self.anna.wait_for_end(self.profile_id, session)
        self.assertEqual((ended, error), ('Failed', ERROR + 'Interrupted'))
        text = reader.finish()
        self.assertEqual((text.count('\n<sent '), text.count('\n<received ')), (2, 1))
        self.assertTrue(text.endswith('</SyncML>\n</sent>\n'), text[-200:])

    # ---- a reader that does not read --------------------------------------------------

    def note(self):
        [told] = self.anna.manager('GetHistory', self.profile_id, 1)
        self.assertEqual(told['Outcome'], 'COMPLETED')
        return told['Notes'][-1]

    def test_a_reader_that_goes_costs_the_session_nothing(self):
        self.fill()
        reading, writing = os.pipe()
        self.server.call('hold')
        session = self.anna.start(self.profile_id, Transcript=dbus.types.UnixFd(writing))
        self.server.call('await-held')
        os.close(reading)
        os.close(writing)
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(self.profile_id, session), ('Completed', []))
        self.assertIn('The transcript of this session ends before it does', self.note())

    def test_a_reader_that_sleeps_costs_the_session_some_seconds(self):
        for number in range(300):
            self.anna.store('Put', '', CARD.format(f'A{number}'))  # more than a pipe holds
        reading, writing = os.pipe()
        self.assertEqual(self.run_session(Transcript=dbus.types.UnixFd(writing), TranscriptItems=True),
                         ('Completed', []))
        self.assertIn('The transcript of this session ends before it does', self.note())
        self.assertEqual(len(self.server.items('card')), 300)
        os.close(reading)
        os.close(writing)

    # ---- who and what ------------------------------------------------------------------

    def test_only_a_pipe_is_taken_and_only_its_writing_end(self):
        reading, writing = os.pipe()
        one, other = socket.socketpair()
        with tempfile.TemporaryFile() as file, open('/dev/null', 'wb') as null, open('/proc/self/comm', 'wb') as comm, \
                one, other:
            for fd in (reading, file.fileno(), null.fileno(), comm.fileno(), one.fileno()):
                said = self.assertError(ERROR + 'InvalidValue', self.anna.start, self.profile_id,
                                        Transcript=dbus.types.UnixFd(fd))
                self.assertIn('writing end of a pipe', said)
        os.close(reading)
        os.close(writing)
        self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.start, self.profile_id, Transcript='/etc/passwd')
        self.assertError(ERROR + 'InvalidValue', self.anna.start, self.profile_id, TranscriptItems=True)
        self.assertEqual(self.anna.manager('GetHistory', self.profile_id, 0), [])

    def test_nobody_has_another_users_session_written_down_but_root(self):
        bert, root = self.client(BERT), self.client(0)
        reader = Reader()
        self.assertError(ERROR + 'NotFound', bert.start, self.profile_id, **reader.options())
        self.assertEqual(reader.finish(), '')
        # Whom polkit lets name the profiles of others may start this one, and not look into it.
        harness.set_allowed('sync', 'manage', 'manage-all')
        try:
            reader = Reader()
            self.assertError(FREEDESKTOP + 'AccessDenied', bert.start, self.profile_id, **reader.options())
            self.assertEqual(reader.finish(), '')
            self.assertIn('outcome="completed"', self.write_down(root))
        finally:
            harness.set_allowed('sync', 'manage')

    def test_a_session_that_runs_already_is_not_joined(self):
        self.server.call('hold')
        session = self.anna.start(self.profile_id)
        self.server.call('await-held')
        reader = Reader()
        said = self.assertError(FREEDESKTOP + 'Failed', self.anna.start, self.profile_id, **reader.options())
        self.assertIn('syncing already', said)
        self.assertEqual(reader.finish(), '')
        self.server.call('release')
        self.assertEqual(self.anna.wait_for_end(self.profile_id, session), ('Completed', []))

    def test_a_session_that_never_begins_leaves_an_empty_one(self):
        other = self.anna.add(Url=self.server.url)
        self.server.call('hold')
        self.anna.start(other)  # one session of a user at a time
        self.server.call('await-held')
        reader = Reader()
        self.anna.start(self.profile_id, **reader.options())
        self.anna.manager('StopSync', self.profile_id)
        self.assertEqual(reader.finish(), '')


if __name__ == '__main__':
    unittest.main(verbosity=2)
