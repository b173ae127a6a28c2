#!/usr/bin/python3
"""`syncctl notify`, and what `status` says of notifications."""
import pathlib
import sys
import tempfile
import unittest

import ctl

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))
from notification import san  # noqa: E402

SERVER, SECRET = 'srv1', 'pushsecret'


class Notify(ctl.TestCase):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.file = pathlib.Path(directory.name, 'notification')
        secret = pathlib.Path(directory.name, 'secret')
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        self.profile = self.add('Work', '--mode', 'push', '--server-id', SERVER, '--server-password-file', secret)

    def notify(self, octets):
        self.file.write_bytes(octets)
        return self.json('notify', self.file)

    def counts(self):
        return self.json('status')['notifications']

    def test_a_notification_starts_the_profile_that_names_its_server(self):
        before = self.counts().get('Started', 0)
        self.assertEqual(self.notify(san(SERVER, SECRET, [(206, 'card', '')], session=1)), {'profiles': [self.profile]})
        self.assertEqual(self.counts()['Started'], before + 1)
        self.assertIn('Started', self.text('status').splitlines()[-1])
        self.json('start', 'Work')  # joins it, or comes after it
        self.assertEqual(self.json('history', 'Work')[-1]['trigger'], 'push')

    def test_what_is_ignored_is_counted_and_no_failure(self):
        before = self.counts()
        self.file.write_bytes(san(SERVER, 'wrong'))
        self.assertEqual(self.text('notify', self.file), 'Nothing syncs because of it; syncctl status counts why.\n')
        self.assertEqual(self.counts(), {**before, 'WrongDigest': before.get('WrongDigest', 0) + 1})

    def test_what_needs_consent_waits_for_start(self):
        self.assertEqual(self.notify(san(SERVER, SECRET, [(210, 'card', '')], session=2)), {'profiles': []})
        self.assertIn('CONTACT REFRESH_FROM_SERVER', self.json('status', 'Work')['attention'])
        self.assertEqual(self.json('start', 'Work', '--type', 'refresh-from-server')['outcome'], 'COMPLETED')
        self.assertIsNone(self.json('status', 'Work')['attention'])

    def test_a_file_that_is_too_long_is_refused(self):
        self.file.write_bytes(bytes(1 << 20))
        self.assertIn('4096 bytes', self.error(8, 'notify', self.file))


if __name__ == '__main__':
    unittest.main(verbosity=2)
