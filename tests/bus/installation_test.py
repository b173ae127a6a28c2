#!/usr/bin/python3
"""Unit files, policies and accounts, as they are installed. Needs no bus. usage: BUILD_DIRECTORY"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(sys.argv.pop(1)).resolve()


def run(*command, **environment):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True,
                          env={**os.environ, **environment})


class Installation(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def unit(self, scope):
        """The unit as it is installed, but with the built program, which systemd-analyze looks for."""
        text = (BUILD / 'systemd' / f'{scope}-syncd.service').read_text()
        self.assertNotIn('@', re.sub(r'@[a-z-]+(?=[ \n])', '', text))  # system call groups apart
        unit = self.directory / 'syncd.service'
        unit.write_text(re.sub(r'/\S+/syncd(?= --)', str(BUILD / 'daemon/app/syncd'), text))
        return unit

    def test_systemd_understands_the_units(self):
        for scope in ['system', 'user']:
            checked = run('systemd-analyze', f'--{scope}', '--man=no', '--recursive-errors=no', 'verify',
                          self.unit(scope), XDG_RUNTIME_DIR=str(self.directory))
            self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ''), scope)

    def test_the_unit_gives_up_what_it_does_not_need(self):
        checked = run('systemd-analyze', 'security', '--offline=true', '--threshold=20', '--no-pager',
                      self.unit('system'))
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        self.assertRegex(checked.stdout, r'Overall exposure level for syncd.service: 1\.\d OK')

    def test_the_names_in_all_files_agree(self):
        unit = (BUILD / 'systemd/system-syncd.service').read_text()
        self.assertIn('\nBusName=org.syncd1\n', unit)
        self.assertIn('\nUser=syncd\n', unit)
        activation = (BUILD / 'policy/org.syncd1.service').read_text()
        self.assertRegex(activation, r'(?s)Name=org\.syncd1\n.*User=syncd\n.*SystemdService=syncd\.service\n')
        self.assertRegex((ROOT / 'policy/syncd.sysusers').read_text(), r'^u syncd - ')
        policy = xml.etree.ElementTree.parse(ROOT / 'policy/org.syncd1.conf')
        [owner] = [each for each in policy.iter('policy') if each.get('user')]
        self.assertEqual(owner.get('user'), 'syncd')
        self.assertEqual([allow.get('own') for allow in owner], ['org.syncd1'])

    def test_the_bus_policy_opens_what_is_served_and_no_more(self):
        policy = xml.etree.ElementTree.parse(ROOT / 'policy/org.syncd1.conf')
        [default] = [each for each in policy.iter('policy') if each.get('context') == 'default']
        served = {interface.get('name') for file in (ROOT / 'dbus-interfaces').glob('*.xml')
                  for interface in xml.etree.ElementTree.parse(file).iter('interface')}
        served |= {'org.freedesktop.DBus.' + name for name in ['Properties', 'Introspectable', 'Peer']}
        self.assertEqual({allow.get('send_interface') for allow in default}, served)
        self.assertEqual({(allow.tag, allow.get('send_destination')) for allow in default}, {('allow', 'org.syncd1')})

    def test_polkit_knows_the_actions_that_the_daemon_asks_for(self):
        actions = {action.get('id'): action for action in
                   xml.etree.ElementTree.parse(ROOT / 'policy/org.syncd1.policy').iter('action')}
        asked = set(re.findall(r'"(org\.syncd1\.[a-z-]+)"', (ROOT / 'daemon/bus/authorizer.cpp').read_text()))
        self.assertEqual(set(actions), asked)
        self.assertEqual({entry.text for entry in actions['org.syncd1.manage-all'].find('defaults')}, {'auth_admin'})
        for name in ['sync', 'manage']:
            defaults = actions['org.syncd1.' + name].find('defaults')
            self.assertEqual([entry.text for entry in defaults], ['auth_admin', 'yes', 'yes'])

    def test_polkit_answers_the_user_that_the_daemon_runs_as(self):
        [user] = re.findall(r'(?m)^User=(.*)$', (ROOT / 'systemd/syncd.service.in').read_text())
        for action in xml.etree.ElementTree.parse(ROOT / 'policy/org.syncd1.policy').iter('action'):
            owners = [note.text for note in action.iter('annotate')
                      if note.get('key') == 'org.freedesktop.policykit.owner']
            self.assertEqual(owners, ['unix-user:' + user], action.get('id'))

    def test_sysusers_understands_the_account(self):
        account = self.directory / 'syncd.conf'
        account.write_text((ROOT / 'policy/syncd.sysusers').read_text())
        (self.directory / 'etc').mkdir()
        made = run('systemd-sysusers', '--root', self.directory, account)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertRegex((self.directory / 'etc/passwd').read_text(), r'(?m)^syncd:.*:/var/lib/syncd:/usr/sbin/nologin$')


if __name__ == '__main__':
    unittest.main(verbosity=2)
