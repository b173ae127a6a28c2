#!/usr/bin/python3
"""A contact with a large photo, up from one client and down to another. Runs inside scripts/with-syncd.

usage: large.py OCTETS URL USER PASSWORD DATABASE > result.json
"""
import json
import sys

from footprint import of_this_daemon
from round import DEVICES, clients, measure, must_be


def main():
    octets, (url, user, password, database) = int(sys.argv[1]), sys.argv[2:]
    a, b = clients()
    for client, device in zip((a, b), DEVICES):
        client.add_profile(url, user, password, device, database)
    for client in (a, b):
        client.sync(client.profile())
    before = a.import_photo(octets)
    broker, _ = of_this_daemon()
    result = {'up': measure(a, 1), 'down': measure(b, 1), 'item': before['octets'], 'broker_mib': broker.resident_mib()}
    must_be('octets at B', b.look_at_all(), before)
    json.dump(result, sys.stdout)


if __name__ == '__main__':
    main()
