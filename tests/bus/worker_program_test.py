#!/usr/bin/python3
"""syncd-session as a program: what it says of its channel is what goes over it, and its exit statuses."""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))
from reference_server import ReferenceServer

PROGRAM = pathlib.Path(os.environ['SYNCD_BUILD']) / 'daemon/runner/syncd-session'
COMPLETED, FAILED, STOPPED, BAD_PLAN, BAD_USAGE = range(5)
CHANNEL = 3


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)


def described():
    """message → its members; those of a list's entries under the list's name"""
    messages = {}
    for line in run('--describe').stdout.splitlines():
        if found := re.match(r'(\w+): \S', line):
            message = messages.setdefault(found[1], set())
        elif found := re.match(r'  (\w+) +(?:list|object) ', line):
            message.add(found[1])
            nested = messages.setdefault(found[1], set())
        elif found := re.match(r'    (\w+) +\S', line):
            nested.add(found[1])
        elif found := re.match(r'  (\w+) +\S', line):
            message.add(found[1])
    return messages


class Program(unittest.TestCase):
    def carry_out(self, plan, secrets):
        """Its messages, its exit status, and what it logged."""
        ours, theirs = socket.socketpair()
        # As the broker starts it: the channel is descriptor 3. (The shell's part is to place it there.)
        process = subprocess.Popen(['/bin/sh', '-c', f'exec "$0" {CHANNEL}<&{theirs.fileno()}', PROGRAM],
                                   pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True)
        theirs.close()
        with ours, ours.makefile() as lines:
            ours.sendall(json.dumps(plan).encode() + b'\n' + b''.join(secrets))
            messages = [json.loads(line) for line in lines]
            _, log = process.communicate()
        return messages, process.returncode, log

    def plan(self, directory, url):
        return {'kind': 'plan', 'profile': 'p1', 'profile_name': 'Work', 'owner': 1000, 'session': 7, 'trigger': 'user',
                'session_id': 0, 'alerts': {'message': 0, 'target': '', 'source': '', 'syncs': []},
                'device_id': 'phone', 'url': url, 'user': 'alice', 'password': len('s3cret'),
                'http_user': '', 'http_password': 0, 'client_certificate': 0, 'server_id': '',
                'server_password': 0, 'authenticate_server': False, 'allow_plain_credentials': False,
                'ca_file': '', 'encoding': 'XML', 'conflict_policy': 'KEEP_BOTH', 'protocol_version': 'AUTO', 'peer_rules': [],
                'review_items': 10, 'review_percent': 30, 'hold_slow_sync': False,
                'sync_db': f'{directory}/sync/p1/state.db', 'items_db': f'{directory}/items/items.db',
                'max_msg_size': 65536, 'max_obj_size': 65536,
                'max_reply_bytes': 1 << 20, 'connect_timeout_s': 60, 'reply_timeout_s': 60, 'session_timeout_s': 600,
                'history_sessions': 20, 'history_bytes': 1 << 26, 'log_level': 'info', 'transcript': False, 'transcript_items': False,
                'services': [{'service': 'CONTACT', 'uri': 'card', 'type': 'TWO_WAY', 'password': 0,
                              'filter': '', 'directory': '', 'directory_root': ''}]}

    def test_a_session_that_completes_says_what_was_described(self):
        messages = described()
        with tempfile.TemporaryDirectory() as directory, ReferenceServer('--user', 'alice:s3cret') as server:
            server.put('card', 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:A\r\nN:A;;;;\r\nEND:VCARD\r\n')
            plan = self.plan(directory, server.url)
            self.assertEqual(set(plan) - {'kind'}, messages['plan'])
            self.assertEqual(set(plan['services'][0]) | {'user'}, messages['services'])  # the optional one
            told, status, log = self.carry_out(plan, [b's3cret'])
            self.assertEqual(status, COMPLETED, log)
            self.assertEqual((told[0], told[-1]), ({'kind': 'started'}, {'kind': 'result', 'outcome': 'completed',
                                                                         'error_name': '', 'message': '', 'retry_after_s': 0}))
            self.assertEqual({message['kind'] for message in told}, {'started', 'progress', 'result'})
            for message in told:
                self.assertEqual(set(message) - {'kind'}, messages[message['kind']])
            self.assertTrue(server.last_session()['completed'])
            self.assertEqual(server.violations(), [])

    def test_a_plan_that_is_none_and_a_session_that_fails_have_their_statuses(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(self.carry_out({'kind': 'plan'}, [])[:2], ([], BAD_PLAN))
            told, status, _ = self.carry_out(self.plan(directory, 'http://127.0.0.1:9/'), [b's3cret'])
            self.assertEqual((told[-1]['outcome'], status), ('failed', FAILED))

    def test_words_on_the_command_line(self):
        self.assertRegex(run('--version').stdout, r'^syncd-session \d+\.\d+\.\d+\n$')
        helped = run('--help')
        self.assertEqual((helped.returncode, helped.stderr), (0, ''))
        for arguments in [['--nonsense'], ['--describe', 'more'], ['word']]:
            refused = run(*arguments)
            self.assertEqual((refused.returncode, refused.stdout, refused.stderr), (BAD_USAGE, '', helped.stdout))
        for number, word in enumerate(['completed', 'failed', 'stopped', 'no plan', 'unknown option']):
            self.assertIn(f'{number} {word}', helped.stdout)


if __name__ == '__main__':
    unittest.main(verbosity=2)
