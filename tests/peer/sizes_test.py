#!/usr/bin/python3
"""Small messages and many items."""
import unittest

import dbus

from device import CONTACT
from example_items import contact, texts
from peer_case import NOTHING, PeerCase

MANY = 1000


class SmallMessages(PeerCase):
    """A server that takes 2 KiB and a client that takes 4 KiB; the server's referee measures."""
    devices = 2
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '2048')

    def test_items_of_every_size_that_fits_arrive_in_both_directions(self):
        for power in range(11):  # an item takes 1.3 KiB with all that must stand around it
            self.a.put(contact(f'Up{power}', note='u' * min(2 ** power, 600)))
            self.server.put('card', contact(f'Down{power}', note='d' * min(2 ** power, 600)))
        self.assertEqual(self.sync(self.a), ((11, 0, 0), (11, 0, 0)))
        self.assertEqual(self.sync(self.b), (NOTHING, (22, 0, 0)))
        self.assert_equal_everywhere(size=22)

    def test_many_deletes_spill_over_many_messages(self):
        for device in self.everybody:
            device.update_profile(self.profiles[device], ReviewPercent=dbus.UInt32(100))  # so many would wait
        keys = [self.a.put(contact(f'Name{number}')) for number in range(100)]
        self.settle()
        for key in keys:
            self.a.delete(key)
        self.assertEqual(self.sync(self.a), ((0, 0, 100), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (0, 0, 100)))
        self.assert_equal_everywhere(size=0)

    def test_an_item_that_is_too_large_for_the_server_is_named_and_the_others_arrive(self):
        self.server.options(large_objects=False)
        self.addCleanup(self.server.options, large_objects=True)
        self.settle()
        self.a.put(contact('Small'))
        self.a.put(contact('Huge', note='x' * 4000))
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        note, = self.a.history(self.profiles[self.a], 1)[0]['Notes']
        self.assertIn('was not sent', note)
        self.assertEqual(texts(self.server.items('card')), texts({'': contact('Small')}))
        self.assertEqual(self.a.count(), 2)
        # It was counted before it turned out not to fit.
        self.assertEqual([violation.split(':')[0] for violation in self.server.violations()], ['number-of-changes'])
        self.server.call('clear-violations')


class ManyItems(PeerCase):
    devices = 2

    def test_a_thousand_items_go_up_come_down_and_are_not_doubled(self):
        self.a.import_all(contact(f'Name{number:04}', note='n' * 100) for number in range(MANY))
        self.assertEqual(self.sync(self.a), ((MANY, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (MANY, 0, 0)))
        self.assert_equal_everywhere(size=MANY)
        to_server, to_client = self.sync(self.b, 'SLOW')
        self.assertEqual((to_server[0], to_client), (0, NOTHING))
        self.assertEqual(len(self.server.items('card')), MANY)

    def test_a_thousand_items_come_down(self):
        self.server.put_all('card', (contact(f'Name{number:04}') for number in range(MANY)))
        self.assertEqual(self.sync(self.a), (NOTHING, (MANY, 0, 0)))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))

    def test_progress_never_falls_and_ends_at_its_total(self):
        self.a.import_all(contact(f'Name{number:04}') for number in range(MANY))
        self.server.put_all('card', (contact(f'Down{number:04}') for number in range(MANY)))
        self.a.progress.clear()
        self.sync(self.a)
        for from_server in (False, True):
            steps = [(int(total), int(done)) for _, _, service, way, total, done in self.a.progress
                     if service == CONTACT and bool(way) == from_server]
            self.assertEqual(steps[-1], (MANY, MANY))
            self.assertEqual([done for _, done in steps], sorted(done for _, done in steps))
            self.assertTrue(all(done <= total for total, done in steps))


if __name__ == '__main__':
    unittest.main()
