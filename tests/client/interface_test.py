#!/usr/bin/python3
"""What libsyncd shows of itself: headers that need nothing but C++, and no symbol but its own.

usage: interface_test.py HEADER_DIRECTORY LIBRARY
"""
import pathlib
import re
import subprocess
import sys
import unittest

headers = sorted(pathlib.Path(sys.argv[1]).glob('syncd/*.hpp'))
library = sys.argv[2]


class Interface(unittest.TestCase):
    def test_headers_include_the_standard_library_and_each_other_only(self):
        self.assertIn('client.hpp', [header.name for header in headers])
        for header in headers:
            for included in re.findall(r'#include (\S+)', header.read_text()):
                self.assertRegex(included, r'^<(syncd/\w+\.hpp|[a-z_]+)>$', header)

    def test_the_library_exports_its_own_names_only(self):
        # An instrumented library has the sanitizers' names as well.
        listed = subprocess.run(['nm', '--dynamic', '--defined-only', '--demangle', library], check=True,
                                capture_output=True, text=True).stdout.splitlines()
        names = [line.split(maxsplit=2)[2] for line in listed if '__asan' not in line and '__odr_asan' not in line]
        self.assertTrue(any(name.startswith('syncd::Client::add') for name in names))
        self.assertEqual([name for name in names if not re.search(r'\bsyncd::', name) or '::Impl' in name], [])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
