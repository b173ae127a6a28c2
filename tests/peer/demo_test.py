#!/usr/bin/python3
"""scripts/demo ends well, by itself and with somebody's own server, where it leaves nothing behind."""
import os
import pathlib
import pty
import secrets
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tests/server'))
from reference_server import ReferenceServer

DEMO = str(ROOT / 'scripts/demo')
CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Nobody Else\r\nN:Else;Nobody;;;\r\nEND:VCARD\r\n'


class Demo(unittest.TestCase):
    def test_it_needs_nothing_and_shows_everything(self):
        result = subprocess.run([DEMO, '--no-build'], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ''), result.stdout)
        for line in ('Imported 25 contacts.', 'Imported 15 events.', 'FN:New Example', '25 contacts on both',
                     '15 events on both'):
            self.assertIn(line, result.stdout)

    def on_terminal(self, password, *arguments):
        """(exit status, output) of the demo on a terminal on which `password` is typed when it is asked for."""
        process, terminal = pty.fork()
        if process == 0:
            os.execv(DEMO, [DEMO, '--no-build', *arguments])
        output, is_typed = b'', False
        while True:
            try:
                output += os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
            if not is_typed and b'Password of ' in output:
                os.write(terminal, password.encode() + b'\n')
                is_typed = True
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), output.decode()

    def test_at_ones_own_server_it_does_the_same_and_leaves_what_was_there(self):
        password = secrets.token_hex(8)
        with ReferenceServer('--user', f'alice:{password}') as server:
            kept = server.put('card', CARD)

            status, output = self.on_terminal(password, '--server', server.url, '--user', 'alice')

            self.assertEqual(status, 0, output)
            self.assertIn('26 contacts on both', output)
            self.assertIn('15 events on both', output)
            self.assertNotIn(password, output)
            self.assertEqual(list(server.items('card')), [kept])
            self.assertEqual(server.items('cal'), {})
            self.assertEqual(server.violations(), [])

    def test_without_a_terminal_no_password_is_taken(self):
        result = subprocess.run([DEMO, '--no-build', '--server', 'http://127.0.0.1:1/', '--user', 'alice'],
                                input='secret\n', capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn('the password is asked on a terminal', result.stderr)

    def test_wrong_arguments_are_named(self):
        for arguments, said in ((['--nonsense'], 'unknown argument --nonsense'), (['--server'], '--server needs a value'),
                                (['--server', 'http://127.0.0.1:1/'], '--server needs --user')):
            result = subprocess.run([DEMO, '--no-build', *arguments], capture_output=True, text=True)
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(said, result.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=2)
