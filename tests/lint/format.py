#!/usr/bin/python3
"""clang-format has nothing to change.

usage: format.py SOURCE_ROOT
"""
import pathlib
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
files = sorted(path for folder in ('daemon', 'client-lib', 'tests') for path in (root / folder).rglob('*.[ch]pp'))
if not files:
    sys.exit('no source file found')
result = subprocess.run(['clang-format', '--dry-run', '--Werror', '--style=file', *map(str, files)],
                        cwd=root, capture_output=True, text=True)
if result.returncode != 0:
    wrong = sorted({line.split(':', 1)[0] for line in result.stderr.splitlines() if 'clang-format-violations' in line})
    sys.exit('run clang-format -i on:\n' + '\n'.join(wrong or [result.stderr]))
print(f'{len(files)} files are formatted')
