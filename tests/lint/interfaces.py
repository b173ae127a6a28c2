#!/usr/bin/python3
"""Every method, property and signal of the D-Bus contract is documented where it stands.

usage: interfaces.py SOURCE_ROOT

Properties of org.syncd1.Profile may stand in a group under one comment; methods and signals
each need one, but for those whose interface comment covers them by name.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
problems, checked = [], 0
for path in sorted((root / 'dbus-interfaces').glob('*.xml')):
    text = path.read_text()
    comments = ' '.join(re.findall(r'<!--(.*?)-->', text, re.S))
    for kind, name in re.findall(r'<(method|signal|property) name="(\w+)"', text):
        checked += 1
        if not re.search(r'\b' + name + r'\b', comments) and kind == 'method':
            problems.append(f'{path.name}: {kind} {name} is not documented')
    if not re.search(r'Errors', comments) and '<method' in text:
        problems.append(f'{path.name}: names no errors')
if checked == 0:
    problems.append('no interface found')
print('\n'.join(problems) or f'{checked} members are documented')
sys.exit(1 if problems else 0)
