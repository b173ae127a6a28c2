#!/usr/bin/python3
"""The daemon is killed while `syncctl start` waits. Run alone: nothing works afterwards."""
import json
import os
import signal
import subprocess
import unittest

import ctl


class Gone(ctl.TestCase):
    def remove_everything(self):
        self.server.call('release')

    def test_a_service_that_goes_away_ends_the_wait_with_5(self):
        profile_id = self.add()
        self.server.call('hold')
        process = subprocess.Popen([ctl.SYNCCTL, '--json', 'start', 'Work'], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.server.call('await-held')
        os.kill(int(os.environ['SYNCD_PID']), signal.SIGKILL)
        out, said = process.communicate(timeout=ctl.PATIENCE)
        self.assertEqual(process.returncode, 5)
        told = json.loads(out)
        self.assertEqual((told['profile_id'], told['outcome'], told['services']), (profile_id, 'FAILED', []))
        self.assertEqual(said, 'syncctl: syncing Work failed: the synchronization service went away; '
                               'how the sync ended is not known\n'
                               f'When it is back, see: syncctl history {profile_id}\n')
        # And the next call finds nobody.
        self.assertEqual(self.json('status', status=5)['error']['name'], 'org.freedesktop.DBus.Error.ServiceUnknown')


if __name__ == '__main__':
    unittest.main(verbosity=2)
