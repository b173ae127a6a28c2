#!/usr/bin/python3
"""A password is nowhere but in the sealed box and, while a session needs it, in memory that is wiped after use.

The daemon logs all that it can say (debug.conf).
"""
import base64
import os
import pathlib
import re
import stat
import sys
import unittest
import uuid

import harness
from harness import ANNA, ERROR, profile, services
from own_daemon import OwnDaemon, Worker, children

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

DAEMON = int(os.environ['SYNCD_PID'])


def mappings(pid):
    """All that a process could write to: begin, end, flags (proc(5), VmFlags)."""
    with open(f'/proc/{pid}/smaps') as smaps:
        for line in smaps:
            found = re.match(r'(\w+)-(\w+) (\S+)', line)
            if found:
                begin, end, rights = int(found[1], 16), int(found[2], 16), found[3]
            # What is larger is the shadow of a sanitizer, which holds no data.
            elif line.startswith('VmFlags:') and end - begin < 1 << 32 and (rights.startswith('rw') or 'dd' in line):
                yield begin, end, set(line.split()[1:])


def memory(pid=DAEMON):
    """Its memory, piece by piece, each with its mapping's flags."""
    with open(f'/proc/{pid}/mem', 'rb', 0) as mem:
        for position, end, flags in list(mappings(pid)):
            while position < end:
                try:
                    mem.seek(position)
                    piece = mem.read(min(end - position, 1 << 20))
                except OSError:  # a page that was never made
                    break
                yield piece, flags
                position += len(piece)


