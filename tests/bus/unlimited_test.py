#!/usr/bin/python3
"""Without a limit on profiles. usage: unlimited_test.py LIMIT, the one in the configuration"""
import sys
import unittest

import harness
from harness import ANNA, MANAGER, MANAGER_PATH

LIMIT = int(sys.argv.pop(1))


class Unlimited(harness.TestCase):
    def test_case_02_zero_or_less_means_no_limit(self):
        anna = self.client(ANNA)
        self.assertEqual(anna.get(MANAGER_PATH, MANAGER, 'MaxProfiles'), LIMIT)
        for _ in range(12):
            anna.add()
        self.assertEqual(anna.manager('GetProfileCount'), 12)


if __name__ == '__main__':
    unittest.main(verbosity=2)
