#!/usr/bin/python3
"""syncd as its users have it: installed, under its unit, beside a real polkit, logind and bus, on a machine that has booted.

usage: boot_test.py BUILD [TEST …]      Exit status 77: this machine cannot boot another one within itself.
"""
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / 'tests/peer'))

from authority import Authority  # noqa: E402
from machine import Impossible, Machine  # noqa: E402

PASSWORD = 'xyzzy-plugh-plover'


def literals(page):
    """The examples of a manual page, as they are to be typed."""
    blocks = re.findall(r'^\.Bd -literal[^\n]*\n(.*?)^\.Ed', (ROOT / 'docs/man' / page).read_text(), re.S | re.M)
    return [block.replace('\\e', '\\') for block in blocks]


def literal(page, beginning):
    found, = (block for block in literals(page) if block.startswith(beginning))
    return found


def contacts(count):
    return ''.join(f'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:boot-{number}\r\nN:Doe;Jane {number};;;\r\nFN:Jane {number} Doe\r\n'
                   'END:VCARD\r\n' for number in range(count))


class BootTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for user in ('anna', 'ben'):
            machine.run('useradd', '--create-home', user)
            machine.write(f'/home/{user}/password', PASSWORD)
            machine.shell(f'chown {user} /home/{user}/password; chmod 600 /home/{user}/password')
        machine.run('systemctl', 'enable', '--now', 'syncd')
        _, cls.url = machine.wait_for('READY', 'test-server', f'''
            systemd-run --quiet --unit=test-server syncd-test-server --user anna:{PASSWORD}''').split()

    def setUp(self):
        self.addCleanup(self.forget)

    def forget(self):
        """What a test has set, and all that the service knows."""
        machine.shell('systemctl stop syncd; rm -rf /etc/syncd.conf /etc/systemd/system/syncd.service.d /var/lib/syncd/*; '
                      'systemctl daemon-reload; systemctl reset-failed; systemctl start syncd')

    def add_profile(self, name='Work', more=''):
        return f'syncctl profile add {name} --url {self.url} --user anna --password-file ~/password --service contact=card {more}\n'

    def main_pid(self):
        return machine.run('systemctl', 'show', '--property=MainPID', '--value', 'syncd').strip()

    # ---- tests ------------------------------------------------------------------

    def test_the_service_runs_shut_in(self):
        self.assertEqual(machine.run('systemctl', 'is-active', 'syncd').strip(), 'active')
        status = dict(line.split(':\t', 1) for line in
                      machine.run('cat', f'/proc/{self.main_pid()}/status').splitlines() if ':\t' in line)
        self.assertEqual(status['NoNewPrivs'], '1')
        self.assertEqual(status['Seccomp'], '2')
        for kind in ('CapEff', 'CapPrm', 'CapBnd', 'CapAmb'):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(machine.run('stat', '--format=%U %a', '/var/lib/syncd').split(), ['syncd', '700'])

    def test_who_sits_at_the_machine_may_and_others_are_asked(self):
        machine.at_seat('anna', self.add_profile())
        refused = machine.run('bash', '-c', 'cd; ' + self.add_profile(), user='ben', check=False)
        self.assertIn("needs the user's consent", refused)
        self.assertIn('Work', machine.run('syncctl', 'profile', 'list', user='anna'))
        self.assertIn('There are no profiles', machine.run('syncctl', 'profile', 'list', user='ben'))
        self.assertNotIn('polkit does not answer', machine.journal())

    def test_a_sync_runs_shut_in_under_the_unit(self):
        machine.write('/home/anna/contacts.vcf', contacts(20))
        said = machine.at_seat('anna', self.add_profile() + 'syncctl item import --service contact contacts.vcf\n'
                               'syncctl start Work; syncctl start Work')
        self.assertEqual(said.count('Work: completed'), 2, said)
        journal = machine.journal()
        self.assertIn('session 1 completed', journal)
        self.assertNotIn('without what this kernel lacks', journal)
        self.assertNotIn(PASSWORD, journal)
        self.assertEqual(machine.run('grep', '-rlaF', PASSWORD, '/var/lib/syncd', check=False), '')

    def test_a_server_is_found_by_its_name_and_trusted_by_the_authorities_of_the_machine(self):
        name = 'sync.example.test'
        # Who has no address but that of the loopback is told of no others (getaddrinfo(3), AI_ADDRCONFIG).
        machine.run('ip', 'address', 'add', '192.0.2.1/32', 'dev', 'lo')
        (machine.root / 'etc/resolv.conf').unlink(missing_ok=True)
        machine.write('/etc/resolv.conf', 'nameserver 127.0.0.1\n')
        with tempfile.TemporaryDirectory() as directory:
            authority = Authority(directory, 'boot')
            for path, word in zip(authority.issue('server', host=name), ('pem', 'key')):
                machine.write(f'/root/server.{word}', path.read_text())
            trusted = authority.certificate.read_text()
        machine.wait_for('READY', 'name-server', 'systemd-run --quiet --unit=name-server name_server.py')
        said = machine.wait_for('READY', 'tls-server', f'''
            systemd-run --quiet --unit=tls-server syncd-test-server --user anna:{PASSWORD} \\
                --tls-cert /root/server.pem --tls-key /root/server.key''')
        url = said.split()[1].replace('127.0.0.1', name)
        self.assertTrue(url.startswith('https://'), url)
        refused = machine.at_seat('anna', self.add_profile().replace(self.url, url) + 'syncctl start Work', check=False)
        self.assertIn('certificate', refused)
        machine.write('/usr/local/share/ca-certificates/boot.crt', trusted)
        machine.run('update-ca-certificates')
        self.assertIn('Work: completed', machine.at_seat('anna', 'syncctl start Work'))

    def test_a_directory_of_files_as_the_manual_has_it(self):
        machine.write('/etc/syncd.conf', literal('syncd.conf.5', '[syncd]\nStoreRoots'))
        machine.write('/etc/systemd/system/syncd.service.d/override.conf', literal('syncd.conf.5', '[Service]'))
        machine.shell('mkdir -p /srv/calendars\n' + literal('syncd.conf.5', 'install -d') +
                      'systemctl daemon-reload; systemctl restart syncd')
        self.addCleanup(machine.run, 'rm', '-rf', '/srv/calendars')
        files = '/srv/calendars/anna'
        machine.write('/home/anna/contacts.vcf', contacts(3))
        machine.at_seat('anna', self.add_profile('Store') + self.add_profile('Files', f'--store contact=vdir:{files}') +
                        'syncctl item import --service contact contacts.vcf\n'
                        'syncctl start Store; syncctl start Files')
        names = machine.run('ls', files).split()
        self.assertEqual(len(names), 3, names)
        # Both may write what the other has written.
        machine.run('sed', '-i', 's/^FN:.*/FN:Edited by hand/', f'{files}/{names[0]}', user='anna')
        machine.at_seat('anna', 'syncctl start Files; syncctl start Store')
        self.assertIn('Edited by hand', machine.run('syncctl', 'item', 'list', '--service', 'contact', user='anna'))
        machine.at_seat('anna', 'id=$(syncctl item list --service contact | awk "/Edited/ {print \\$1}"); '
                        'syncctl item delete --service contact $id; syncctl start Store; syncctl start Files')
        self.assertEqual(machine.run('ls', files).split(), names[1:])

    def test_the_key_of_passwords_as_the_manual_has_it(self):
        machine.shell('mkdir -p /etc/credstore.encrypted\n' + literal('syncd.8', 'head -c 32'))
        self.addCleanup(machine.run, 'rm', '/etc/credstore.encrypted/syncd.key')
        machine.write('/etc/systemd/system/syncd.service.d/key.conf', '[Service]\nLoadCredentialEncrypted=syncd.key\n')
        machine.shell('systemctl daemon-reload; systemctl restart syncd')
        machine.at_seat('anna', self.add_profile() + 'syncctl start Work')
        machine.shell('systemctl restart syncd')
        machine.at_seat('anna', 'syncctl start Work')
        machine.shell('rm /etc/systemd/system/syncd.service.d/key.conf; systemctl daemon-reload; systemctl restart syncd')
        self.assertIn('CredentialsLost', machine.at_seat('anna', 'syncctl start Work --json', check=False))

    def test_a_killed_service_comes_back_and_a_stopped_one_when_it_is_called(self):
        machine.at_seat('anna', self.add_profile())
        before = self.main_pid()
        machine.wait_for('^Started syncd', 'syncd', 'systemctl kill --signal=KILL syncd')
        self.assertIn('Work', machine.run('syncctl', 'profile', 'list', user='anna'))
        self.assertNotEqual(self.main_pid(), before)
        machine.run('systemctl', 'stop', 'syncd')
        self.assertIn('Work', machine.run('syncctl', 'profile', 'list', user='anna'))
        self.assertEqual(machine.run('systemctl', 'is-active', 'syncd').strip(), 'active')

    def test_a_syncd_of_ones_own_starts_when_it_is_called(self):
        said = machine.at_seat('anna', 'mkdir files\n' + self.add_profile('Mine', '--store contact=vdir:$HOME/files')
                               .replace('syncctl', 'syncctl --bus user') + 'syncctl --bus user start Mine; '
                               'systemctl --user is-active syncd; syncctl --bus user profile list')
        self.assertIn('Mine: completed', said)
        self.assertIn('\nactive\n', said)
        self.assertIn('There are no profiles', machine.run('syncctl', 'profile', 'list', user='anna'))

    def test_the_address_book_of_the_desktop_in_its_users_session(self):
        machine.write('/home/anna/contacts.vcf', contacts(3))
        # That of the test before this one would have its profile still.
        script = 'systemctl --user stop syncd; rm -rf ~/.local/state/syncd\n' + \
            self.add_profile('Store') + self.add_profile('Desk', '--store contact=eds:') + \
            'syncctl item import --service contact contacts.vcf\n' \
            'syncctl start Store; syncctl start Desk; address_book.py Desktop\n' \
            'syncctl start Desk; syncctl start Store; syncctl item list --service contact\n'
        said = machine.at_seat('anna', script.replace('syncctl', 'syncctl --bus user'))
        self.assertEqual(said.count(': completed'), 4, said)
        book = re.findall('^in the book: (.*)', said, re.M)
        self.assertLessEqual({'Desktop', *(f'Jane {number} Doe' for number in range(3))}, set(book))
        store = re.findall(r'^\d+ +\d+  (.*)', said.partition('NAME\n')[2], re.M)
        self.assertEqual(sorted(store), sorted(book))


def main():
    global machine
    build, *tests = sys.argv[1:]
    try:
        machine = Machine(build)
    except Impossible as reason:
        print(f'boot_test: not possible on this machine: {reason}', file=sys.stderr)
        return 77
    try:
        result = unittest.main(argv=[sys.argv[0], *tests], exit=False, verbosity=2).result
        end = machine.power_off()
    finally:
        machine.close()
    # It goes before the bus that it is on.
    last = end.strip().splitlines()[-3:]
    if 'syncd.service: Deactivated successfully.' not in last:
        print('\n'.join(['boot_test: the service did not end well with the machine:', *last]), file=sys.stderr)
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
