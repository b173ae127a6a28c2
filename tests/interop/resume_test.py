#!/usr/bin/python3
"""Debian's SyncEvolution as the server of syncs that break off at each of their messages: as packaged, which never
resumes, and with its resume repaired."""
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))

from device import CONTACT, start_devices  # noqa: E402
from items import contact  # noqa: E402
from normal_form import normal_form  # noqa: E402
from syncevolution import SyncEvolution  # noqa: E402

STORE = 'addressbook'
MESSAGE = 8192  # ours; a few items in each
MANY = 6
NOTHING = ((0, 0, 0), (0, 0, 0))


class Broken:
    """Every test, for both servers, below."""
    options = ()

    @classmethod
    def setUpClass(cls):
        cls.server = SyncEvolution('--max-msg-size', '8192', *cls.options)
        cls.addClassCleanup(cls.server.stop)
        cls.a, cls.b = start_devices(cls, 2, {'MaxMessageSize': MESSAGE})

    def begin(self):
        self.server.clear()
        self.profiles = {}
        for device in (self.a, self.b):
            device.forget_everything()
            self.profiles[device] = device.add_profile(self.server.url, user='tester', password='secret',
                                                       services=((CONTACT, STORE),), DeviceId=self.server.new_device())

    def sync(self, device, kind=None):
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}\n{self.server.log()}')
        return device.counts(self.profiles[device])

    def notes(self):
        return ' '.join(self.a.history(self.profiles[self.a], 1)[0]['Notes'])

    def break_at(self, message, when):
        """Kills the worker when the session has come so far. Whether it ever did."""
        self.server.hold(message, when)
        session = self.a.start(self.profiles[self.a])
        held = self.server.await_held(lambda: self.a.has_ended(session))
        if held:
            worker, = self.a.syncd.workers()
            os.kill(worker, signal.SIGKILL)
            self.assertEqual(self.a.await_end(session).error, 'Interrupted')
        self.server.release()
        return held

    def stop_at(self, message, when, ends):
        """The user stops the session while it waits for this answer; `ends` gets the signal. Whether it came so far."""
        self.server.hold(message, when)
        session = self.a.start(self.profiles[self.a])
        held = self.server.await_held(lambda: self.a.has_ended(session))
        if held:
            self.a.manager.StopSync(self.profiles[self.a])
            self.server.go_on()
            ends.append(self.a.await_end(session).signal)
        self.server.release()
        return held

    def change_both(self):
        """What every store holds in the end."""
        kept = contact('Kept')
        key = self.a.put(contact('Old'))
        gone = self.a.put(contact('Gone'))
        self.a.put(kept)
        self.sync(self.a)
        self.sync(self.b)
        self.a.put(contact('Renewed', note='changed here'), key)
        self.a.delete(gone)
        ours = [contact(f'Here{number}', note='x' * 900) for number in range(MANY)]
        theirs = [contact(f'There{number}', note='y' * 900) for number in range(MANY)]
        self.a.import_all(ours)
        for number, text in enumerate(theirs):
            self.server.put(STORE, f'there{number}', text)
        return [kept, contact('Renewed', note='changed here'), *ours, *theirs]

    def assert_holds(self, side, items):
        self.assertEqual(sorted(map(normal_form, side.values())), sorted(map(normal_form, items)))

    def at_every_message(self, come_to, places, check):
        """`come_to` breaks a sync at a message, and says whether it had that many; `check` gets what is to be there."""
        message = 1
        while True:
            for when in places:
                with self.subTest(message=message, when=when):
                    self.begin()
                    items = self.change_both()
                    if not come_to(message, when):
                        self.assertGreater(message, 5)
                        return
                    check(items)
            message += 1

    def break_at_every_message(self, check):
        self.at_every_message(self.break_at, ('before', 'after'), check)

    def stop_at_every_message(self, check):
        ends = []
        self.at_every_message(lambda message, when: self.stop_at(message, when, ends), ('delayed',), check)
        # In the last exchange there is nothing left to stop.
        self.assertEqual(ends, ['Stopped'] * (len(ends) - 1) + ['Completed'])


class Repaired(Broken, unittest.TestCase):
    options = ('--preload', os.environ['SYNCD_RESUME_REPAIR'])

    def assert_comes_to_equal_content(self, at_every_message):
        resumed = []

        def check(items):
            self.sync(self.a)
            resumed.append('goes on' in self.notes())
            self.sync(self.b)
            self.sync(self.a)
            for side in (self.server.items(STORE), self.a.items(), self.b.items()):
                self.assert_holds(side, items)
            self.assertEqual(self.sync(self.a), NOTHING)

        at_every_message(check)
        self.assertIn(True, resumed)

    def test_two_way_comes_to_equal_content_from_every_message(self):
        self.assert_comes_to_equal_content(self.break_at_every_message)

    def test_two_way_that_the_user_stops_comes_to_equal_content_from_every_message(self):
        self.assert_comes_to_equal_content(self.stop_at_every_message)


class AsPackaged(Broken, unittest.TestCase):
    """It forgets which of its items are ours when a session breaks, and adds them once more, in its own words; what is
    sent again because it is in doubt it stores a second time. Each is recognized here, and the surplus deleted there."""

    def check(self, items):
        self.sync(self.a)
        self.assert_holds(self.a.items(), items)
        self.sync(self.a)
        for side in (self.server.items(STORE), self.a.items()):
            self.assert_holds(side, items)
        self.assertEqual(self.sync(self.a), NOTHING)

    def test_two_way_loses_nothing_and_doubles_nothing_from_any_message(self):
        self.break_at_every_message(self.check)

    def test_two_way_that_the_user_stops_loses_nothing_and_doubles_nothing_from_any_message(self):
        self.stop_at_every_message(self.check)


if __name__ == '__main__':
    unittest.main()
