"""A device: syncd on a private bus of its own, as an application drives it over D-Bus."""
import json
import os
import pathlib
import signal
import subprocess
import tempfile

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 240  # of a test that waits for an event: instrumented binaries on a busy machine
CONTACT, EVENT, TASK, NOTE = SERVICES = 'CONTACT', 'EVENT', 'TASK', 'NOTE'

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)


class Outcome:
    """How a session ended: `signal` is Completed, Stopped or Failed."""

    def __init__(self, ending, error_name='', message=''):
        self.signal, self.error_name, self.message = ending, error_name, message

    @property
    def error(self):
        """The last part of the error's name, e.g. `HttpStatus`."""
        return self.error_name.rpartition('.')[2]

    def __repr__(self):
        return f'{self.signal} {self.error_name} {self.message}'.rstrip()


class Syncd:
    """The bus and the daemon; `configuration` are lines of syncd.conf, e.g. {'ReplyTimeout': 2}. `worker`: the program that runs
    a session, if not the usual one. `user`: it serves one, on a session bus."""

    def __init__(self, configuration=None, state=None, worker=None, user=False):
        command = [str(ROOT / 'scripts/with-syncd')]
        self._config = None
        if user:
            command += ['--user']
        if state is not None:
            command += ['--state', str(state)]
        if worker is not None:
            command += ['--worker', str(worker)]
        if configuration:
            self._config = tempfile.NamedTemporaryFile('w', suffix='.conf')
            self._config.write('[syncd]\n' + ''.join(f'{key}={value}\n' for key, value in configuration.items()))
            self._config.flush()
            command += ['--config', self._config.name]
        report = ('import json, os, sys; print(json.dumps({k: v for k, v in os.environ.items() if "SYNC" in k or '
                  '"DBUS" in k or "XDG" in k}), flush=True); sys.stdin.read()')
        self._log = tempfile.TemporaryFile('w+')
        self._process = subprocess.Popen(command + ['--', '/usr/bin/python3', '-c', report], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=self._log, text=True)
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._log.seek(0)
            raise RuntimeError('with-syncd ended:\n' + self._log.read())
        environment = json.loads(line)
        self.address = environment['DBUS_SESSION_BUS_ADDRESS' if user else 'DBUS_SYSTEM_BUS_ADDRESS']
        self.data_home = pathlib.Path(environment.get('XDG_DATA_HOME', ''))
        self.pid = int(environment['SYNCD_PID'])
        self.state = pathlib.Path(environment['SYNCD_STATE'])
        self._log_file = environment['SYNCD_LOG']

    def log(self):
        with open(self._log_file, errors='replace') as log:
            return log.read()

    def workers(self):
        """The processes of running sessions."""
        children = pathlib.Path(f'/proc/{self.pid}/task/{self.pid}/children').read_text().split()
        return [int(pid) for pid in children]

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def stop(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._log.close()
        if self._config:
            self._config.close()


class Device:
    """An application on the bus of `syncd`, as the user who runs the tests."""

    def __init__(self, syncd):
        self.syncd = syncd
        self._bus = dbus.bus.BusConnection(syncd.address)
        root = self._bus.get_object('org.syncd1', '/org/syncd1', introspect=False)
        self.manager = dbus.Interface(root, 'org.syncd1.Manager')
        self._stores = {service: dbus.Interface(self._bus.get_object('org.syncd1', '/org/syncd1/store/' + service.lower(),
                                                                     introspect=False), 'org.syncd1.Store')
                        for service in SERVICES}
        self._endings = {}
        self.progress = []
        for ending in ('Completed', 'Stopped', 'Failed'):
            self._bus.add_signal_receiver(self._on_end, ending, 'org.syncd1.Manager', member_keyword='ending')
        self._bus.add_signal_receiver(lambda *step: self.progress.append(step), 'Progress', 'org.syncd1.Manager')

    def close(self):
        self._bus.close()

    # ---- profiles --------------------------------------------------------------------

    def add_profile(self, url, user='alice', password='s3cret', services=((CONTACT, 'card'),), **more):
        profile = {
            'ProfileName': 'Peer', 'Url': url, 'Id': user, 'Password': password, 'Mode': 'MANUAL',
            'Services': self.services(services),
        }
        profile.update(more)
        return str(self.manager.Add(dbus.Dictionary(profile, signature='sv')))

    @staticmethod
    def services(pairs):
        """The value of a profile's Services: types and database URIs."""
        return dbus.Array([dbus.Dictionary({'ServiceType': service, 'ServerDatabaseUri': uri}, signature='sv')
                           for service, uri in pairs], signature='a{sv}')

    def update_profile(self, profile, **changes):
        """A value of None takes the key away."""
        whole = self.manager.Get(profile)
        for key in ('HasCredentials', 'HasHttpCredentials', 'HasClientCertificate', 'HasServerPassword', *changes):
            whole.pop(key, None)
        whole.update((key, value) for key, value in changes.items() if value is not None)
        self.manager.Update(profile, whole)

    def device_id(self, profile):
        return str(self.manager.Get(profile)['DeviceId'])

    def attention(self, profile):
        """What somebody has to do before it syncs by itself again."""
        properties = dbus.Interface(self._bus.get_object('org.syncd1', '/org/syncd1/profile/' + profile, introspect=False),
                                    'org.freedesktop.DBus.Properties')
        return str(properties.Get('org.syncd1.Profile', 'Attention'))

    def forget_everything(self):
        """No profile and no item."""
        for profile in self.manager.GetAll():
            self.manager.Remove(profile)
        for service in SERVICES:
            for key in self.items(service):
                self.delete(key, service)

    # ---- sessions ----------------------------------------------------------------------

    def _on_end(self, _profile, session, error_name='', message='', ending=None):
        self._endings[int(session)] = Outcome(ending, str(error_name), str(message))

    def start(self, profile, kind=None):
        options = {'Type': kind} if kind else {}
        return int(self.manager.StartSync(profile, dbus.Dictionary(options, signature='sv')))

    def has_ended(self, session):
        return session in self._endings

    def await_end(self, session):
        late = []
        timer = GLib.timeout_add_seconds(PATIENCE_SECONDS, lambda: late.append(True))
        while session not in self._endings and not late:
            GLib.MainContext.default().iteration(True)
        if late:
            raise TimeoutError(f'session {session} did not end; the log:\n{self.syncd.log()}')
        GLib.source_remove(timer)
        return self._endings[session]

    def sync(self, profile, kind=None):
        return self.await_end(self.start(profile, kind))

    def counts(self, profile, service=CONTACT):
        """((added, updated, removed) by the client on the server, the same by the server here)"""
        for record in self.manager.GetStatistics(profile):
            if record['ServiceType'] == service:
                return tuple(tuple(int(record[way + what]) for what in ('Added', 'Updated', 'Removed'))
                             for way in ('ClientToServer', 'ServerToClient'))
        raise KeyError(service)

    def status(self, profile, service=CONTACT):
        return {str(record['ServiceType']): str(record['SyncStatus'])
                for record in self.manager.GetStatistics(profile)}[service]

    def ran(self, profile, service=CONTACT):
        """The type that the last session really ran."""
        for record in self.history(profile, 1)[0]['Services']:
            if record['ServiceType'] == service:
                return str(record['Type'])
        raise KeyError(service)

    def history(self, profile, limit=0):
        return self.manager.GetHistory(profile, dbus.UInt32(limit))

    # ---- the user's items ------------------------------------------------------------------

    def items(self, service=CONTACT):
        """id → text"""
        return {str(key): self.text(str(key), service) for key, _ in self._stores[service].List()}

    def text(self, key, service=CONTACT):
        """Of one item, however large it is."""
        try:
            return str(self._stores[service].Get(key))
        except dbus.DBusException as error:
            if error.get_dbus_name() != 'org.freedesktop.DBus.Error.LimitsExceeded':
                raise
        with tempfile.TemporaryFile() as stream:
            self._stores[service].Export(dbus.types.UnixFd(stream.fileno()), dbus.Dictionary({'Id': key}, signature='sv'))
            stream.seek(0)
            return stream.read().decode()

    def store(self, service=CONTACT):
        return self._stores[service]

    def count(self, service=CONTACT):
        return int(self._stores[service].GetCount())

    def put(self, data, key='', service=CONTACT):
        return str(self._stores[service].Put(key, data))

    def delete(self, key, service=CONTACT):
        self._stores[service].Delete(key)

    def import_all(self, texts, service=CONTACT, **options):
        with tempfile.TemporaryFile() as stream:
            stream.write(''.join(texts).encode())
            stream.seek(0)
            return int(self._stores[service].Import(dbus.types.UnixFd(stream.fileno()),
                                                    dbus.Dictionary(options, signature='sv')))


def start_devices(case, count, configuration=None):
    """So many devices for all tests of a class, which ends them."""
    devices = []
    for _ in range(count):
        syncd = Syncd(configuration)
        case.addClassCleanup(syncd.stop)
        devices.append(Device(syncd))
        case.addClassCleanup(devices[-1].close)
    return devices