class Secrets(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna = self.client(ANNA)
        self.secrets = []

    def secret(self):
        self.secrets.append('S' + uuid.uuid4().hex)
        return self.secrets[-1]

    def assertNowhere(self, text, where):
        for secret in self.secrets:
            self.assertNotIn(secret.encode(), text, where)

    def assertNotInMemory(self, pid=DAEMON):
        for piece, _ in memory(pid):
            self.assertNowhere(piece, f'memory of {pid}')

    def assertNotOnRecord(self, *pids):
        """Not in a file, the log of the daemon and its workers, a command line or an environment."""
        for file in pathlib.Path(os.environ['SYNCD_STATE']).rglob('*'):
            if file.is_file():
                self.assertNowhere(file.read_bytes(), file)
        self.assertNowhere(pathlib.Path(os.environ['SYNCD_LOG']).read_bytes(), 'log')
        for pid in pids or [DAEMON]:
            for name in ['cmdline', 'environ']:
                self.assertNowhere(pathlib.Path(f'/proc/{pid}/{name}').read_bytes(), name)

    def test_passwords_are_wiped_and_sealed(self):
        profile_id = self.anna.add(Password=self.secret(),
                                   Services=services('CONTACT card', Id='bob', Password=self.secret()))
        self.anna.manager('Update', profile_id, profile(Password=self.secret()))
        # Refused ones as well: for a wrong key, a wrong value, a wrong type behind them, an id that is not there.
        self.assertError(ERROR + 'InvalidValue', self.anna.add, Pasword=self.secret(), Password=self.secret())
        self.assertError(ERROR + 'InvalidValue', self.anna.add, Url='nonsense', Password=self.secret())
        self.assertError(harness.FREEDESKTOP + 'InvalidArgs', self.anna.add, Password=self.secret(), ZZZ='',
                         Url=harness.dbus.Int32(1))
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Update', 'missing', profile(Password=self.secret()))
        self.assertError(harness.FREEDESKTOP + 'InvalidArgs', self.anna.call, harness.MANAGER_PATH, harness.MANAGER,
                         'Add', self.secret(), signature='s')
        self.anna.settle()
        self.assertNotInMemory()
        self.assertNotOnRecord()

    def test_a_session_keeps_the_password_in_its_own_memory_and_leaves_no_trace(self):
        for scheme in ['md5', 'basic']:
            with self.subTest(scheme):
                self.sync_and_search(scheme)

    def sync_and_search(self, scheme):
        password, gate = self.secret(), self.secret()
        server = ReferenceServer('--auth', scheme, '--user', f'alice:{password}', '--guard', f'cal=guard:{gate}')
        self.addCleanup(server.stop)
        self.addCleanup(server.call, 'release')
        listed = services('CONTACT card', 'EVENT cal')
        listed[1].update({'Id': 'guard', 'Password': gate})
        profile_id = self.anna.add(Url=server.url, Password=password, AllowPlainCredentials=True, Services=listed)
        # As they travel when they are not digested.
        encoded = [base64.b64encode(f'{user}:{secret}'.encode()).decode()
                   for user, secret in [('alice', password), ('guard', gate)]]
        self.secrets += encoded

        # While the first message is under way, the plan has been unsealed, sent, and read.
        server.call('hold', message=1)
        session = self.anna.start(profile_id)
        server.call('await-held')
        [pid] = children(DAEMON)
        worker = Worker(pid)
        self.addCleanup(worker.close)
        self.assertNotInMemory()
        self.assertNotOnRecord(DAEMON, pid)
        found = set()
        for piece, flags in memory(pid):
            for secret in (password, gate):
                if secret.encode() in piece:
                    found.add(secret)
                    self.assertIn('dd', flags, 'the memory of secrets stays out of core files')
        self.assertEqual(found, {password, gate})  # where they have to be, and this search finds it

        server.call('release')
        self.assertEqual(self.anna.wait_for_end(profile_id, session), ('Completed', []))
        worker.wait()
        self.assertEqual(server.last_session()['user'], 'alice')
        self.anna.settle()
        self.assertNotInMemory()
        self.assertNotOnRecord()
        told = [self.anna.manager('GetHistory', profile_id, 0), self.anna.manager('GetStatistics', profile_id),
                self.anna.heard]
        self.assertNowhere(repr(told).encode(), 'what was told')

        # Nor when the server refuses them.
        server.options(users={'alice': 'another'})
        session = self.anna.start(profile_id)
        member, (error, message) = self.anna.wait_for_end(profile_id, session)
        self.assertEqual((member, error), ('Failed', ERROR + 'Authentication'))
        self.assertNowhere(message.encode(), 'message')
        self.assertNotInMemory()
        self.assertNotOnRecord()
        self.assertIn('debug', pathlib.Path(os.environ['SYNCD_LOG']).read_text())

    def test_the_search_would_find_a_secret(self):
        """What is no secret is found by the same means."""
        name = 'N' + uuid.uuid4().hex
        self.anna.add(ProfileName=name)
        self.assertTrue(any(name.encode() in piece for piece, _ in memory()))
        self.assertIn(name, pathlib.Path(os.environ['SYNCD_LOG']).read_text())

    def test_the_state_belongs_to_the_daemon_alone(self):
        self.anna.add()
        self.anna.store('GetCount')
        state = pathlib.Path(os.environ['SYNCD_STATE'])
        for file in [state, *state.rglob('*')]:
            with self.subTest(file):
                self.assertEqual(file.lstat().st_mode & 0o077, 0)
                self.assertFalse(stat.S_ISLNK(file.lstat().st_mode))
        self.assertEqual((state / 'syncd.key').stat().st_mode & 0o777, 0o600)


class Processes(unittest.TestCase):
    def setUp(self):
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)

    def start(self, **how):
        self.daemon = OwnDaemon(**how)
        self.addCleanup(self.daemon.close)

    def test_neither_daemon_nor_worker_can_be_dumped_or_traced_by_their_own_user(self):
        """The kernel gives such a process's files in /proc to root (proc(5)), and core_pattern nothing."""
        self.start(uid=ANNA)
        self.daemon.start()
        client = self.daemon.client()
        profile_id = client.add(Url=self.server.url)
        self.server.call('hold')
        session = client.start(profile_id)
        self.server.call('await-held')
        worker = self.daemon.worker()
        self.addCleanup(worker.close)
        for pid in [self.daemon.process.pid, worker.pid]:
            self.assertEqual(pathlib.Path(f'/proc/{pid}/environ').stat().st_uid, 0)
            self.assertRegex(pathlib.Path(f'/proc/{pid}/status').read_text(), fr'\nUid:\t{ANNA}\t')
            self.assertRegex(pathlib.Path(f'/proc/{pid}/limits').read_text(), r'Max core file size +0 +0 ')
        # Another process of that user belongs to that user.
        self.assertEqual(pathlib.Path(f'/proc/{self.daemon.bus.pid}/environ').stat().st_uid, ANNA)
        self.server.call('release')
        self.assertEqual(client.wait_for_end(profile_id, session), ('Completed', []))

    def test_the_key_can_come_from_systemd(self):
        self.start()
        credentials = self.daemon.home / 'credentials'
        credentials.mkdir()
        (credentials / 'syncd.key').write_bytes(os.urandom(32))
        with_key = {'CREDENTIALS_DIRECTORY': str(credentials)}
        self.daemon.environment = with_key
        self.daemon.start()
        client = self.daemon.client()
        profile_id = client.add(Url=self.server.url)
        self.assertEqual(client.wait_for_end(profile_id, client.start(profile_id)), ('Completed', []))
        self.assertFalse((self.daemon.state / 'syncd.key').exists())

        # It was that key that sealed.
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.environment = {}
        self.daemon.start()
        client = self.daemon.client()
        with self.assertRaisesRegex(harness.dbus.DBusException, 'give Id and Password again') as raised:
            client.start(profile_id)
        self.assertEqual(raised.exception.get_dbus_name(), ERROR + 'CredentialsLost')
        self.assertTrue((self.daemon.state / 'syncd.key').exists())

        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.environment = with_key
        self.daemon.start()
        client = self.daemon.client()
        self.assertEqual(client.wait_for_end(profile_id, client.start(profile_id)), ('Completed', []))
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
