#!/usr/bin/python3
"""`syncctl start`, `stop`, `statistics` and `history` through whole sessions, and the example program."""
import json
import os
import signal
import subprocess
import unittest

import ctl
from ctl import EXAMPLE, PASSWORD, SYNCCTL, USER, card, event

STATISTICS_KEYS = ['service_type', 'sync_status', 'last_sync_time'] + [
    f'{way}_{what}' for way in ('server_to_client', 'client_to_server')
    for what in ('total', 'added', 'updated', 'removed')]


class Start(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.server.put_all('card', [card(f'Person {number}') for number in range(25)])
        self.server.put('cal', event('tea', 'Tea'))

    def import_one(self):
        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('Mine'))

    def start_held(self, *more):
        """`syncctl start` in the background, when its session waits for the server."""
        self.server.call('hold')
        process = subprocess.Popen([SYNCCTL, *more, 'start', 'Work'], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        self.server.call('await-held')
        return process

    def test_a_sync_is_waited_for_and_told(self):
        profile_id = self.add()
        self.import_one()
        told = self.json('start', 'Work')
        self.assertEqual(list(told), ['profile_id', 'session', 'outcome', 'error', 'services', 'notes', 'changes'])
        self.assertEqual(told['changes'], 26)
        self.assertEqual((told['profile_id'], told['outcome'], told['error']), (profile_id, 'COMPLETED', None))
        contacts, events = told['services']
        self.assertEqual(list(contacts), STATISTICS_KEYS)
        self.assertEqual({key: value for key, value in contacts.items() if key != 'last_sync_time'}, {
            'service_type': 'CONTACT', 'sync_status': 'SUCCESS',
            'server_to_client_total': 25, 'server_to_client_added': 25, 'server_to_client_updated': 0,
            'server_to_client_removed': 0, 'client_to_server_total': 1, 'client_to_server_added': 1,
            'client_to_server_updated': 0, 'client_to_server_removed': 0})
        self.assertEqual(events['server_to_client_added'], 1)
        self.assertEqual(self.json('statistics', 'Work'), told['services'])
        self.assertEqual(len(self.json('item', 'list', '--service', 'contact')), 26)
        [status] = self.json('status')['profiles']
        self.assertGreaterEqual(status['last_sync_time'], contacts['last_sync_time'])

        [record] = self.json('history', 'Work')
        self.assertEqual(list(record), ['session', 'trigger', 'started', 'ended', 'outcome', 'error_name', 'message',
                                        'notes', 'protocol_version', 'bytes_sent', 'bytes_received', 'round_trips', 'services',
                                        'changes', 'undone', 'has_transcript'])
        self.assertEqual((record['session'], record['trigger'], record['outcome']),
                         (told['session'], 'user', 'COMPLETED'))
        self.assertGreater(record['bytes_sent'], 0)
        self.assertGreater(record['round_trips'], 1)
        self.assertEqual([service['type'] for service in record['services']], ['SLOW', 'SLOW'])

    def test_lines_are_printed_where_there_is_no_terminal(self):
        self.add(services=['contact=card'])
        *lines, kind, why, hint = self.text('start', 'Work').splitlines()
        self.assertEqual(lines[-3].split(' after ')[0], 'Work: completed')
        self.assertEqual(lines[-2], 'SERVICE  STATUS   LAST SYNC            RECEIVED  new  changed  gone  SENT  new  '
                                    'changed  gone')
        self.assertRegex(lines[-1], r'^contact  success  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d        25   25        0     0     '
                                    r'0    0        0     0$')
        self.assertEqual(kind, 'Type: slow')
        self.assertEqual(why, 'CONTACT: slow sync, because there is no completed sync to go on from.')
        session = self.json('history', 'Work')[0]['session']
        self.assertEqual(hint, f'Changed here: 25 items. Show with: syncctl diff {session}; '
                               f'take back with: syncctl undo {session}')
        self.assertIn('contact received 25/25', lines)
        self.assertNotIn('\x1b', '\n'.join(lines))
        history = self.text('history', 'Work').splitlines()
        self.assertEqual(history[0].split(), ['SESSION', 'STARTED', 'TOOK', 'BY', 'OUTCOME', 'RECEIVED', 'SENT', 'CHANGED',
                                              'SYNCML', 'TRIPS', 'TRAFFIC'])
        self.assertRegex(history[1], rf'^ *{session}  \S+ \S+ +\d+\.\d s  user  completed        25     0       25     '
                                     r'1\.2 +\d+ +[\d.]+ KiB$')
        self.assertEqual(history[2], '    Type: slow')

    def test_the_type_of_one_session(self):
        self.add(services=['contact=card'])
        self.import_one()
        self.json('start', 'Work', '--type', 'refresh-from-server')
        self.assertEqual(len(self.json('item', 'list', '--service', 'contact')), 25)
        self.assertEqual(self.json('history', 'Work', '--limit', '1')[0]['services'][0]['type'],
                         'REFRESH_FROM_SERVER')

    def test_no_wait_returns_when_the_session_is_accepted(self):
        profile_id = self.add()
        self.server.call('hold')
        accepted = self.json('start', 'Work', '--no-wait')
        self.assertEqual(list(accepted), ['profile_id', 'session'])
        self.server.call('await-held')
        self.assertEqual(self.json('status', 'Work')['state'], 'Syncing')
        # Who starts it again joins it.
        process = subprocess.Popen([SYNCCTL, '--json', 'start', profile_id], stdout=subprocess.PIPE, text=True)
        self.server.call('release')
        joined = json.loads(process.communicate(timeout=ctl.PATIENCE)[0])
        self.assertEqual((joined['outcome'], process.returncode), ('COMPLETED', 0))

    def test_a_failed_sync_is_6(self):
        self.add(services=['contact=nowhere', 'event=cal'])
        result = self.run_ctl('start', 'Work', status=6)
        self.assertRegex(result.stdout, r'Work: failed after ')
        self.assertRegex(result.stderr, r'^syncctl: syncing Work failed: .*nowhere.*\n'
                                        r'Change it with: syncctl profile update \w+ --service SERVICE=DATABASE\n$')
        told = self.json('start', 'Work', status=6)
        self.assertEqual(told['outcome'], 'FAILED')
        self.assertEqual(told['error']['name'], 'org.syncd1.Error.DatabaseNotFound')
        self.assertEqual([service['sync_status'] for service in told['services']], ['FAIL', 'SUCCESS'])
        self.assertIn(told['error']['message'], self.text('history', 'Work'))

    def test_a_stopped_sync_is_7(self):
        self.add()
        process = self.start_held('--json')
        self.assertEqual(self.text('stop', 'Work'), 'The sync of Work is stopping.\n')
        told = json.loads(process.communicate(timeout=ctl.PATIENCE)[0])
        self.assertEqual((told['outcome'], process.returncode), ('STOPPED', 7))
        self.assertEqual([service['sync_status'] for service in told['services']], ['STOP', 'STOP'])

    def test_an_interrupt_asks_the_service_to_stop(self):
        self.add()
        process = self.start_held()
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=ctl.PATIENCE)
        self.assertEqual(process.returncode, 7)
        self.assertTrue(out.startswith('Work: stopped after '), out)
        self.assertEqual(said, 'Stopping the sync. Press Ctrl-C again to leave without waiting.\n')

    def test_a_second_interrupt_leaves(self):
        profile_id = self.add()
        process = self.start_held()
        worker = self.worker()
        os.kill(worker, signal.SIGSTOP)  # it does not stop when asked
        process.send_signal(signal.SIGINT)
        self.assertIn('Press Ctrl-C again', process.stderr.readline())
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=ctl.PATIENCE)
        os.kill(worker, signal.SIGCONT)
        self.assertEqual((process.returncode, out), (130, ''))
        self.assertEqual(said, 'syncctl: start: not waiting any longer for the sync to stop\n'
                               f'See how it ended: syncctl history {profile_id}\n')

    def worker(self):
        with open(f'/proc/{os.environ["SYNCD_PID"]}/task/{os.environ["SYNCD_PID"]}/children') as children:
            [pid] = children.read().split()
        return int(pid)

    def test_the_example_program_works(self):
        result = subprocess.run([EXAMPLE, self.server.url, USER], input=PASSWORD + '\n',
                                capture_output=True, text=True, timeout=ctl.PATIENCE)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        lines = result.stdout.splitlines()
        self.assertIn('CONTACT received 25 of 25', lines)
        self.assertEqual(lines[-3:], ['Completed.', 'CONTACT SUCCESS: received 25, sent 0',
                                      'EVENT SUCCESS: received 1, sent 0'])
        self.assertEqual(self.json('profile', 'list'), [])


