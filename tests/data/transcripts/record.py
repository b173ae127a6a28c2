#!/usr/bin/python3
"""Records the transcripts beside this file, and what they tell, anew, with the real daemon and the reference server:

    scripts/with-syncd -- tests/data/transcripts/record.py
"""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / 'client'))
from ctl import SYNCCTL, card, event
sys.path.insert(0, str(HERE.parent.parent / 'server'))
from reference_server import ReferenceServer


def ctl(*words, status=0, **how):
    result = subprocess.run([SYNCCTL, *map(str, words)], check=False, text=True, stdout=subprocess.PIPE, **how)
    if result.returncode != status:
        sys.exit(f'{words} ended with {result.returncode}')
    return result.stdout


def record(name, status=0):
    path = HERE / (name + '.xml')
    path.unlink(missing_ok=True)
    ctl('start', 'Work', '--trace', path, '--trace-items', status=status)
    path.chmod(0o644)
    path.with_suffix('.txt').write_text(ctl('trace', 'explain', path))


with ReferenceServer('--user', 'alice:secret') as server, tempfile.TemporaryDirectory() as directory:
    password = pathlib.Path(directory) / 'password'
    password.write_text('secret')
    password.chmod(0o600)
    ctl('profile', 'add', 'Work', '--url', server.url, '--user', 'alice', '--password-file', password, '--device-id',
        'syncd-recorder', '--service', 'contact=card', '--service', 'event=cal')

    guids = [server.put('card', card(f'Theirs {number}')) for number in range(3)]
    server.put('cal', event('tea', 'Tea'))
    for number in range(2):
        ctl('item', 'import', '--service', 'contact', '-', input=card(f'Ours {number}'))
    record('first')

    server.put('card', card('Theirs 3'))
    server.delete('card', guids[0])
    ctl('item', 'import', '--service', 'contact', '-', input=card('Ours 2'))
    record('second')
    record('nothing-new')

    server.call('forget', store='card', device='syncd-recorder')
    record('server-forgot')

    ctl('profile', 'update', 'Work', '--service', 'event=nowhere')
    record('no-database', status=6)

    ctl('profile', 'update', 'Work', '--service', 'event=cal', '--encoding', 'wbxml')
    server.put('card', card('Theirs 4'))
    ctl('item', 'import', '--service', 'contact', '-', input=card('Ours 3'))
    server.misbehave('drop-after@2')
    record('broken-off', status=6)
    server.behave()
    record('resumed')
    ctl('profile', 'remove', 'Work')
