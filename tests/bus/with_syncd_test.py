#!/usr/bin/python3
"""scripts/with-syncd itself, and the daemon's start and stop as it sees them."""
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import tempfile
import unittest

import harness

WITH_SYNCD = harness.ROOT / 'scripts/with-syncd'
SYNCD = pathlib.Path(os.environ['SYNCD_BUILD']) / 'daemon/app/syncd'


def run(*arguments, **keywords):
    return subprocess.run([WITH_SYNCD, *map(str, arguments)], capture_output=True, text=True, **keywords)


def wait_for_death(pid):
    try:
        death = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    readable, _, _ = select.select([death], [], [], harness.PATIENCE)
    os.close(death)
    if not readable:
        raise AssertionError(f'process {pid} lives on')


class WithSyncd(unittest.TestCase):
    def test_the_status_is_the_commands(self):
        for command, status in [(['true'], 0), (['sh', '-c', 'exit 7'], 7), (['sh', '-c', 'kill -9 $$'], 137)]:
            self.assertEqual(run('--', *command).returncode, status)

    def test_the_command_finds_a_ready_service_and_its_surroundings(self):
        done = run('--', 'sh', '-c', 'busctl --system call org.syncd1 /org/syncd1 org.syncd1.Manager GetProfileCount '
                                     '&& echo $DBUS_SYSTEM_BUS_ADDRESS && cat /proc/$SYNCD_PID/comm '
                                     '&& ls $SYNCD_STATE $SYNCD_LOG')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'(?s)^u 0\nunix:path=.*\nsyncd\n.*profiles\.db')
        self.assertEqual(done.stderr, '')

    def test_the_log_is_shown_when_the_command_fails_or_on_demand(self):
        # The first line that syncd says at all is one about its configuration here.
        with tempfile.NamedTemporaryFile('w', suffix='.conf') as config:
            config.write('[syncd]\nNonsense=1\n')
            config.flush()
            arguments = ['--config', config.name]
            self.assertNotIn('Nonsense', run(*arguments, '--', 'true').stderr)
            self.assertIn('line 2: [syncd] Nonsense is not known', run(*arguments, '--', 'false').stderr)
            self.assertIn('Nonsense', run(*arguments, '-v', '--', 'true').stderr)

    def test_the_command_runs_as_another_user(self):
        script = 'id -u; id -G; busctl --system call org.syncd1 /org/syncd1 org.syncd1.Manager GetProfileCount; ' \
            'cat $SYNCD_STATE/profiles.db'
        done = run('--as', 2, '--', 'sh', '-c', script)
        self.assertEqual(done.stdout, '2\n2\nu 0\n')
        self.assertIn('Permission denied', done.stderr)
        self.assertEqual(run('--as', 54321, '--', 'true').returncode, 2)  # has no account

    def test_polkit_says_what_was_asked_for(self):
        stop = ['busctl', '--system', '--allow-interactive-authorization=no', 'call', 'org.syncd1', '/org/syncd1',
               'org.syncd1.Manager', 'StopSync', 's', 'x']
        for mode, words in [('allow', 'there is no such profile'), ('deny', 'Access denied'), ('none', 'Access denied')]:
            done = run('--polkit', mode, '--as', 2, '--', 'sh', '-c', '! "$@" 2>&1', 'sh', *stop)
            self.assertIn(words, done.stdout, mode)

    def test_two_at_once_are_apart(self):
        inner = f'{WITH_SYNCD} -- printenv DBUS_SYSTEM_BUS_ADDRESS SYNCD_STATE; ' \
            'printenv DBUS_SYSTEM_BUS_ADDRESS SYNCD_STATE'
        done = run('--', 'sh', '-c', inner)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(set(done.stdout.split())), 4)

    def test_a_state_directory_is_kept_and_used_again(self):
        with tempfile.TemporaryDirectory() as state:
            self.assertEqual(run('--state', state, '--', 'true').returncode, 0)
            key = (pathlib.Path(state) / 'syncd.key').read_bytes()
            self.assertEqual(run('--state', state, '--', 'true').returncode, 0)
            self.assertEqual((pathlib.Path(state) / 'syncd.key').read_bytes(), key)

    def test_nothing_is_left(self):
        done = run('--', 'sh', '-c', 'echo $SYNCD_PID; dirname $SYNCD_LOG')
        pid, directory = done.stdout.split()
        self.assertFalse(pathlib.Path('/proc', pid).exists())
        self.assertFalse(pathlib.Path(directory).exists())
        kept = run('--keep', '--', 'true')
        directory = re.search(r'kept (\S+)', kept.stderr)[1]
        self.assertTrue((pathlib.Path(directory) / 'state/profiles.db').exists())
        subprocess.run(['rm', '-r', directory], check=True)

    def test_nothing_is_left_when_it_is_killed(self):
        for number in [signal.SIGTERM, signal.SIGKILL]:
            with self.subTest(number):
                # The janitor, which removes the directory, is the last to hold standard error.
                process = subprocess.Popen(
                    [WITH_SYNCD, '--', 'sh', '-c', 'echo $$ $SYNCD_PID $(dirname $SYNCD_LOG); exec cat'],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                command, daemon, directory = process.stdout.readline().split()
                process.send_signal(number)
                process.stderr.read()
                wait_for_death(int(daemon))
                wait_for_death(int(command))
                self.assertFalse(pathlib.Path(directory).exists())
                process.stdout.close()
                process.stderr.close()
                process.stdin.close()
                process.wait()

    def test_a_daemon_that_crashes_is_not_passed_over(self):
        done = run('--', 'sh', '-c', 'kill -SEGV $SYNCD_PID')
        self.assertEqual(done.returncode, 125)
        self.assertIn('syncd ended with status', done.stderr)
        self.assertEqual(run('--', 'sh', '-c', 'kill -KILL $SYNCD_PID').returncode, 0)  # on purpose


class StartAndStop(unittest.TestCase):
    """syncd without with-syncd around it, on the bus that this test runs on."""

    def syncd(self, *arguments):
        return subprocess.run([SYNCD, *map(str, arguments)], capture_output=True, text=True, timeout=harness.PATIENCE)

    def test_a_name_that_is_owned_is_a_clear_error(self):
        with tempfile.TemporaryDirectory() as state:
            done = self.syncd('--state-directory', state)
        self.assertEqual(done.returncode, 1)
        self.assertIn('another process owns the name org.syncd1', done.stderr)

    def test_a_state_directory_in_use_is_a_clear_error(self):
        done = self.syncd('--state-directory', os.environ['SYNCD_STATE'])
        self.assertEqual(done.returncode, 1)
        self.assertIn('is used by another syncd', done.stderr)

    def test_a_user_without_the_right_to_the_name_is_told_so(self):
        with tempfile.TemporaryDirectory() as state:
            os.chown(state, 2, 2)
            done = subprocess.run(['setpriv', '--reuid=2', '--regid=2', '--clear-groups', SYNCD, '--state-directory',
                                   state], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn('does not let this user own org.syncd1', done.stderr)

    def test_no_bus_is_a_clear_error(self):
        environment = {**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nonexistent'}
        with tempfile.TemporaryDirectory() as state:
            done = subprocess.run([SYNCD, '--state-directory', state], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 1)
        self.assertIn('cannot reach the system bus', done.stderr)

    def test_a_bad_configuration_is_a_clear_error(self):
        with tempfile.NamedTemporaryFile('w') as config:
            config.write('[syncd]\nAuthorization=nobody\n')
            config.flush()
            done = self.syncd('--config', config.name)
        self.assertEqual(done.returncode, 1)
        self.assertIn('line 2: Authorization=nobody makes no sense', done.stderr)

    def test_the_user_scope_serves_its_user_on_the_session_bus(self):
        """Readiness and the end are told as systemd wants it."""
        with tempfile.TemporaryDirectory() as home, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
            told.bind(home + '/notify')
            told.settimeout(harness.PATIENCE)
            environment = {key: value for key, value in os.environ.items() if not key.startswith('DBUS_')}
            environment.update(HOME=home, XDG_STATE_HOME=home + '/state')
            bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1',
                                    '--address=unix:path=' + home + '/bus'], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, env=environment)
            environment['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().strip()
            syncd = subprocess.Popen([SYNCD, '--user'], env={**environment, 'NOTIFY_SOCKET': home + '/notify'},
                                     stderr=subprocess.PIPE, text=True)
            self.assertIn(b'READY=1', told.recv(4096))
            counted = subprocess.run(['busctl', '--user', 'call', 'org.syncd1', '/org/syncd1', 'org.syncd1.Manager',
                                      'GetProfileCount'], env=environment, capture_output=True, text=True)
            self.assertEqual(counted.stdout, 'u 0\n', counted.stderr)
            self.assertTrue(pathlib.Path(home, 'state/syncd/profiles.db').exists())
            syncd.send_signal(signal.SIGHUP)  # nothing to do
            syncd.terminate()
            self.assertIn(b'STOPPING=1', told.recv(4096))
            _, log = syncd.communicate(timeout=harness.PATIENCE)
            self.assertEqual(syncd.returncode, 0, log)
            bus.terminate()
            bus.communicate()

    def test_a_bus_that_goes_away_ends_the_daemon(self):
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, 'HOME': home, 'XDG_STATE_HOME': home, 'NOTIFY_SOCKET': home + '/notify'}
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
                told.bind(home + '/notify')
                told.settimeout(harness.PATIENCE)
                bus = subprocess.Popen(['dbus-daemon', '--session', '--nofork', '--print-address=1',
                                        '--address=unix:path=' + home + '/bus'], stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
                environment['DBUS_SESSION_BUS_ADDRESS'] = bus.stdout.readline().strip()
                syncd = subprocess.Popen([SYNCD, '--user'], env=environment, stderr=subprocess.PIPE, text=True)
                self.assertIn(b'READY=1', told.recv(4096))
            bus.kill()
            bus.communicate()
            _, log = syncd.communicate(timeout=harness.PATIENCE)
        self.assertEqual(syncd.returncode, 1)
        self.assertIn('the bus went away', log)


if __name__ == '__main__':
    unittest.main(verbosity=2)
