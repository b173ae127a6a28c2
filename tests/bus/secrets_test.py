#!/usr/bin/python3
"""A password is nowhere but in the sealed box."""
import os
import pathlib
import re
import stat
import unittest
import uuid

import harness
from harness import ANNA, ERROR, profile, services

PROCESS = pathlib.Path('/proc') / os.environ['SYNCD_PID']


def memory():
    """All that the daemon could write to, piece by piece."""
    with open(PROCESS / 'maps') as maps, open(PROCESS / 'mem', 'rb', 0) as mem:
        for line in maps:
            begin, end, rights = re.match(r'(\w+)-(\w+) (\S+)', line).groups()
            position, end = int(begin, 16), int(end, 16)
            # What is larger is the shadow of a sanitizer, which holds no data.
            if rights.startswith('rw') and end - position < 1 << 32:
                while position < end:
                    try:
                        mem.seek(position)
                        piece = mem.read(min(end - position, 1 << 20))
                    except OSError:  # a page that was never made
                        break
                    yield piece
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

        for piece in memory():
            self.assertNowhere(piece, 'memory')
        for file in pathlib.Path(os.environ['SYNCD_STATE']).rglob('*'):
            if file.is_file():
                self.assertNowhere(file.read_bytes(), file)
        self.assertNowhere(pathlib.Path(os.environ['SYNCD_LOG']).read_bytes(), 'log')
        for name in ['cmdline', 'environ']:
            self.assertNowhere((PROCESS / name).read_bytes(), name)

    def test_the_search_would_find_a_secret(self):
        """What is no secret is found by the same means."""
        name = 'N' + uuid.uuid4().hex
        self.anna.add(ProfileName=name)
        self.assertTrue(any(name.encode() in piece for piece in memory()))
        self.assertIn(name, pathlib.Path(os.environ['SYNCD_LOG']).read_text())

    def test_no_core_file_can_be_made(self):
        limits = (PROCESS / 'limits').read_text()
        self.assertRegex(limits, r'Max core file size +0 +0 ')

    def test_the_state_belongs_to_the_daemon_alone(self):
        self.anna.add()
        self.anna.store('GetCount')
        state = pathlib.Path(os.environ['SYNCD_STATE'])
        for file in [state, *state.rglob('*')]:
            with self.subTest(file):
                self.assertEqual(file.lstat().st_mode & 0o077, 0)
                self.assertFalse(stat.S_ISLNK(file.lstat().st_mode))
        self.assertEqual((state / 'syncd.key').stat().st_mode & 0o777, 0o600)


if __name__ == '__main__':
    unittest.main(verbosity=2)
