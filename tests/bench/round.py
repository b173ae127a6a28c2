#!/usr/bin/python3
"""One part of a round of syncs. Runs inside scripts/with-syncd, each part beside a fresh daemon on the same state.

usage: round.py PART SIZE > result.json

seed URL USER PASSWORD DATABASE [ENCODING]
         client A gets SIZE contacts and a profile, client B a profile
first    A sends its contacts to the server, then B fetches them; both measured
up       only the former
nothing  A syncs with nothing changed, RUNS times (--runs); measured
edit     A and B each change another 1 % of the contacts, and B syncs
changed  A syncs; measured
types    A has synced all, and does so by each other type of sync; measured
"""
import argparse
import json
import pwd
import sys
import time

from client import Client
from footprint import Footprint, of_this_daemon

TYPES = ('SLOW', 'ONE_WAY_FROM_CLIENT', 'ONE_WAY_FROM_SERVER', 'REFRESH_FROM_CLIENT', 'REFRESH_FROM_SERVER')
DEVICES = ('sc-pim-bench-a', 'sc-pim-bench-b')


def clients():
    """A is root, B somebody else with an account, or the bus would not let it in."""
    other = next(entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid not in (0, 65534))
    return Client(), Client(other)


def must_be(what, got, expected):
    if got != expected:
        sys.exit(f'round.py: {what}: {got} instead of {expected}; nothing here is a measurement')


def measure(client, moved=None, type=None):
    """A sync in which so many items must move, if that is known."""
    profile = client.profile()
    footprint = Footprint(*of_this_daemon())
    begun = time.monotonic()
    record = client.sync(profile, type)
    sample = footprint.end()
    sample['wall_s'] = time.monotonic() - begun
    sample['round_trips'] = record['RoundTrips']
    sample['sent'], sample['received'] = record['BytesSent'], record['BytesReceived']
    service = record['Services'][0]
    total = service['ClientToServerTotal'] + service['ServerToClientTotal']
    must_be('contacts moved', total, total if moved is None else moved)
    must_be('type', service['Type'], type or service['Type'])
    return sample


def seed(size, options):
    a, b = clients()
    must_be('contacts of A', a.import_contacts(1, size), size)
    for client, device in zip((a, b), DEVICES):
        client.add_profile(options.url, options.user, options.password, device, options.database,
                           options.encoding or 'XML')
    broker, _ = of_this_daemon()
    return {'broker_mib': broker.resident_mib()}


def first(size, _):
    a, b = clients()
    samples = {'up': [measure(a, size)], 'down': [measure(b, size)]}
    must_be('contacts of B', b.count(), size)
    return samples


def up(size, _):
    return {'up': [measure(Client(), size)]}


def nothing(_, options):
    a = Client()
    a.sync(a.profile())  # what the first sync left to settle
    return {'nothing': [measure(a, 0) for _ in range(options.runs)]}


def edit(size, _):
    a, b = clients()
    part = size // 100
    must_be('changes of A', a.change_contacts(1, 100, 1), part)
    must_be('changes of B', b.change_contacts(2, 100, 1), part)
    b.sync(b.profile())
    return {}


def changed(size, _):
    return {'one_percent': [measure(Client(), 2 * (size // 100))]}


def types(size, _):
    a = Client()
    samples = {name: [measure(a, None, name)] for name in TYPES}
    must_be('contacts of A', a.count(), size)
    return samples


PARTS = {part.__name__: part for part in (seed, first, up, nothing, edit, changed, types)}


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('part', choices=PARTS)
    parser.add_argument('size', type=int)
    for word in ('url', 'user', 'password', 'database', 'encoding'):
        parser.add_argument(word, nargs='?')
    parser.add_argument('--runs', type=int, default=1)
    options = parser.parse_args()
    json.dump(PARTS[options.part](options.size, options), sys.stdout)


if __name__ == '__main__':
    main()
