#!/usr/bin/python3
"""First and repeated syncs, real content, and refusals, with each way to authenticate and to write messages."""
import unittest

from interop_case import NOTHING, STORES, InteropCase
from device import EVENT
from items import ALARM, ALL_DAY, BERLIN, PHOTO, WEEKLY, contact, event


class Sessions:
    """Every test, for each of the classes below."""

    def test_first_syncs(self):
        self.put(self.a, 'Ada')
        self.put(self.b, 'Ada')
        self.put(self.b, 'Cy')
        self.server_put('Bo', '7')
        self.assert_counts(self.sync(self.a, ran='SLOW'), (1, 0, 0), (1, 0, 0))
        self.assert_equal_everywhere(2, [self.a])
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, NOTHING)
        self.assert_counts(self.sync(self.b, ran='SLOW'), (1, 1, 0), (1, 0, 0))
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (1, 0, 0))
        self.assert_equal_everywhere(3)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_slow_sync_of_equal_data_moves_nothing_and_keeps_the_pairing(self):
        keys = self.put(self.a, 'Ada')
        self.settle()
        for device in self.devices:
            self.assert_counts(self.sync(device, 'SLOW', ran='SLOW'), (0, 1, 0), NOTHING)
        self.assert_equal_everywhere(1)
        self.delete(self.a, keys)
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), (0, 0, 1), NOTHING)
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, (0, 0, 1))
        self.assert_equal_everywhere(0)

    # ---- content ----------------------------------------------------------------------------

    def test_real_items_arrive_whole_at_the_other_device(self):
        self.a.put(contact('Photo', more=PHOTO))
        self.a.put(contact('Plain', note='<&> "quoted" \\, \\; ąćę 東京'))
        self.a.put(event('AllDay', when=ALL_DAY), service=EVENT)
        self.a.put(event('Weekly', when=WEEKLY, zone=BERLIN, more=ALARM), service=EVENT)
        self.assert_counts(self.sync(self.a, ran='SLOW'), (2, 0, 0), NOTHING)
        self.assert_counts(self.sync(self.b, ran='SLOW'), NOTHING, (2, 0, 0))
        self.assert_equal_everywhere(2)

    def test_an_edit_on_b_comes_back_to_a(self):
        self.put(self.a, 'Ada')
        self.settle()
        keys = {service: next(iter(self.b.items(service))) for service in STORES}
        self.put(self.b, 'Ada', keys, note='changed on b')
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), (0, 1, 0), NOTHING)
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (0, 1, 0))
        self.assert_equal_everywhere(1)

    def test_a_device_it_does_not_know_gets_an_error_to_act_on(self):
        profile = self.a.add_profile(self.server.url, user='tester', password='secret', DeviceId='stranger')
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'HttpStatus'))
        self.assertIn('status 500', outcome.message)
        self.assertIn('tell its operator', outcome.message)

    def test_a_wrong_password_is_refused(self):
        profile = self.a.add_profile(self.server.url, user='tester', password='wrong', DeviceId=self.server.new_device(),
                                     **self.keys)
        self.put(self.a, 'Ada')
        self.server_put('Bo', '7')
        there, here, credentials = self.there(), self.here(self.a), len(self.server.credentials())
        outcome = self.a.sync(profile)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Authentication'))
        self.assertIn('Correct Id and Password in the profile', outcome.message)
        refused = self.server.credentials()[credentials:]
        self.assertIn((self.scheme, '401'), refused)
        self.assertNotIn('212', [status for _, status in refused])
        self.assertEqual((self.there(), self.here(self.a)), (there, here))


class Md5(Sessions, InteropCase, unittest.TestCase):
    scheme = 'syncml:auth-md5'


class Basic(Sessions, InteropCase, unittest.TestCase):
    """It never asks for basic credentials by itself: its front end is told to, and to take no others."""
    scheme = 'syncml:auth-basic'
    server_options = ('--ask-for-basic',)
    keys = {'AllowPlainCredentials': True}


class Wbxml(Md5):
    """Its answers come in what it is asked in."""
    keys = {'Encoding': 'WBXML'}


if __name__ == '__main__':
    unittest.main()
