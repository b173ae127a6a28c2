#!/usr/bin/python3
"""How soon StartSync is answered and its first request is on the wire. Runs inside scripts/with-syncd.

usage: latency.py RUNS [--busy URL USER PASSWORD DATABASE CONTACTS] > samples.json

With --busy, ten other users' first syncs of CONTACTS contacts are running meanwhile.
"""
import argparse
import contextlib
import json
import pwd
import select
import socket
import sys
import time

from client import Client

OTHERS = 10
PATIENCE_SECONDS = 600


class Listener:
    """A server of which only the moment counts when a request arrives."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self.socket.getsockname()[1]}/sync'

    def first_byte(self):
        """When the next request begins to arrive; it gets no answer."""
        self.socket.settimeout(PATIENCE_SECONDS)
        connection, _ = self.socket.accept()
        with connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.recv(1)
            return time.monotonic()

    def drain(self):
        """Drops what was repeated meanwhile."""
        while select.select([self.socket], [], [], 0)[0]:
            self.socket.accept()[0].close()


def uids():
    """Of accounts that exist, or the bus would not let them in."""
    known = sorted({entry.pw_uid for entry in pwd.getpwall()} - {0, 65534})
    if len(known) < OTHERS:
        sys.exit(f'latency.py: {OTHERS} accounts are needed, there are {len(known)}')
    return known[:OTHERS]


@contextlib.contextmanager
def others(busy):
    """Ten users in the midst of a first sync."""
    url, user, password, database, contacts = busy
    clients = []
    for index, uid in enumerate(uids()):
        client = Client(uid)
        client.import_contacts(1 + index * int(contacts), int(contacts))
        profile = client.add_profile(url, user, password, f'sc-pim-busy-{index}', database)
        clients.append((client, profile))
    sessions = [client.start(profile)[0] for client, profile in clients]

    def all_running():
        return all(client.state(profile) == 'Syncing' for client, profile in clients)
    yield all_running
    for (client, profile), session in zip(clients, sessions):
        if client.state(profile) != 'Idle':
            client.stop(profile)
        client.wait(session)
        client.close()


def measure(runs, all_running):
    listener, client = Listener(), Client()
    profile = client.add_profile(listener.url, '', '', 'sc-pim-bench-latency', 'card')
    samples = []
    while len(samples) < runs:
        before = all_running()
        client.send('start', profile)
        arrived = listener.first_byte()
        session, called, answered = client.receive()
        samples.append({'reply_ms': (answered - called) * 1000, 'request_ms': (arrived - called) * 1000})
        if not before or not all_running():
            sys.exit('latency.py: the other syncs ended too early: give them more contacts')
        client.send('wait', session)
        while not client.pipe.poll(0.01):
            listener.drain()  # the transport may try once more
        client.receive()
    return samples


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('runs', type=int)
    parser.add_argument('--busy', nargs=5, metavar=('URL', 'USER', 'PASSWORD', 'DATABASE', 'CONTACTS'))
    options = parser.parse_args()
    with others(options.busy) if options.busy else contextlib.nullcontext(lambda: True) as all_running:
        json.dump(measure(options.runs, all_running), sys.stdout)


if __name__ == '__main__':
    main()
