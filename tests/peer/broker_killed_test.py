#!/usr/bin/python3
"""kill -9 of the broker in the middle of a call that writes: after a restart the call was carried out or it was not,
never half, and what is there works."""
import ctypes
import os
import pathlib
import struct
import tempfile
import unittest

import dbus
from gi.repository import GLib

from changes import MAKERS, STORES
from device import CONTACT, EVENT, Device, Syncd
from peer_case import ReferenceServer

IN_MODIFY, IN_CREATE, IN_DELETE, IN_CLOEXEC = 0x2, 0x100, 0x200, 0o2000000
MANY = 300
libc = ctypes.CDLL(None, use_errno=True)


class Writes:
    """Calls `on_write` for each write, creation and removal of a file below a directory."""

    def __init__(self, directory, on_write):
        self._on_write = on_write
        self._fd = libc.inotify_init1(IN_CLOEXEC)
        for place in [directory, *(path for path in pathlib.Path(directory).rglob('*') if path.is_dir())]:
            if libc.inotify_add_watch(self._fd, os.fsencode(place), IN_MODIFY | IN_CREATE | IN_DELETE) < 0:
                raise OSError(ctypes.get_errno(), 'inotify_add_watch')
        self._source = GLib.unix_fd_add_full(GLib.PRIORITY_DEFAULT, self._fd, GLib.IO_IN, self._read)

    def _read(self, *_):
        data = os.read(self._fd, 65536)
        while data:
            size = struct.unpack_from('iIII', data)[3]
            data = data[16 + size:]
            self._on_write()
        return True

    def close(self):
        """Counts what is left to be told, too."""
        os.set_blocking(self._fd, False)
        try:
            self._read()
        except BlockingIOError:
            pass
        GLib.source_remove(self._source)
        os.close(self._fd)


