"""syncctl as people and scripts use it, against the real daemon (scripts/with-syncd) and the reference server."""
import fcntl
import json
import os
import pathlib
import pty
import secrets
import select
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / 'tests/server'), str(ROOT / 'tests/bus')]
from reference_server import ReferenceServer

BUILD = pathlib.Path(os.environ['SYNCD_BUILD'])
SYNCCTL = str(BUILD / 'client-lib/ctl/syncctl')
EXAMPLE = str(BUILD / 'client-lib/example/syncd-example')
USER = 'alice'
PASSWORD = f'correct horse {secrets.token_hex(8)}'  # nobody else's, so that whoever holds it had it from this program
PATIENCE = 60  # seconds; nothing waits for it to pass


def card(name, **more):
    lines = ''.join(f'{key}:{value}\r\n' for key, value in more.items())
    return f'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nN:{name};;;;\r\n{lines}END:VCARD\r\n'


def event(uid, summary):
    return ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\n'
            f'UID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260102T100000Z\r\nSUMMARY:{summary}\r\n'
            'END:VEVENT\r\nEND:VCALENDAR\r\n')


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, *arguments, columns=80, **environment):
        self.master, slave = pty.openpty()
        self.resize(columns)
        self.before = termios.tcgetattr(slave)

        def own_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [SYNCCTL, *arguments], stdin=slave, stdout=slave, stderr=slave, preexec_fn=own_terminal,
            env={**os.environ, 'TERM': 'xterm', 'LC_ALL': 'C.UTF-8', **environment})
        self.slave = slave  # kept: what was written last would be lost with it
        self.output = ''

    def resize(self, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))

    def is_echoing(self):
        return bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def _read(self, *more):
        """What it writes next; waits for that, or for one of `more`."""
        ready, _, _ = select.select([self.master, *more], [], [], PATIENCE)
        if not ready:
            raise AssertionError(f'nothing more came after {self.output!r}')
        if self.master in ready:
            self.output += os.read(self.master, 65536).decode()
        return ready

    def expect(self, text):
        while text not in self.output:
            self._read()

    def type(self, text):
        os.write(self.master, text.encode())

    def finish_keeping_settings(self):
        """As finish(); the terminal must be as it was before."""
        death = os.pidfd_open(self.process.pid)
        while death not in self._read(death):
            pass
        os.close(death)
        if termios.tcgetattr(self.slave) != self.before:
            raise AssertionError('the terminal was left in disorder')
        return self.finish()

    def finish(self):
        """The exit status, when it has ended and all was read."""
        death = os.pidfd_open(self.process.pid)
        while death not in self._read(death):
            pass
        status = self.process.wait()
        while select.select([self.master], [], [], 0)[0]:
            self._read()
        for fd in (death, self.master, self.slave):
            os.close(fd)
        return status

    def screen(self):
        """The lines that stand on the screen in the end, for output that knows only these sequences."""
        lines, row = [''], 0
        text = self.output.replace('\r\n', '\n')
        while text:
            if text.startswith('\x1b['):
                end = next(n for n, c in enumerate(text) if n > 1 and c.isalpha())
                count, command = int(text[2:end] or 1), text[end]
                if command == 'A':
                    row -= count
                elif command == 'J':
                    lines[row + 1:] = []
                    lines[row] = ''
                elif command != 'K':
                    raise AssertionError(f'unexpected sequence {text[:end + 1]!r}')
                text = text[end + 1:]
            elif text[0] == '\n':
                row += 1
                if row == len(lines):
                    lines.append('')
                text = text[1:]
            elif text[0] == '\r':
                text = text[1:]
            else:
                end = min((text.find(c) % (len(text) + 1) for c in '\r\n\x1b'))
                lines[row] = text[:end]  # whole lines are written, with the rest cleared
                text = text[end:]
        return lines


class TestCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.password_file = self.directory / 'password'
        self.password_file.write_text(PASSWORD + '\n')
        self.password_file.chmod(0o600)
        self.server = ReferenceServer('--user', f'{USER}:{PASSWORD}')
        self.addCleanup(self.server.stop)
        self.addCleanup(self.remove_everything)

    def remove_everything(self):
        if self.server.process.poll() is None:
            self.server.call('release')
        for profile in self.json('profile', 'list'):
            self.json('profile', 'remove', profile['profile_id'])
        for service in ('contact', 'event', 'task', 'note'):
            ids = [item['id'] for item in self.json('item', 'list', '--ids', '--service', service)]
            if ids:
                self.json('item', 'delete', '--service', service, *ids)

    def run_ctl(self, *arguments, status=0, **how):
        """The finished process, which must have ended with `status`."""
        result = subprocess.run([SYNCCTL, *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
                                env={**os.environ, 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'},
                                **{'stdin': subprocess.DEVNULL, **how} if 'input' not in how else how)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

    def json(self, *arguments, status=0, **how):
        return json.loads(self.run_ctl('--json', *arguments, status=status, **how).stdout)

    def text(self, *arguments, **how):
        return self.run_ctl(*arguments, **how).stdout

    def error(self, status, *arguments, **how):
        """What is said on standard error; nothing else is said."""
        result = self.run_ctl(*arguments, status=status, **how)
        self.assertEqual(result.stdout, '')
        return result.stderr

    def add(self, name='Work', *more, services=('contact=card', 'event=cal')):
        return self.json('profile', 'add', name, '--url', self.server.url, '--user', USER, '--password-file',
                         self.password_file, *(word for service in services for word in ('--service', service)),
                         *more)['profile_id']
