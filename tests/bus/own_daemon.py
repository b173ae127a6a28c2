"""A syncd that a test starts, stops and starts again: in the user scope, on a session bus of its own."""
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import harness

BUILD = pathlib.Path(os.environ['SYNCD_BUILD'])


class OwnDaemon:
    """Its state outlives its processes. `environment`, `config`: read at each start. `uid`: whose it and its bus are."""

    def __init__(self, uid=None):
        self._as = {} if uid is None else {'user': uid, 'group': uid, 'extra_groups': []}
        self._programs = [BUILD / 'daemon/app/syncd', BUILD / 'daemon/runner/syncd-session']
        self._uid = os.geteuid() if uid is None else uid
        self._directory = tempfile.TemporaryDirectory(prefix='syncd-test.')
        self.home = pathlib.Path(self._directory.name)
        self.state = self.home / 'state'
        self._log = []
        self._logged = threading.Condition()
        self._readers = []
        self.environment = {}
        self.config = ''
        self.told = []  # what systemd would have heard since the last start
        self.process = None
        self._clients = []
        self._notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._notify.bind(str(self.home / 'notify'))
        if uid is not None:  # the build directory may be one that nobody else can enter
            self._programs = [shutil.copy(program, self.home) for program in self._programs]
        os.chown(self.home, self._uid, -1)
        os.chown(self.home / 'notify', self._uid, -1)
        self.bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1',
                                      f'--address=unix:path={self.home}/bus'], stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, text=True, **self._as)
        self.address = self.bus.stdout.readline().strip()

    def close(self):
        for client in self._clients:
            client.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for reader in self._readers:
            reader.join(harness.PATIENCE)
        self.bus.kill()
        self.bus.communicate()
        self._notify.close()
        self._directory.cleanup()

    def start(self, *options):
        """Until it is ready."""
        (self.home / 'config').write_text('[syncd]\n' + self.config)
        (self.home / 'config').chmod(0o644)
        environment = {key: value for key, value in os.environ.items() if not key.startswith('DBUS_')}
        environment.update(DBUS_SESSION_BUS_ADDRESS=self.address, NOTIFY_SOCKET=f'{self.home}/notify',
                           **self.environment)
        self.told = []
        self.process = subprocess.Popen(
            [self._programs[0], '--user', '--state-directory', self.state, '--config', self.home / 'config',
             '--worker', self._programs[1], *options],
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment,
            **self._as)
        reader = threading.Thread(target=self._read_log, args=[self.process.stderr])
        reader.start()
        self._readers.append(reader)
        self.wait_told('READY=1')

    def wait_told(self, word, times=1):
        """Until it has told systemd `word` so often since its start."""
        death = os.pidfd_open(self.process.pid)
        try:
            while sum(word in entry.split() for entry in self.told) < times:
                readable, _, _ = select.select([self._notify, death], [], [], harness.PATIENCE)
                if self._notify not in readable:
                    raise AssertionError(f'{word} was not told but {self.told}; log:\n' + self.log())
                self.told.append(self._notify.recv(4096).decode())
        finally:
            os.close(death)

    def _read_log(self, stream):
        # Workers write to it as well, so it may outlive the daemon.
        with stream:
            for line in stream:
                with self._logged:
                    self._log.append(line)
                    self._logged.notify_all()

    def log(self):
        """What was logged since the first start."""
        with self._logged:
            return ''.join(self._log)

    def wait_logged(self, words):
        with self._logged:
            if not self._logged.wait_for(lambda: any(words in line for line in self._log), harness.PATIENCE):
                raise AssertionError(f'{words!r} was not logged but:\n' + ''.join(self._log))

    def wait(self):
        """The exit status; negative: the signal that it died of."""
        status = self.process.wait(harness.PATIENCE)
        self.process = None
        return status

    def stop(self):
        self.process.terminate()
        return self.wait()

    def kill(self):
        self.process.kill()
        return self.wait()

    def client(self):
        client = harness.Client(self._uid, self.address)
        self._clients.append(client)
        return client

    def worker(self):
        """Its only worker."""
        [worker] = children(self.process.pid)
        return Worker(worker)


class Worker:
    """A process that cannot be taken for another that has its number later."""

    def __init__(self, pid):
        self.pid = pid
        self._descriptor = os.pidfd_open(pid)

    def signal(self, number):
        signal.pidfd_send_signal(self._descriptor, number)

    def is_gone(self):
        return bool(select.select([self._descriptor], [], [], 0)[0])

    def wait(self):
        if not select.select([self._descriptor], [], [], harness.PATIENCE)[0]:
            raise AssertionError(f'process {self.pid} lives on')

    def close(self):
        os.close(self._descriptor)


def children(parent):
    found = []
    for process in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            # pid (name) state parent; a name may hold anything but is the last thing in parentheses
            fields = (process / 'stat').read_text().rpartition(')')[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[1]) == parent and fields[0] != 'Z':
            found.append(int(process.name))
    return found
