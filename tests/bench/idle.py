#!/usr/bin/python3
"""What the broker uses while nothing is due. Runs inside scripts/with-syncd.

usage: idle.py SECONDS > sample.json

There is a profile, and it has synced once in vain: everything is loaded that will be.
"""
import json
import select
import sys

from client import Client
from footprint import of_this_daemon


def main():
    seconds = float(sys.argv[1])
    broker, _ = of_this_daemon()
    client = Client()
    profile = client.add_profile('http://127.0.0.1:9/none', 'user', 'secret', 'sc-pim-bench-idle', 'card')
    client.wait(client.start(profile)[0])
    client.count()
    client.close()
    # Whatever is still to be done for the client that went away.
    select.select([], [], [], 2)
    switches, cpu = broker.switches(), broker.cpu_s()
    select.select([], [], [], seconds)
    json.dump({'resident_mib': broker.resident_mib(), 'proportional_mib': broker.proportional_mib(),
               'seconds': seconds, 'switches': broker.switches() - switches,
               'cpu_s': broker.cpu_s() - cpu}, sys.stdout)


if __name__ == '__main__':
    main()
