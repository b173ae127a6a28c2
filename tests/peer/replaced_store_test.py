#!/usr/bin/python3
"""A store that is not the one that was synced last: somebody has put back an earlier copy of it, or has removed it."""
import os
import pathlib
import shutil
import tempfile
import unittest

from device import Device, Syncd
from example_items import contact, texts
from peer_case import NOTHING, PeerCase


class ReplacedStore(PeerCase):
    devices = 1  # another one, at the same server

    def begin(self):
        super().begin()
        place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, place)
        self.state, self.copy = pathlib.Path(place) / 'state', pathlib.Path(place) / 'copy'
        self.items = self.state / 'users' / str(os.getuid()) / 'items'
        self.start()
        self.profile = self.add_profile(self.device)
        for name in 'One', 'Two', 'Three':
            self.device.put(contact(name))
        self.run_sync()

    def start(self):
        self.syncd = Syncd(state=self.state)
        self.device = Device(self.syncd)

    def stop(self):
        self.device.close()
        self.syncd.stop()

    def tearDown(self):
        self.stop()
        super().tearDown()

    def keep_copy(self):
        self.stop()
        shutil.copytree(self.items, self.copy)
        self.start()

    def put_back(self):
        self.stop()
        shutil.rmtree(self.items)
        if self.copy.exists():
            shutil.copytree(self.copy, self.items)
        self.start()

    def run_sync(self, kind=None, ends='Completed'):
        outcome = self.device.sync(self.profile, kind)
        self.assertEqual(outcome.signal, ends, outcome)
        return outcome

    def change(self, name, note):
        key, = (key for key, text in self.device.items().items() if f'FN:Test {name}' in text)
        self.device.put(contact(name, note), key)

    def notes(self):
        return '\n'.join(map(str, self.device.history(self.profile, 1)[0]['Notes']))

    def assert_equal(self, *expected):
        self.assertEqual(texts(self.device.items()), texts(dict(enumerate(expected))))
        self.assertEqual(texts(self.server.items('card')), texts(dict(enumerate(expected))))

    def test_an_earlier_copy_is_compared_with_the_server(self):
        self.keep_copy()
        self.change('One', 'after the copy')
        self.device.put(contact('Four'))
        self.run_sync()
        self.assertEqual(self.device.ran(self.profile), 'TWO_WAY')
        self.put_back()
        # What the server has, and what is new here with numbers that were given before.
        self.device.put(contact('Five'))
        self.change('Two', 'in the copy')
        for _ in range(3):
            self.device.put(contact('Six'))
        self.run_sync()
        self.assertEqual(self.device.ran(self.profile), 'SLOW')
        self.assertIn('an earlier copy of it was put back', self.notes())
        self.run_sync()  # what was found to be one item is made one there, too
        self.assertEqual(self.device.ran(self.profile), 'TWO_WAY')
        six = [contact('Six')] * 3
        self.assert_equal(contact('One', 'after the copy'), contact('Two', 'in the copy'), contact('Three'), contact('Four'),
                          contact('Five'), *six)
        self.run_sync()
        self.assertEqual(self.device.counts(self.profile), (NOTHING, NOTHING))
        self.sync(self.a)
        self.assertEqual(texts(self.a.items()), texts(self.device.items()))

    def test_a_store_that_was_removed_comes_back_from_the_server(self):
        self.put_back()
        self.assertEqual(self.device.items(), {})
        self.run_sync()
        self.assertEqual(self.device.ran(self.profile), 'SLOW')
        self.assert_equal(contact('One'), contact('Two'), contact('Three'))

    def test_a_copy_of_what_was_synced_last_is_as_good_as_the_original(self):
        self.change('One', 'synced')
        self.run_sync()
        self.keep_copy()
        self.change('Two', 'lost with the original')
        self.put_back()
        self.change('Three', 'in the copy')
        self.run_sync()
        self.assertEqual(self.device.ran(self.profile), 'TWO_WAY')
        self.assert_equal(contact('One', 'synced'), contact('Two'), contact('Three', 'in the copy'))

    def test_the_server_is_not_emptied_like_a_store_that_was_removed(self):
        self.put_back()
        outcome = self.run_sync('REFRESH_FROM_CLIENT', ends='Failed')
        self.assertEqual(outcome.error, 'HeldForReview')
        self.assertEqual(len(self.server.items('card')), 3)
        self.device.manager.Release(self.profile)
        self.run_sync('REFRESH_FROM_CLIENT')
        self.assertEqual(self.server.items('card'), {})

    def test_who_wants_to_be_asked_before_a_comparison_is_asked(self):
        self.device.update_profile(self.profile, SlowSync='HOLD')
        self.put_back()
        self.assertEqual(self.run_sync(ends='Failed').error, 'HeldForReview')
        self.assertEqual(self.device.items(), {})
        self.device.manager.Release(self.profile)
        self.run_sync()
        self.assert_equal(contact('One'), contact('Two'), contact('Three'))


if __name__ == '__main__':
    unittest.main()
