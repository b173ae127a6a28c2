#!/usr/bin/python3
"""Items that one of the sides refuses: everything else is synced, they are told of until they are taken, and are tried again when
they, or who refused them, are others."""
import unittest

import dbus

from example_items import contact
from peer_case import NOTHING, PeerCase

STORE = 'card'
GARBAGE = 'BEGIN:VCARD\nthis is none\n'


class Quarantine(PeerCase):
    def setUp(self):
        super().setUp()
        self.server.behave()

    def quarantined(self):
        return [(bool(item['FromServer']), str(item['ItemId']), int(item['Status']))
                for item in self.a.manager.GetQuarantine(self.profiles[self.a])]

    def run_with(self, *faults, kind=None):
        for fault in faults:
            self.server.misbehave(fault)
        outcome = self.a.sync(self.profiles[self.a], kind)
        self.server.behave()
        self.assertEqual(outcome.signal, 'Completed', outcome)

    def test_there_is_nothing_before_the_first_sync_and_after_a_good_one(self):
        self.assertEqual(self.quarantined(), [])
        self.a.put(contact('Mine'))
        self.settle()
        self.assertEqual(self.quarantined(), [])

    def test_what_the_server_refuses_is_told_of_until_it_takes_an_edit(self):
        self.settle()
        mine = self.a.put(contact('Mine'))
        self.a.put(contact('Other'))
        self.run_with('406:Add')
        self.assertEqual(len(self.server.items(STORE)), 1)
        self.assertEqual(self.quarantined(), [(False, mine, 406)])
        item, = self.a.manager.GetQuarantine(self.profiles[self.a])
        self.assertIn('status 406', item['Reason'])
        self.assertEqual(item['ServiceType'], 'CONTACT')
        self.assertEqual(item['Size'], len(contact('Mine')))
        session = self.a.history(self.profiles[self.a], 1)[0]
        self.assertEqual((item['Session'], item['Time']), (session['Session'], session['Started']))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assertEqual(self.quarantined(), [(False, mine, 406)])
        self.a.put(contact('Mine', note='edited'), mine)
        self.run_with()
        self.assertEqual(self.quarantined(), [])
        self.assert_equal_everywhere(size=2)

    def test_nobody_is_told_of_what_was_deleted(self):
        self.settle()
        mine = self.a.put(contact('Mine'))
        self.run_with('406:Add')
        self.a.delete(mine)
        self.run_with()
        self.assertEqual(self.quarantined(), [])

    def test_a_server_that_is_another_gets_it_once_more(self):
        self.addCleanup(self.server.options, describe={})
        self.settle()
        mine = self.a.put(contact('Mine'))
        self.run_with('406:Add')
        self.assertEqual(self.quarantined(), [(False, mine, 406)])
        self.server.misbehave('415:Alert')
        self.fail_with(self.a, 'Server')  # so that it is asked what it is
        self.server.behave()
        self.assertEqual(self.quarantined(), [(False, mine, 406)])
        self.server.options(describe={'software': '2'})
        self.run_with()
        self.assertEqual(self.quarantined(), [])
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_what_is_larger_than_the_server_accepts_goes_when_it_accepts_more(self):
        self.server.options(max_obj_size=1000)
        self.addCleanup(self.server.options, max_obj_size=4 * 1024 * 1024)
        self.settle()
        large = self.a.put(contact('Large', note='x' * 2000))
        self.a.put(contact('Small'))
        self.run_with()
        self.assertEqual(len(self.server.items(STORE)), 1)
        self.assertEqual(self.quarantined(), [(False, large, 413)])
        self.run_with()
        self.assertEqual(self.quarantined(), [(False, large, 413)])
        self.server.call('clear-violations')  # it was announced
        self.server.options(max_obj_size=4 * 1024 * 1024)
        self.run_with()
        self.assertEqual(self.quarantined(), [])
        self.assert_equal_everywhere(size=2)

    def test_what_cannot_be_stored_here_is_told_of_until_it_can(self):
        self.settle()
        good = self.server.put(STORE, contact('Good'))
        bad = self.server.put(STORE, GARBAGE)
        self.run_with()
        self.assertEqual(len(self.a.items()), 1)
        self.assertEqual(self.quarantined(), [(True, bad, 415)])
        self.assertEqual(self.a.manager.GetQuarantine(self.profiles[self.a])[0]['Size'], len(GARBAGE))
        self.server.put(STORE, contact('Good', note='edited'), guid=good)
        self.run_with()
        self.assertEqual(self.quarantined(), [(True, bad, 415)])
        self.server.put(STORE, contact('Better'), guid=bad)
        self.run_with()
        self.assertEqual(self.quarantined(), [])
        self.assert_equal_everywhere(size=2)

    def test_nor_is_an_edit_that_cannot_be(self):
        guid = self.server.put(STORE, contact('Good'))
        self.settle()
        self.server.put(STORE, GARBAGE, guid=guid)
        self.run_with()
        self.assertIn('N:Good;', *self.a.items().values())
        (from_server, _, status), = self.quarantined()
        self.assertEqual((from_server, status), (True, 415))
        self.server.delete(STORE, guid)
        self.run_with()
        self.assertEqual((self.a.items(), self.quarantined()), ({}, []))

    def test_a_slow_sync_tries_all_anew(self):
        self.settle()
        mine = self.a.put(contact('Mine'))
        self.server.put(STORE, contact('Theirs'))
        bad = self.server.put(STORE, GARBAGE)
        self.run_with('403:Add')
        self.assertEqual(self.quarantined(), [(False, mine, 403), (True, bad, 415)])
        self.run_with(kind='SLOW')
        self.assertEqual(self.quarantined(), [(True, bad, 415)])
        self.server.delete(STORE, bad)
        self.run_with(kind='SLOW')
        self.assertEqual(self.quarantined(), [])

    def test_it_is_kept_when_the_worker_is_killed(self):
        self.settle()
        bad = self.server.put(STORE, GARBAGE)
        self.kill_at(3)
        self.assertEqual(self.quarantined(), [(True, bad, 415)])

    def test_it_is_kept_within_bounds(self):
        self.settle()
        for number in range(1100):
            self.server.put(STORE, GARBAGE + str(number))
        self.run_with()
        self.assertEqual(len(self.quarantined()), 1000)
        record, = self.a.manager.GetStatistics(self.profiles[self.a])
        self.assertEqual(int(record['ServerToClientTotal']), 1100)

    def test_another_server_has_refused_nothing(self):
        self.settle()
        self.a.put(contact('Mine'))
        self.run_with('406:Add')
        self.server.options(users={'alice': 's3cret', 'bob': 's3cret'})
        self.addCleanup(self.server.options, users={'alice': 's3cret'})
        self.a.update_profile(self.profiles[self.a], Id='bob', Password='s3cret')
        self.run_with()
        self.assertEqual(self.quarantined(), [])

    def test_nobody_else_sees_it(self):
        with self.assertRaises(dbus.DBusException) as raised:
            self.a.manager.GetQuarantine('0' * 32)
        self.assertEqual(raised.exception.get_dbus_name(), 'org.syncd1.Error.NotFound')


if __name__ == '__main__':
    unittest.main()
