#!/usr/bin/python3
"""Every way in which a sync can be broken off, for each type of sync: the worker, the broker or the server is killed, or the
connection is cut, before and after each message is dealt with; the worker is killed, or the disk is full, at each step to
the disk. Contacts and events are added, changed and deleted on both sides before. After that the type runs once more and
then a two-way sync: both sides must hold what they do when nothing is broken. Prints what came of it, and fails when an
item was lost or doubled. A deletion that was forgotten, so that its item came back, is counted by itself: a sync that compares
everything, because the other side has forgotten the last one or the disk could not remember it, knows no deletions.

usage: kill_matrix.py [--short] [TYPE …]        --short: the disk alone, every few steps, in two-way syncs
"""
import argparse
import collections
import os
import pathlib
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))

from changes import STORES, change_on_both_sides  # noqa: E402
from device import Device, Syncd  # noqa: E402
from example_items import texts  # noqa: E402
from reference_server import ReferenceServer  # noqa: E402

BUILD = pathlib.Path(os.environ['SYNCD_BUILD'])
TYPES = ('TWO_WAY', 'SLOW', 'ONE_WAY_FROM_CLIENT', 'ONE_WAY_FROM_SERVER', 'REFRESH_FROM_CLIENT', 'REFRESH_FROM_SERVER')
MOST_STEPS = 1000
DELETED = ('Gone', 'Lost')  # what change_on_both_sides deletes


class World:
    """A device and a server, each of which may die and come back with what it had."""

    def __init__(self, place):
        self.place = pathlib.Path(place)
        self.orders = self.place / 'disk'
        self.orders.write_text('')
        self.orders.chmod(0o644)
        self.worker = self.place / 'worker'
        self.worker.write_text(f"""#!/bin/sh
export DISK_FAULT={self.orders}
export LD_PRELOAD={BUILD}/tests/peer/libdisk-fault.so
export ASAN_OPTIONS="${{ASAN_OPTIONS:-}}:verify_asan_link_order=0"
exec {BUILD}/daemon/runner/syncd-session "$@"
""")
        self.worker.chmod(0o755)
        self.port = 0
        self.serve()
        self.begin()

    def serve(self):
        self.server = ReferenceServer('--user', 'alice:s3cret', '--data', str(self.place / 'server.db'), '--port',
                                      str(self.port))
        self.port = self.server.port

    def begin(self):
        self.syncd = Syncd(state=self.place / 'state', worker=self.worker)
        self.device = Device(self.syncd)

    def end(self):
        self.device.close()
        self.syncd.stop()

    def stop(self):
        self.end()
        self.server.stop()

    def start_over(self):
        """Both sides in step, and then changed."""
        self.device.forget_everything()
        self.server.reset()
        self.profile = self.device.add_profile(self.server.url, services=tuple(STORES.items()))
        change_on_both_sides(self.device, self.server, lambda: self.complete('TWO_WAY'))

    def complete(self, kind):
        outcome = self.device.sync(self.profile, kind)
        if outcome.signal != 'Completed':
            raise AssertionError(f'{kind} does not complete afterwards: {outcome}')

    def content(self):
        """What each side holds, by service."""
        return {service: (texts(self.device.items(service)), texts(self.server.items(store)))
                for service, store in STORES.items()}

    def recover(self, kind):
        self.complete(kind)
        self.complete('TWO_WAY')
        return self.content()

    # ---- the ways to break it off; each returns False when there was nothing left to break ------------------

    def hold(self, kind, message, after):
        self.server.call('hold', message=message, after=after)
        session = self.device.start(self.profile, kind)
        self.server.call('await-held')
        return session

    def kill_worker(self, kind, message, after):
        session = self.hold(kind, message, after)
        worker, = self.syncd.workers()
        os.kill(worker, signal.SIGKILL)
        self.device.await_end(session)
        self.server.call('release', drop=not after)

    def kill_broker(self, kind, message, after):
        self.hold(kind, message, after)
        self.syncd.kill()
        self.end()
        self.server.call('release', drop=not after)
        self.begin()

    def kill_server(self, kind, message, after):
        session = self.hold(kind, message, after)
        self.server.process.kill()
        self.server.process.wait()
        self.device.await_end(session)
        self.server.stop()
        self.serve()

    def cut(self, kind, message, after):
        session = self.hold(kind, message, after)
        self.server.call('release', drop=True)
        self.device.await_end(session)

    def at_step(self, kind, word, step):
        self.orders.write_text(f'{word} {step}')
        outcome = self.device.sync(self.profile, kind)
        self.orders.write_text('')
        return outcome.signal != 'Completed'


