#!/usr/bin/python3
"""`syncctl start --trace` and `syncctl trace`: the session in a file of the user's."""
import base64
import json
import os
import signal
import stat
import subprocess
import unittest
import xml.etree.ElementTree

import ctl
from ctl import PASSWORD, SYNCCTL, USER, card


class Trace(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.file = self.directory / 'work.xml'
        self.server.put_all('card', [card(f'Person {number}') for number in range(25)])
        self.profile_id = self.add(services=['contact=card'])

    def start_held(self, *more):
        self.server.call('hold')
        process = subprocess.Popen([SYNCCTL, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.server.call('await-held')
        return process

    def root(self):
        return xml.etree.ElementTree.parse(self.file).getroot()

    def test_a_sync_is_written_into_a_file_of_its_owners(self):
        said = self.text('start', 'Work', '--trace', self.file, umask=0)
        self.assertEqual(said.splitlines()[-1], f'The transcript is in {self.file}.')
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        root = self.root()
        [record] = self.json('history', 'Work')
        self.assertEqual((int(root.get('session')), root.find('end').get('outcome')), (record['session'], 'completed'))
        self.assertEqual((len(root.findall('sent')), len(root.findall('received'))), (record['round_trips'],) * 2)
        text = self.file.read_text()
        for secret in (PASSWORD, base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode(), 'Person 1'):
            self.assertNotIn(secret, text)

    def test_the_document_names_the_file(self):
        told = self.json('start', 'Work', '--trace', self.file, '--trace-items')
        self.assertEqual((told['outcome'], told['transcript']), ('COMPLETED', str(self.file)))
        self.assertIn('FN:Person 1', self.file.read_text())
        self.assertNotIn('transcript', self.json('start', 'Work'))

    def test_a_failed_sync_has_its_transcript_too(self):
        self.run_ctl('profile', 'update', 'Work', '--service', 'contact=nowhere')
        self.run_ctl('start', 'Work', '--trace', self.file, status=6)
        self.assertEqual(self.root().find('end').get('error'), 'org.syncd1.Error.DatabaseNotFound')

    def test_more_than_a_pipe_holds(self):
        self.server.put_all('card', [card(f'One {number}', NOTE='x' * 2000) for number in range(500)])
        self.run_ctl('start', 'Work', '--trace', self.file, '--trace-items')
        self.assertEqual(self.file.read_text().count('FN:'), 525)
        [record] = self.json('history', 'Work')
        self.assertFalse([note for note in record['notes'] if 'transcript' in note], record['notes'])

    def test_what_is_there_is_neither_overwritten_nor_followed(self):
        kept = self.directory / 'kept'
        kept.write_text('precious')
        link, dangling = self.directory / 'link', self.directory / 'dangling'
        link.symlink_to(kept)
        dangling.symlink_to(self.directory / 'made')
        for path in (kept, link, dangling):
            self.assertEqual(self.error(1, 'start', 'Work', '--trace', path),
                             f'syncctl: start: {path} exists, and a transcript overwrites nothing\n'
                             'Name another file, or move that one away.\n')
        self.assertEqual(kept.read_text(), 'precious')
        self.assertFalse((self.directory / 'made').exists())
        self.assertIn('exists', self.error(1, 'start', 'Work', '--trace', self.directory))
        self.assertIn('No such file', self.error(1, 'start', 'Work', '--trace', self.directory / 'no/where'))
        self.assertEqual(self.json('history', 'Work'), [])

    def test_lines_that_make_no_sense(self):
        for words, said in ((['--trace', self.file, '--no-wait'], 'does not wait'), (['--trace-items'], '--trace FILE'),
                            (['--trace', '-'], 'Name a file')):
            self.assertIn(said, self.error(2, 'start', 'Work', *words))
        self.assertFalse(self.file.exists())
        self.assertEqual(self.json('history', 'Work'), [])

    def test_a_sync_that_runs_is_not_joined_and_leaves_no_file(self):
        process = self.start_held('start', 'Work')
        self.assertIn('syncing already', self.error(1, 'start', 'Work', '--trace', self.file))
        self.assertFalse(self.file.exists())
        self.server.call('release')
        process.communicate(timeout=ctl.PATIENCE)
        self.assertEqual(process.returncode, 0)

    def test_a_sync_that_never_begins_leaves_no_file(self):
        other = self.json('profile', 'add', 'Other', '--url', self.server.url, '--user', USER, '--password-file',
                          self.password_file, '--service', 'contact=card')['profile_id']
        process = self.start_held('start', 'Other')  # one session of a user at a time
        waiting = subprocess.Popen([SYNCCTL, '--json', 'start', 'Work', '--trace', self.file], stdout=subprocess.PIPE,
                                   text=True)
        while self.json('status', 'Work')['state'] != 'Queued':
            pass
        self.run_ctl('stop', 'Work')
        told = json.loads(waiting.communicate(timeout=ctl.PATIENCE)[0])
        self.assertEqual((told['outcome'], told['transcript']), ('STOPPED', None))
        self.assertFalse(self.file.exists())
        self.run_ctl('stop', other)
        self.server.call('release')
        process.communicate(timeout=ctl.PATIENCE)

    def test_an_interrupted_sync_is_written_down_to_its_end(self):
        process = self.start_held('start', 'Work', '--trace', str(self.file))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=ctl.PATIENCE)
        self.assertEqual((process.returncode, self.root().find('end').get('outcome')), (7, 'stopped'))

    def test_a_full_disk_costs_the_transcript_and_not_the_sync(self):
        def small_files():
            import resource
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        result = self.run_ctl('start', 'Work', '--trace', self.file, status=1, preexec_fn=small_files)
        self.assertIn('Work: completed', result.stdout)
        self.assertIn(f'the transcript in {self.file} is not whole: File too large', result.stderr)
        self.assertEqual(self.file.stat().st_size, 4096)
        self.assertEqual(len(self.json('item', 'list', '--service', 'contact')), 25)


class Save(ctl.TestCase):
    """`syncctl trace save`, of a profile that keeps its transcripts."""

    def setUp(self):
        super().setUp()
        self.file = self.directory / 'work.xml'
        self.profile_id = self.add(services=['contact=card'])
        self.run_ctl('profile', 'update', 'Work', '--keep-transcripts', 2)
        self.session = self.json('start', 'Work')['session']

    def test_a_sync_that_nobody_wrote_down_can_be_explained(self):
        self.assertIn('Transcripts kept      of the last 2 syncs', self.text('profile', 'show', 'Work'))
        self.assertEqual(self.json('profile', 'show', 'Work')['keep_transcripts'], 2)
        self.assertEqual(self.text('history', 'Work').splitlines()[-1],
                         f'There are transcripts of {self.session}; put one into a file with: syncctl trace save SESSION FILE')
        said = self.text('trace', 'save', self.session, self.file, umask=0)
        self.assertEqual(said, f'The transcript is in {self.file}. Have it told in words with: syncctl trace explain '
                               f'{self.file}\n')
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        self.assertNotIn(PASSWORD, self.file.read_text())
        self.assertIn('The session ends: completed', self.text('trace', 'explain', self.file).splitlines())

    def test_the_document_names_the_file(self):
        self.assertEqual(self.json('trace', 'save', self.session, self.file, '--profile', 'Work'),
                         {'session': self.session, 'transcript': str(self.file)})

    def test_what_is_not_kept_is_not_found_and_leaves_no_file(self):
        self.assertIn('no transcript of session 999999 is kept', self.error(3, 'trace', 'save', 999999, self.file))
        self.assertFalse(self.file.exists())
        self.run_ctl('profile', 'update', 'Work', '--keep-transcripts', 0)
        self.error(3, 'trace', 'save', self.session, self.file)
        self.assertNotIn('There are transcripts', self.text('history', 'Work'))

    def test_what_is_there_is_not_overwritten(self):
        self.file.write_text('precious')
        self.assertIn('overwrites nothing', self.error(1, 'trace', 'save', self.session, self.file))
        self.assertEqual(self.file.read_text(), 'precious')
        self.assertIn('Name a file', self.error(2, 'trace', 'save', self.session, '-'))

    def test_numbers_that_make_no_sense(self):
        self.assertIn('no number of a session', self.error(2, 'trace', 'save', 'last', self.file))
        self.error(2, 'profile', 'update', 'Work', '--keep-transcripts', 21)


class Explain(ctl.TestCase):
    """`syncctl trace explain`, which needs neither service nor bus."""

    NO_BUS = {**os.environ, 'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=/nowhere', 'LC_ALL': 'C.UTF-8'}

    def setUp(self):
        super().setUp()
        self.file = self.directory / 'work.xml'
        self.add(services=['contact=card'])
        self.run_ctl('start', 'Work', '--trace', self.file)

    def explain(self, *words, status=0, **how):
        result = subprocess.run([SYNCCTL, *map(str, words)], env=self.NO_BUS, capture_output=True, text=True,
                                timeout=ctl.PATIENCE, **how)
        self.assertEqual(result.returncode, status, result.stderr)
        return result

    def test_a_sync_is_told_step_by_step(self):
        lines = self.explain('trace', 'explain', self.file).stdout.splitlines()
        self.assertRegex(lines[0], r'^Session \d+ of the profile Work, at 20')
        self.assertIn('Note: CONTACT: slow sync, because there is no completed sync to go on from.', lines)
        self.assertIn('The session ends: completed', lines)
        self.assertEqual([line.split('package ')[1][0] for line in lines if 'package ' in line][:1], ['1'])
        self.assertEqual(self.explain('trace', 'explain', '-', input=self.file.read_text()).stdout.splitlines(), lines)

    def test_the_document_has_the_steps(self):
        told = json.loads(self.explain('--json', 'trace', 'explain', self.file).stdout)
        self.assertEqual((list(told), told['whole']), (['whole', 'steps'], True))
        self.assertEqual({tuple(step) for step in told['steps']}, {('title', 'lines')})
        self.assertEqual(told['steps'][-1]['title'], 'In sum')

    def test_one_that_broke_off_is_told_as_far_as_it_goes(self):
        self.file.write_text(self.file.read_text()[:-2000])
        said = self.explain('trace', 'explain', self.file).stdout
        self.assertTrue(said.endswith('  the transcript breaks off here, before its session ended\n'), said)

    def test_what_is_no_transcript_is_refused(self):
        for text in ('', 'BEGIN:VCARD\n', '<?xml version="1.0"?>\n<html>\n'):
            self.file.write_text(text)
            self.assertEqual(self.explain('trace', 'explain', self.file, status=1).stderr,
                             f'syncctl: trace explain: {self.file}: this is no transcript of a session\n'
                             'Only what syncctl start --trace and trace save write can be explained.\n')
        self.assertIn('No such file', self.explain('trace', 'explain', '/no/where', status=1).stderr)
        self.explain('trace', 'explain', self.directory, status=1)


if __name__ == '__main__':
    unittest.main(verbosity=2)
