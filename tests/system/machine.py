"""A machine of its own: this one's files below an overlay, with syncd installed, booted by systemd-nspawn."""
import ctypes
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BOOT_SECONDS = 120  # generous: a busy machine; a death is noticed at once
LANDLOCK = 'landlock_create_ruleset landlock_add_rule landlock_restrict_self'
# What the booted machine must not take over from this one: its mounts, its network shares, and a syncd with its data.
FOREIGN = ('etc/fstab', 'etc/syncd.conf', 'etc/systemd/system/syncd.service.d', 'etc/polkit-1/rules.d/50-syncd.rules',
           'etc/credstore.encrypted/syncd.key', 'var/lib/syncd', 'var/lib/private/syncd', 'var/log/journal')
# What a command there finds. This machine's would name places that are not there, such as TMPDIR.
ENVIRONMENT = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME': '/root', 'LANG': 'C.UTF-8',
               **{name: os.environ[name] for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS') if name in os.environ}}
TARGET = '''[Unit]
Description=What syncd needs to run, and nothing else of this machine
Requires=sysinit.target dbus.socket systemd-logind.service
After=sysinit.target dbus.socket systemd-logind.service
AllowIsolate=yes
'''


def end_with_parent():
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Impossible(Exception):
    """This machine cannot boot another one within itself."""


class Machine:
    """Files written to it are gone with it, its network is a loopback of its own, and of this machine's services only those
    of `TARGET` run. What this machine has mounted below / besides its root is not there."""

    def __init__(self, build):
        self.leader = self.process = self.output = None
        self.place = pathlib.Path(tempfile.mkdtemp(prefix='syncd-boot.'))
        self.root = self.place / 'root'
        try:
            self._mount()
            self._install(build)
            self._boot()
        except BaseException:
            self.close()
            raise

    # ---- making it --------------------------------------------------------------

    def _mount(self):
        """All of it in memory: nothing of it is to outlive anything."""
        self._possible('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', self.place)
        for name in ('upper', 'work', 'root'):
            (self.place / name).mkdir()
        self._possible('mount', '-t', 'overlay', 'overlay', '-o',
                       f'lowerdir=/,upperdir={self.place}/upper,workdir={self.place}/work', self.root)
        for path in FOREIGN:
            path = self.root / path
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        (self.root / 'etc/fstab').touch()
        (self.root / 'var/log/journal').mkdir(parents=True)
        (self.root / 'etc/systemd/system/syncd-boot.target').write_text(TARGET)

    @staticmethod
    def _possible(*command):
        done = subprocess.run(list(map(str, command)), stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Impossible(done.stderr.strip())

    def _install(self, build):
        subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--quiet'], check=True,
                       env={**os.environ, 'DESTDIR': str(self.root)})
        # What is no part of what is installed, but is to run in there.
        for program in (pathlib.Path(build) / 'tests/server/syncd-test-server', HERE / 'name_server.py',
                        HERE / 'address_book.py', HERE.parent / 'peer/evolution.py'):
            shutil.copy(program, self.root / 'usr/bin')
        # An instrumented build looks for leaks by ptrace, which the unit forbids.
        for scope in ('system', 'user'):
            self.write(f'/usr/lib/systemd/{scope}/syncd.service.d/instrumented.conf',
                       '[Service]\nEnvironment=ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1\n')
        subprocess.run(['systemd-sysusers', f'--root={self.root}'], check=True, stderr=subprocess.DEVNULL)

    def _boot(self):
        notify = self.place / 'notify'
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(notify))
            ready.settimeout(BOOT_SECONDS)
            command = ['systemd-nspawn', '--quiet', '-D', self.root, '--boot', '--notify-ready=yes', '--private-network',
                       '--link-journal=no', '--console=pipe', f'--machine=syncd-boot-{os.getpid()}', '--resolv-conf=off',
                       '--register=no', f'--system-call-filter={LANDLOCK}']
            if not pathlib.Path('/run/systemd/system').exists():
                command.append('--keep-unit')  # nobody could give it one
            self.output = open(self.place / 'console', 'w+')
            self.process = subprocess.Popen([*map(str, command), '--', '--unit=syncd-boot.target'], stdin=subprocess.DEVNULL,
                                            stdout=self.output, stderr=subprocess.STDOUT, preexec_fn=end_with_parent,
                                            env={**os.environ, 'NOTIFY_SOCKET': str(notify)})
            # nspawn holds no end of this socket when it dies, so its death has to be waited for beside it.
            ended = os.pidfd_open(self.process.pid)
            try:
                self._wait_until_ready(ready, ended)
            finally:
                os.close(ended)

    def _wait_until_ready(self, ready, ended):
        while True:
            readable, _, _ = select.select([ready, ended], [], [], BOOT_SECONDS)
            if ready in readable:
                text = ready.recv(4096).decode()
                leader = re.search(r'X_NSPAWN_LEADER_PID=(\d+)', text)
                self.leader = int(leader[1]) if leader else self.leader
                if 'READY=1' in text.split('\n'):
                    return
            elif ended in readable:
                raise Impossible(f'systemd-nspawn ended: {self.console()}')
            else:
                raise RuntimeError(f'the machine was not up after {BOOT_SECONDS} seconds: {self.console()}')

    # ---- using it ---------------------------------------------------------------

    def console(self):
        return (self.place / 'console').read_text().strip()

    def run(self, *command, user=None, check=True, input=None):
        """What it prints, on both of its outputs; as root, or as `user` without a login session, as cron does it."""
        if user:
            command = ('runuser', '-u', user, '--', *command)
        done = subprocess.run(['nsenter', '-t', str(self.leader), '--all', '--', *map(str, command)], input=input, text=True,
                              stdin=None if input else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env=ENVIRONMENT)
        if check and done.returncode != 0:
            raise AssertionError(f'{" ".join(map(str, command))} ended with {done.returncode}:\n{done.stdout}')
        return done.stdout

    def shell(self, script, **options):
        return self.run('bash', '-euc', script, **options)

    def at_seat(self, user, script, check=True):
        """The same of a user who has logged in at the machine."""
        return self.run('systemd-run', '--quiet', '--pipe', '--wait', '--property=User=' + user, '--property=PAMName=login',
                        '--property=Environment=XDG_SEAT=seat0 XDG_SESSION_TYPE=x11 XDG_SESSION_CLASS=user',
                        '--property=WorkingDirectory=~', 'bash', '-euc', script, check=check)

    def wait_for(self, pattern, unit, script):
        """Runs `script`; the first line that the unit says from then on and that matches `pattern`. What never comes is
        waited for as long as a boot."""
        return self.shell(f'''
            journalctl --sync
            cursor=$(journalctl --lines=1 --show-cursor --output=cat | sed -n 's/^-- cursor: //p')
            {script}
            grep -m1 '{pattern}' < <(timeout {BOOT_SECONDS} journalctl --unit={unit} --after-cursor="$cursor" --follow --output=cat)''').strip()

    def journal(self, unit='syncd'):
        self.run('journalctl', '--sync')
        return self.run('journalctl', '--unit', unit, '--output=cat', '--no-pager')

    def write(self, path, text, mode=0o644):
        """Not below /run and /tmp, which are others in there."""
        file = self.root / path.lstrip('/')
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def power_off(self):
        """Ends it as its switch would; what its journal says of that."""
        os.kill(self.leader, signal.SIGRTMIN + 4)
        self.process.wait(BOOT_SECONDS)
        self.leader = None
        return subprocess.run(['journalctl', f'--directory={self.root}/var/log/journal', '--output=cat', '--no-pager',
                               '--unit=syncd'], stdout=subprocess.PIPE, text=True, check=True).stdout

    def close(self):
        if self.process and self.process.poll() is None:
            # Its init takes all its processes with it, which nspawn alone would leave behind.
            if self.leader:
                os.kill(self.leader, signal.SIGKILL)
            else:
                self.process.terminate()
            self.process.wait()
        if self.output:
            self.output.close()
        for mounted in (self.root, self.place):
            subprocess.run(['umount', '--recursive', mounted], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.place, ignore_errors=True)
