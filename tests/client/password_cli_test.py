#!/usr/bin/python3
"""Where passwords go, and where they never do."""
import os
import pathlib
import signal
import subprocess
import unittest

import ctl
from ctl import PASSWORD, SYNCCTL, USER, card


def command_lines():
    """The arguments and environments of all processes."""
    texts = {}
    for process in pathlib.Path('/proc').glob('[0-9]*'):
        for name in ('cmdline', 'environ'):
            try:
                texts[process / name] = (process / name).read_bytes()
            except OSError:  # it has ended, or is not ours to read
                pass
    return texts


class Passwords(ctl.TestCase):
    def add_on_terminal(self, *more):
        terminal = ctl.Terminal('profile', 'add', 'Work', '--url', self.server.url, '--user', USER, '--service',
                                'contact=card', *more)
        terminal.expect(f'Password of {USER} at {self.server.url}: ')
        return terminal

    def test_the_password_is_asked_for_without_showing_it(self):
        terminal = self.add_on_terminal()
        self.assertFalse(terminal.is_echoing())
        terminal.type(PASSWORD + '\n')
        self.assertEqual(terminal.finish_keeping_settings(), 0)
        self.assertNotIn(PASSWORD, terminal.output)
        self.assertEqual(self.json('start', 'Work')['outcome'], 'COMPLETED')  # it was the right one

    def test_standard_input_is_not_the_terminal(self):
        said = self.error(2, 'profile', 'add', 'Work', '--url', self.server.url, '--user', USER, start_new_session=True,
                          input=PASSWORD)
        self.assertEqual(said, 'syncctl: profile add: there is no terminal to ask for the password\n'
                               'Use --password-file FILE.\n')
        self.assertEqual(self.json('profile', 'list'), [])

    def test_an_interrupt_puts_the_terminal_back_in_order(self):
        terminal = self.add_on_terminal()
        terminal.type('half a passw\x03')
        self.assertEqual(terminal.finish_keeping_settings(), -signal.SIGINT)
        self.assertNotIn('half', terminal.output)
        self.assertEqual(self.json('profile', 'list'), [])

    def test_the_end_of_input_is_no_password(self):
        terminal = self.add_on_terminal()
        terminal.type('\x04')
        self.assertEqual(terminal.finish_keeping_settings(), 1)
        self.assertIn('no password was given', terminal.output)
        self.assertEqual(self.json('profile', 'list'), [])

    def test_a_new_password_alone_is_asked_for(self):
        self.password_file.write_text('wrong')
        self.add()
        self.assertEqual(self.json('start', 'Work', status=6)['error']['name'], 'org.syncd1.Error.Authentication')
        attention = 'the server refuses the user name or the password; until they are corrected nothing is synced but when asked to'
        self.assertEqual(self.json('status', 'Work')['attention'], attention)
        self.assertEqual(self.text('status').splitlines()[-1], f'Work: {attention}')
        terminal = ctl.Terminal('profile', 'update', 'Work', '--ask-password')
        terminal.expect(f'Password at {self.server.url}: ')
        terminal.type(PASSWORD + '\n')
        self.assertEqual(terminal.finish_keeping_settings(), 0)
        self.assertIsNone(self.json('status', 'Work')['attention'])
        self.assertEqual(self.json('start', 'Work')['outcome'], 'COMPLETED')

    def test_a_file_that_others_may_read_is_warned_of(self):
        self.password_file.chmod(0o640)
        result = self.run_ctl('profile', 'add', 'Work', '--url', self.server.url, '--user', USER, '--password-file',
                              self.password_file)
        self.assertEqual(result.stderr, f'syncctl: warning: others may read {self.password_file}; change that with: '
                                        f'chmod 600 {self.password_file}\n')
        missing = self.directory / 'missing'
        self.assertEqual(self.error(2, 'profile', 'add', 'X', '--url', self.server.url, '--user', USER,
                                    '--password-file', missing),
                         f'syncctl: profile add: cannot read the password file {missing}: No such file or directory\n')

    def test_http_and_a_client_certificate_have_files_of_their_own(self):
        self.add()
        certificate = self.directory / 'client.pem'
        certificate.write_text('-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n'
                               '-----BEGIN PRIVATE KEY-----\nQg==\n-----END PRIVATE KEY-----\n')
        certificate.chmod(0o644)
        result = self.run_ctl('profile', 'update', 'Work', '--http-user', 'web', '--http-password-file',
                              self.password_file, '--client-certificate', certificate)
        self.assertEqual(result.stderr, f'syncctl: warning: others may read {certificate}; change that with: '
                                        f'chmod 600 {certificate}\n')
        stored = self.json('profile', 'show', 'Work')
        self.assertEqual((stored['has_http_credentials'], stored['has_client_certificate']), (True, True))
        self.assertEqual([line.split() for line in self.text('profile', 'show', 'Work').splitlines()[5:7]],
                         [['HTTP', 'credentials', 'stored'], ['Client', 'certificate', 'stored']])

        self.run_ctl('profile', 'update', 'Work', '--http-user', '', '--client-certificate', '')
        cleared = self.json('profile', 'show', 'Work')
        self.assertEqual(cleared, {**stored, 'has_http_credentials': False, 'has_client_certificate': False})

        self.assertIn('cannot read the certificate file /nonexistent',
                      self.error(2, 'profile', 'update', 'Work', '--client-certificate', '/nonexistent'))
        self.assertIn('ClientCertificate: must hold a certificate and its private key',
                      self.error(8, 'profile', 'update', 'Work', '--client-certificate', self.password_file))

    def test_the_servers_password_comes_from_a_file(self):
        self.add()
        self.run_ctl('profile', 'update', 'Work', '--server-id', 'srv1', '--server-password-file', self.password_file,
                     '--authenticate-server')
        stored = self.json('profile', 'show', 'Work')
        self.assertEqual((stored['server_id'], stored['has_server_password'], stored['authenticate_server']),
                         ('srv1', True, True))
        self.assertEqual([line.split() for line in self.text('profile', 'show', 'Work').splitlines()
                          if line.strip().startswith('Server ')],
                         [['Server', 'id', 'srv1'], ['Server', 'password', 'stored'],
                          ['Server', 'proves', 'itself', 'in', 'every', 'sync']])
        self.assertIn('AuthenticateServer: needs ServerId and ServerPassword',
                      self.error(8, 'profile', 'update', 'Work', '--server-id', ''))
        self.assertIn('cannot be both authenticated and trusted',
                      self.error(2, 'profile', 'update', 'Work', '--authenticate-server', '--trust-server'))
        self.run_ctl('profile', 'update', 'Work', '--server-id', '', '--trust-server')
        self.assertEqual(self.json('profile', 'show', 'Work'),
                         {**stored, 'server_id': None, 'has_server_password': False, 'authenticate_server': False})

    def test_the_password_of_http_is_asked_for(self):
        self.add()
        terminal = ctl.Terminal('profile', 'update', 'Work', '--http-user', 'web')
        terminal.expect(f'HTTP password of web at {self.server.url}: ')
        terminal.type('web-secret\n')
        self.assertEqual(terminal.finish_keeping_settings(), 0)
        self.assertTrue(self.json('profile', 'show', 'Work')['has_http_credentials'])

    def test_standard_input_can_be_the_file_and_line_ends_are_not_the_password(self):
        for text in (PASSWORD, PASSWORD + '\n', PASSWORD + '\r\n'):
            with self.subTest(text):
                added = self.run_ctl('--json', 'profile', 'add', 'Work', '--url', self.server.url, '--user', USER,
                                     '--password-file', '-', '--service', 'contact=card', input=text)
                self.assertEqual(self.json('start', 'Work')['outcome'], 'COMPLETED')
                self.json('profile', 'remove', 'Work')
                del added

    def test_no_command_line_and_no_environment_ever_holds_it(self):
        secret = PASSWORD.encode()
        self.assertGreater(len(command_lines()), 10)
        terminal = self.add_on_terminal()
        terminal.type(PASSWORD)
        seen = dict(command_lines())
        terminal.type('\n')
        self.assertEqual(terminal.finish_keeping_settings(), 0)
        # While it syncs, with the worker at the server's door.
        self.server.call('hold')
        process = subprocess.Popen([SYNCCTL, 'start', 'Work'], stdout=subprocess.DEVNULL)
        self.server.call('await-held')
        workers = pathlib.Path(f'/proc/{os.environ["SYNCD_PID"]}/task/{os.environ["SYNCD_PID"]}/children').read_text()
        self.assertNotEqual(workers, '')
        seen |= command_lines()
        self.server.call('release')
        self.assertEqual(process.wait(ctl.PATIENCE), 0)
        # The server is told its users by its arguments; it is a test's, and no part of syncd.
        own = {pathlib.Path(f'/proc/{self.server.process.pid}/cmdline')}
        self.assertEqual([str(path) for path, text in seen.items() if secret in text and path not in own], [])
        # Nor does the daemon's log.
        self.assertNotIn(secret, pathlib.Path(os.environ['SYNCD_LOG']).read_bytes())


if __name__ == '__main__':
    unittest.main(verbosity=2)