class BrokerKilled(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ReferenceServer('--user', 'alice:s3cret')
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.server.reset()
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        self.state = state.name
        self.begin()
        self.addCleanup(lambda: self.end())
        self.profile = self.device.add_profile(self.server.url, services=tuple(STORES.items()))
        for service, make in MAKERS.items():
            self.device.put(make('Ada'), service=service)
        self.complete(self.profile)

    def begin(self):
        self.syncd = Syncd(state=self.state)
        self.device = Device(self.syncd)

    def end(self):
        self.device.close()
        self.syncd.stop()

    def complete(self, profile):
        outcome = self.device.sync(profile)
        self.assertEqual(outcome.signal, 'Completed', outcome)

    def profiles(self):
        """Every profile as it is told, by id."""
        manager = self.device.manager
        return {str(profile): dict(manager.Get(profile)) for profile in manager.GetAll()}

    def kill_during(self, method, *arguments, writes):
        """Kills the broker once the call has written so many times. True if it was answered: the last writes, and the
        answer, may be through before we hear of a write."""
        answers, seen, killed = [], [], []

        def kill():
            if not killed:
                killed.append(True)
                self.syncd.kill()

        def on_write():
            seen.append(True)
            if len(seen) == writes:
                kill()

        watch = Writes(self.state, on_write)
        if writes == 0:  # the call may not even have arrived
            kill()
        method(*arguments, reply_handler=lambda *values: answers.append(values), error_handler=answers.append)
        while not answers:
            GLib.MainContext.default().iteration(True)
        watch.close()
        self.written = len(seen)
        answered = not isinstance(answers[0], dbus.DBusException)
        if not answered:
            name = answers[0].get_dbus_name().rpartition('.')[2]
            self.assertIn(name, ('NoReply', 'ServiceUnknown', 'NameHasNoOwner'), answers[0])
        kill()
        self.end()
        self.begin()
        return answered

    def at_every_write(self, strike):
        """`strike(writes)` kills and looks; until the call has fewer writes than that."""
        for writes in range(100):
            with self.subTest(writes=writes):
                answered = strike(writes)
                if self.written < writes:
                    self.assertTrue(answered)
                    self.assertGreater(writes, 1)  # one was struck at its first write, at least
                    return
        self.fail('the call never ends')

    def new_profile(self, name):
        return dbus.Dictionary({'ProfileName': name, 'Url': self.server.url, 'Id': 'alice', 'Password': 's3cret',
                                'Mode': 'MANUAL', 'Services': self.device.services(STORES.items())}, signature='sv')

    def test_add(self):
        def strike(writes):
            before = self.profiles()
            answered = self.kill_during(self.device.manager.Add, self.new_profile(f'Number{writes}'), writes=writes)
            after = self.profiles()
            new = after.keys() - before.keys()
            self.assertEqual({key: after[key] for key in before}, before)
            self.assertLessEqual(len(new), 1)
            self.assertGreaterEqual(len(new), answered)
            for profile in new:
                self.assertEqual(after[profile]['ProfileName'], f'Number{writes}')
                self.assertTrue(after[profile]['HasCredentials'])
                self.assertEqual([str(service['ServiceType']) for service in after[profile]['Services']], list(STORES))
                self.complete(profile)
                self.device.manager.Remove(profile)
            return answered

        self.at_every_write(strike)

    def test_update(self):
        def strike(writes):
            before = self.profiles()[self.profile]
            changed = self.device.manager.Get(self.profile)
            for told in ('HasCredentials', 'HasHttpCredentials', 'HasClientCertificate', 'HasServerPassword'):
                del changed[told]
            changed.update(ProfileName=f'Number{writes}', Services=changed['Services'][:1], Id='alice', Password='s3cret')
            answered = self.kill_during(self.device.manager.Update, self.profile, changed, writes=writes)
            after = self.profiles()[self.profile]
            done = after['ProfileName'] == f'Number{writes}'
            self.assertGreaterEqual(done, answered)
            expected = {**before, **{key: changed[key] for key in ('ProfileName', 'Services')}} if done else before
            self.assertEqual(after, expected)
            self.complete(self.profile)
            self.assertEqual(self.device.ran(self.profile), 'TWO_WAY')
            self.device.update_profile(self.profile, ProfileName='Peer', Services=before['Services'])
            return answered

        self.at_every_write(strike)

    def test_remove(self):
        def strike(writes):
            profile = self.device.add_profile(self.server.url, services=tuple(STORES.items()))
            self.complete(profile)
            before = self.profiles()
            answered = self.kill_during(self.device.manager.Remove, profile, writes=writes)
            after = self.profiles()
            gone = profile not in after
            self.assertGreaterEqual(gone, answered)
            self.assertEqual(after, {key: value for key, value in before.items() if not gone or key != profile})
            self.assertEqual(sorted(path.name for path in pathlib.Path(self.state).glob('users/*/sync/*')), sorted(after))
            if not gone:
                self.complete(profile)
                self.assertEqual(self.device.ran(profile), 'TWO_WAY')
                self.device.manager.Remove(profile)
            return answered

        self.at_every_write(strike)

    def test_import(self):
        def strike(writes):
            before = {service: self.device.count(service) for service in STORES}
            with tempfile.TemporaryFile() as stream:
                stream.write(''.join(MAKERS[EVENT](f'E{writes}n{number}') for number in range(MANY)).encode())
                stream.seek(0)
                answered = self.kill_during(self.device.store(EVENT).Import, dbus.types.UnixFd(stream.fileno()),
                                            dbus.Dictionary({}, signature='sv'), writes=writes)
            new = self.device.count(EVENT) - before[EVENT]
            self.assertIn(new, (MANY,) if answered else (0, MANY))
            self.assertEqual(self.device.count(CONTACT), before[CONTACT])
            self.complete(self.profile)
            self.assertEqual(self.device.counts(self.profile, EVENT), ((new, 0, 0), (0, 0, 0)))
            return answered

        self.at_every_write(strike)


if __name__ == '__main__':
    unittest.main()
