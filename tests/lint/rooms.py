#!/usr/bin/python3
"""The arrows between rooms: who includes whom, and who may use which library.

usage: rooms.py SOURCE_ROOT

The allowed arrows stand in HACKING.md's table of rooms; this reads them from there, so
the words and the check cannot drift apart.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
daemon = root / 'daemon'

# ---- the table ----------------------------------------------------------------
allowed: dict[str, set[str]] = {}
order: list[str] = []
for line in (root / 'HACKING.md').read_text().splitlines():
    row = re.match(r'\| `(\w+)` \|(.*)\|(.*)\|$', line)
    if not row:
        continue
    room, uses = row[1], row[3].strip()
    allowed[room] = set(re.findall(r'[a-z]+', re.sub(r'\(.*?\)', '', uses))) & set(order)
    order.append(room)

problems = []
rooms = {path.name for path in daemon.iterdir() if path.is_dir()}
if rooms != set(order):
    problems.append(f'HACKING.md lists {sorted(order)}, daemon/ holds {sorted(rooms)}')


def reachable(room: str) -> set[str]:
    seen, todo = set(), [room]
    while todo:
        for below in allowed.get(todo.pop(), ()):
            if below not in seen:
                seen.add(below)
                todo.append(below)
    return seen


# ---- includes between rooms, and of libraries that belong to one room ---------
owners = {
    r'<sdbus-c\+\+': {'bus'},
    r'<libsoup/': {'transport'},
    r'<libxml/': {'codec'},
    r'<SQLiteCpp/|<sqlite3': {'storage'},
    r'<seccomp|<linux/landlock': {'runner'},
    r'<lib(ebook|ecal|edataserver)|<glib|<gio/': {'evolution', 'transport'},
    r'<systemd/': {'app', 'bus', 'worker', 'schedule'},
}
files = 0
for source in sorted(daemon.rglob('*.[ch]pp')):
    files += 1
    room = source.relative_to(daemon).parts[0]
    for number, line in enumerate(source.read_text().splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*([<"][^>"]+)', line)
        if not include:
            continue
        where = f'{source.relative_to(root)}:{number}'
        target = include[1]
        if target[0] == '"' and '/' in target:
            other = target[1:].split('/')[0]
            if other != room and other not in reachable(room):
                problems.append(f'{where}: {room} must not include {other}')
        elif target[0] == '"' and not target.endswith('.adaptor.hpp'):
            problems.append(f'{where}: write includes from daemon/, not {target}"')
        for pattern, homes in owners.items():
            if re.match(pattern, target) and room not in homes:
                problems.append(f'{where}: {target}> belongs to {", ".join(sorted(homes))}')

if files == 0:
    problems.append('no source file found')
print('\n'.join(problems) or f'{files} files keep to the arrows')
sys.exit(1 if problems else 0)
