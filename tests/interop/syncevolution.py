"""SyncEvolution's server as an object: its stores are directories, one item a file."""
import itertools
import os
import pathlib
import shutil
import subprocess
import tempfile

from gi.repository import Gio, GLib

PATIENCE_SECONDS = 60  # of a test that waits for an event
HERE = pathlib.Path(__file__).resolve().parent


class Report:
    """What it says of one session."""

    def __init__(self, file):
        lines = file.read_text().splitlines() if file.exists() else []
        self._values = dict(line.split(' = ', 1) for line in lines if ' = ' in line)
        # A session that was refused for its credentials has ended well as well, to it, but none of its stores took part.
        took_part = any(key.endswith('-mode') and mode != 'disabled' for key, mode in self._values.items())
        self.ended_well = self._values.get('status') == '200' and 'end' in self._values and took_part

    def counts(self, store):
        """((added, updated, removed) by the client here, the same by it on the client)"""
        return tuple(tuple(int(self._values.get(f'source-{store}-stat-{side}-{what}-total', 0))
                           for what in ('added', 'updated', 'removed')) for side in ('local', 'remote'))


class SyncEvolution:
    """Started once for many tests; `clear()` gives each empty stores, and `new_device()` a device that it has not met."""

    def __init__(self, *options, devices=100):
        self._state = tempfile.TemporaryDirectory(prefix='syncevolution.')
        self._log = pathlib.Path(self._state.name, 'log')
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
        for file in pathlib.Path(self._state.name, 'data').glob('*/*'):
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

    def credentials(self):
        """For each first message since the start: the type of its credentials and the status that its header got."""
        log = pathlib.Path(self._state.name, 'log/credentials.log')
        return [tuple(line.split()) for line in log.read_text().splitlines()] if log.exists() else []

    # ---- to break a session -----------------------------------------------------------

    def hold(self, message, when):
        """The next session stays at this message: for ever `before` or `after` it has been processed, or, `delayed`,
        until `go_on()`."""
        fifo = self._log / 'held'
        for name in (fifo, self._log / 'go'):
            if not name.exists():
                os.mkfifo(name)
        self._held = os.fdopen(os.open(fifo, os.O_RDWR))  # also a writer: opening does not wait for one
        (self._log / 'hold').write_text(f'{message} {when}')

    def await_held(self, ended):
        """Whether it has come so far; not, when `ended` comes true before."""
        come = []
        watch = GLib.io_add_watch(self._held, GLib.PRIORITY_DEFAULT, GLib.IO_IN, lambda *_: bool(come.append(True)))
        while not come and not ended():
            GLib.MainContext.default().iteration(True)
        if not come:
            GLib.source_remove(watch)
        return bool(come)

    def go_on(self):
        (self._log / 'go').write_text('go\n')

    def release(self):
        (self._log / 'hold').unlink()
        self._held.close()

    # ---- what it says of its sessions -----------------------------------------------------

    def forget_reports(self):
        """It tells the sessions of one minute apart by a letter, and runs out of letters."""
        for report in self._reports().iterdir():
            shutil.rmtree(report)

    def report(self):
        """Of the one session that has ended well since; written when the client may be gone already."""
        late = []
        timer = GLib.timeout_add_seconds(PATIENCE_SECONDS, lambda: late.append(True) or GLib.SOURCE_CONTINUE)
        try:
            while not late:
                places = [self._reports(), *self._reports().iterdir()]
                monitors = [Gio.File.new_for_path(str(place)).monitor_directory(Gio.FileMonitorFlags.NONE)
                            for place in places]
                for report in (Report(place / 'status.ini') for place in places[1:]):
                    if report.ended_well:
                        return report
                GLib.MainContext.default().iteration(True)
                for monitor in monitors:
                    monitor.cancel()
        finally:
            GLib.source_remove(timer)
        raise TimeoutError('SyncEvolution does not report the end of a session:\n' + self.log())

    def _reports(self):
        place = pathlib.Path(self._state.name, 'log/sessions')
        place.mkdir(exist_ok=True)
        return place

    def log(self):
        """The end of what its processes wrote."""
        return '\n'.join(f'== {file.name}\n{file.read_text(errors="replace")[-2000:]}'
                         for file in sorted(pathlib.Path(self._state.name, 'log').glob('*.log')))
