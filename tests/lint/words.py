#!/usr/bin/python3
"""Words that must not stand in the project.

usage: words.py SOURCE_ROOT
"""
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
listed = subprocess.run(['git', '-C', root, 'ls-files', '-z'], capture_output=True)
if listed.returncode == 0:
    files = [root / name for name in listed.stdout.decode().split('\0') if name]
else:  # an unpacked archive
    files = [path for path in root.rglob('*') if path.is_file() and not re.match(r'build|\.', path.relative_to(root).parts[0])]

source = {'.cpp', '.hpp', '.py', '.build', '.sh', '.xml', '.md', ''}
everywhere = [
    (r'(?<![\w/])/(work|farm)/', 'a path of one machine'),
    (r'\b(deb|security)\.debian\.org|registry\.npmjs', 'a package registry'),
    (r'<<<<<<<|>>>>>>>', 'an unresolved merge'),
]
in_code = [
    (r'\b(TODO|FIXME|XXX|HACK)\b', 'unfinished work: finish it or file an issue'),
    (r'\b(sleep_for|sleep_until|usleep|nanosleep)\b|\btime\.sleep\(', 'a sleep: wait for the event'),
    (r'\bsystem\(|\bpopen\(', 'a shell from a program'),
    (r'\busing namespace std\s*;', 'using namespace std'),
]
problems, checked = [], 0
for path in files:
    if path.resolve() == pathlib.Path(__file__).resolve() or path.suffix not in source or not path.is_file():
        continue
    try:
        text = path.read_text()
    except UnicodeDecodeError:
        continue
    checked += 1
    code = path.suffix in {'.cpp', '.hpp'} or (path.suffix == '.py' and 'lint' not in path.parts)
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in everywhere + (in_code if code else []):
            if re.search(pattern, line):
                problems.append(f'{path.relative_to(root)}:{number}: {what}: {line.strip()[:80]}')
if checked == 0:
    problems.append('no file found')
print('\n'.join(problems) or f'{checked} files are clean')
sys.exit(1 if problems else 0)