def name(text):
    line = next(line for line in text.splitlines() if line.startswith(('FN:', 'SUMMARY:')))
    return line.partition(':')[2].removeprefix('Test ')


def judge(content, expected):
    """`equal`; `came back`, where nothing is wrong but that a deletion was forgotten; or what is wrong."""
    wrong, came_back = [], False
    for service, sides in expected.items():
        for where, found, wanted in zip(('here', 'there'), content[service], sides):
            found, wanted = collections.Counter(found), collections.Counter(wanted)
            # A deletion may be forgotten, but what it was of is there once then.
            back = collections.Counter({text: 1 for text in found - wanted if name(text) in DELETED})
            surplus = found - wanted - back
            came_back = came_back or bool(back)
            for what, items in (('lost', wanted - found), ('too many', surplus)):
                wrong += [f'{name(text)} {what} {where}' for text in items.elements()]
        if content[service][0] != content[service][1]:
            wrong.append(f'{service} is not the same on both sides')
    return ', '.join(wrong) or ('came back' if came_back else 'equal')


class Matrix:
    def __init__(self, world):
        self.world = world
        self.failed = False

    def row(self, kind, what, places, strike):
        """`strike(place)`: True when it broke something."""
        outcomes, wrong = collections.Counter(), []
        for place in places:
            self.world.start_over()
            if strike(place) is False:
                break
            try:
                outcome = judge(self.world.recover(kind), self.expected)
            except AssertionError as error:
                outcome = str(error)
            outcomes[outcome] += 1
            if outcome not in ('equal', 'came back'):
                wrong.append(f'    at {place}: {outcome}')
        self.failed = self.failed or bool(wrong) or not outcomes
        print(f'{kind:<20} {what:<28} {outcomes.total():>6} {outcomes["equal"]:>6} '
              f'{outcomes["came back"]:>9}', *wrong, sep='\n' if wrong else '',
              flush=True)

    def run(self, kind, short):
        world = self.world
        world.start_over()
        world.complete(kind)
        messages = world.server.last_session()['messages']
        world.complete('TWO_WAY')
        self.expected = world.content()
        boundaries = [(message, after) for message in range(1, messages + 1) for after in (False, True)]
        if not short:
            for what, strike in (('worker killed, message', world.kill_worker), ('broker killed, message', world.kill_broker),
                                 ('server killed, message', world.kill_server), ('connection cut, message', world.cut)):
                self.row(kind, what, boundaries, lambda place, strike=strike: strike(kind, *place))
        for what, word in (('worker killed, disk', 'kill'), ('disk full', 'full')):
            self.row(kind, what, range(1, MOST_STEPS, 9 if short else 1), lambda step, word=word: world.at_step(kind, word, step))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--short', action='store_true')
    parser.add_argument('types', nargs='*', metavar='TYPE', help='one of ' + ', '.join(TYPES))
    options = parser.parse_args()
    if unknown := set(options.types) - set(TYPES):
        parser.error('no type ' + ', '.join(sorted(unknown)))
    with tempfile.TemporaryDirectory() as place:
        world = World(place)
        try:
            matrix = Matrix(world)
            print(f'{"type":<20} {"what":<28} {"places":>6} {"equal":>6} {"came back":>9}', flush=True)
            for kind in options.types or (TYPES[:1] if options.short else TYPES):
                matrix.run(kind, options.short)
        finally:
            world.stop()
    return 1 if matrix.failed else 0


if __name__ == '__main__':
    sys.exit(main())
