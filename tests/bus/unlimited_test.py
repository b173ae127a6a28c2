#!/usr/bin/python3
"""With MaxProfiles=0 in the configuration."""
import unittest

import harness
from harness import ANNA, MANAGER, MANAGER_PATH


class Unlimited(harness.TestCase):
    def test_case_02_zero_means_no_limit(self):
        anna = self.client(ANNA)
        self.assertEqual(anna.get(MANAGER_PATH, MANAGER, 'MaxProfiles'), 0)
        for _ in range(12):
            anna.add()
        self.assertEqual(anna.manager('GetProfileCount'), 12)


if __name__ == '__main__':
    unittest.main(verbosity=2)