class OnATerminal(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.server.put_all('card', [card(f'Person {number}') for number in range(25)])
        self.add(services=['contact=card'])
        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('Mine'))

    def test_bars_are_rewritten_in_place(self):
        terminal = ctl.Terminal('start', 'Work', columns=60)
        self.assertEqual(terminal.finish(), 0)
        lines = terminal.screen()
        bars = [line for line in lines if '█' in line]
        self.assertEqual(sorted(bars), ['contact received  ' + '█' * 34 + '  25/25', 'contact sent      ' + '█' * 34 + '    1/1'])
        self.assertTrue(lines[2].startswith('Work: completed after '), lines)

    def test_bars_know_ascii_and_narrow_terminals(self):
        terminal = ctl.Terminal('start', 'Work', columns=40, LC_ALL='C')
        self.assertEqual(terminal.finish(), 0)
        self.assertIn('contact received  [############]  25/25', terminal.screen())
        self.assertNotIn('█', terminal.output)

        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('Another'))
        terminal = ctl.Terminal('start', 'Work', columns=20)
        self.assertEqual(terminal.finish(), 0)
        self.assertIn('contact sent  1/1', terminal.screen())

    def test_a_dumb_terminal_gets_lines(self):
        terminal = ctl.Terminal('start', 'Work', TERM='dumb')
        self.assertEqual(terminal.finish(), 0)
        self.assertNotIn('\x1b', terminal.output)
        self.assertIn('contact received 25/25\r\n', terminal.output)

    def test_ctrl_c_stops_the_sync_below_the_bars(self):
        self.server.call('hold')
        terminal = ctl.Terminal('start', 'Work')
        self.server.call('await-held')
        terminal.type('\x03')
        self.assertEqual(terminal.finish(), 7)
        lines = terminal.screen()
        self.assertIn('Stopping the sync. Press Ctrl-C again to leave without waiting.', lines)
        self.assertTrue(any(line.startswith('Work: stopped after ') for line in lines), lines)


if __name__ == '__main__':
    unittest.main(verbosity=2)
