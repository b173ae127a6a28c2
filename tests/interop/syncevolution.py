"""SyncEvolution's server as an object: its stores are directories, one item a file."""
import itertools
import os
import pathlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class SyncEvolution:
    """Started once for many tests; `begin()` gives each empty stores and devices it has not met."""

    def __init__(self, *options, devices=100):
        self._state = tempfile.TemporaryDirectory(prefix='syncevolution.')
        self._devices = iter([f'device-{number}' for number in range(devices)])
        words = [word for number in range(devices) for word in ('--device', f'device-{number}')]
        self._process = subprocess.Popen([str(HERE / 'syncevolution-server'), '--until-eof', '--state', self._state.name,
                                          *words, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        word, _, self.url = self._process.stdout.readline().strip().partition(' ')
        if word != 'READY':
            raise RuntimeError('SyncEvolution did not start')
        # Changes are seen by modification time, in seconds; each write of ours gets a second of its own.
        self._times = itertools.count(1_000_000_000)

    def stop(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._state.cleanup()

    def new_device(self):
        return next(self._devices)

    def _directory(self, store):
        return pathlib.Path(self._state.name, 'data', store)

    def clear(self):
        for store in ('addressbook', 'calendar'):
            for file in self._directory(store).iterdir():
                file.unlink()

    def items(self, store):
        """name of the file → text"""
        return {file.name: file.read_text() for file in self._directory(store).iterdir()}

    def put(self, store, name, text):
        file = self._directory(store) / name
        file.write_text(text.replace('\r\n', '\n'))
        time = next(self._times)
        os.utime(file, (time, time))

    def delete(self, store, name):
        (self._directory(store) / name).unlink()

    def log(self):
        """The end of what its processes wrote."""
        return '\n'.join(f'== {file.name}\n{file.read_text(errors="replace")[-2000:]}'
                         for file in sorted(pathlib.Path(self._state.name, 'log').glob('*.log')))
