#!/usr/bin/python3
"""What HACKING.md says one can do by hand works as it stands there. Run by scripts/with-syncd."""
import pathlib
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Handbook(unittest.TestCase):
    def test_the_calls_by_hand(self):
        text = (ROOT / 'HACKING.md').read_text()
        block = text.partition('`scripts/with-syncd -- bash` and then:\n\n')[2].partition('\n\n')[0]
        self.assertEqual(block.count('busctl '), 6)
        result = subprocess.run(['bash', '-eu', '-o', 'pipefail', '-c', block], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ''), result.stdout)
        self.assertIn('.StartSync', result.stdout)
        self.assertIn('"ProfileName" s "Work"', result.stdout)
        self.assertNotIn('secret', result.stdout)
        self.assertRegex(result.stdout, r'(?m)^t \d+$')  # the session
        self.assertIn('"ServiceType" s "CONTACT"', result.stdout)


if __name__ == '__main__':
    unittest.main(verbosity=2)
