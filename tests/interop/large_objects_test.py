#!/usr/bin/python3
"""Debian's SyncEvolution as the server with small messages: contacts that need many of them, both ways."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))

from device import CONTACT, start_devices  # noqa: E402
from items import contact, photo  # noqa: E402
from normal_form import normal_form  # noqa: E402
from syncevolution import SyncEvolution  # noqa: E402

MESSAGE = 16384
NOTHING = (0, 0, 0)


def large(name, size):
    return contact(name, more=photo(name, size))


class LargeObjects(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = SyncEvolution('--max-msg-size', str(MESSAGE))
        cls.addClassCleanup(cls.server.stop)
        cls.devices = start_devices(cls, 2, {'MaxMessageSize': MESSAGE})
        cls.a, cls.b = cls.devices

    def setUp(self):
        self.server.clear()
        self.profiles = {}
        for device in self.devices:
            device.forget_everything()
            self.profiles[device] = device.add_profile(self.server.url, user='tester', password='secret',
                                                       services=((CONTACT, 'addressbook'),),
                                                       DeviceId=self.server.new_device())

    def sync(self, device, kind=None):
        self.server.forget_reports()
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}\n{self.server.log()}')
        counts = device.counts(self.profiles[device])
        self.assertEqual(self.server.report().counts('addressbook')[1], counts[1])
        self.assertEqual(device.history(self.profiles[device], 1)[0]['Notes'], [])
        return counts

    def round_trips(self, device):
        return int(device.history(self.profiles[device], 1)[0]['RoundTrips'])

    def assert_equal_everywhere(self, *items):
        """Both devices and the server hold these."""
        wanted = sorted(normal_form(item) for item in items)
        for side in (self.server.items('addressbook'), *(device.items() for device in self.devices)):
            self.assertEqual(sorted(normal_form(text) for text in side.values()), wanted)

    def settle(self):
        for device in self.devices:
            device.sync(self.profiles[device])

    def test_a_photo_of_200_kib_crosses_in_both_directions(self):
        self.settle()
        up, down = large('Up', 200 << 10), large('Down', 200 << 10)
        self.a.put(up)
        self.server.put('addressbook', 'down', down)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), (1, 0, 0)))
        self.assertGreater(self.round_trips(self.a), (len(up) + len(down)) // MESSAGE)
        self.assertEqual(self.sync(self.b), (NOTHING, (2, 0, 0)))
        self.assert_equal_everywhere(up, down)
        for device in self.devices:
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))

    def test_many_sizes_around_that_of_a_message(self):
        """However its line ends and chunks fall, what it sends is whole."""
        self.settle()
        sizes = range(9000, 21000, 500)
        ours = [large(f'Up{size}', size) for size in sizes]
        theirs = [large(f'Down{size}', size) for size in sizes]
        self.a.import_all(ours)
        for number, item in enumerate(theirs):
            self.server.put('addressbook', f'down{number}', item)
        self.assertEqual(self.sync(self.a), ((len(sizes), 0, 0), (len(sizes), 0, 0)))
        self.assertEqual(self.sync(self.b), (NOTHING, (2 * len(sizes), 0, 0)))
        self.assert_equal_everywhere(*ours, *theirs)


if __name__ == '__main__':
    unittest.main()
