#!/usr/bin/python3
"""Syncs that would take too much away wait until somebody has looked at them."""
import re
import unittest

import dbus

from example_items import contact
from peer_case import NOTHING, PeerCase

STORE = 'card'
MANY = 30


class Review(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.keys = [self.a.put(contact(f'N{number}')) for number in range(MANY)]
        self.settle()
        self.profile = self.profiles[self.a]

    def delete_there(self, count):
        for guid in list(self.server.items(STORE))[:count]:
            self.server.delete(STORE, guid)

    def delete_here(self, count):
        for key in self.keys[:count]:
            self.a.delete(key)

    def plan(self):
        plan, = self.a.manager.GetPlan(self.profile)
        return plan

    def counts(self, direction):
        plan = self.plan()
        return tuple(plan[direction + word] for word in ('Added', 'Updated', 'Removed'))

    def items(self, from_server):
        items, after = [], ''
        while page := self.a.manager.GetPlanItems(self.profile, 'CONTACT', from_server, after, dbus.UInt32(7)):
            self.assertLessEqual(len(page), 7)
            items += page
            after = str(page[-1]['Next'])
        return items

    def test_deletions_of_the_server_wait(self):
        self.delete_there(20)
        outcome = self.fail_with(self.a, 'HeldForReview', says=('20 items were deleted', 'syncctl plan'))
        self.assertEqual(self.a.count(), MANY)
        self.assertEqual(self.plan()['Held'], ['FROM_SERVER'])
        self.assertEqual(self.counts('FromServer'), (0, 0, 20))
        self.assertEqual(self.counts('ToServer'), NOTHING)
        waiting = self.items(from_server=True)
        self.assertEqual(len(waiting), 20)
        self.assertEqual({item['Change'] for item in waiting}, {'DELETE'})
        self.assertTrue(all('BEGIN:VCARD' in item['Before'] and 'After' not in item for item in waiting))
        self.assertIn('20 items were deleted', self.a.attention(self.profile))
        # It waits, without asking the server again.
        sessions = len(self.server.sessions())
        self.fail_with(self.a, 'HeldForReview')
        self.assertEqual(len(self.server.sessions()), sessions)
        self.assertIn('review', outcome.message)

        self.a.manager.Release(self.profile)
        self.assertEqual(self.a.count(), MANY - 20)
        self.assertEqual(self.a.attention(self.profile), '')
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.fail_with(self.b, 'HeldForReview')
        self.b.manager.Release(self.profiles[self.b])
        self.assertEqual(self.sync(self.b), (NOTHING, NOTHING))
        self.assert_equal_everywhere(size=MANY - 20)

    def test_what_both_sides_changed_is_not_merged_while_it_waits(self):
        self.server.options(conflict='server')
        guid, text = list(self.server.items(STORE).items())[-1]  # not one of those that go
        name = re.search('FN:Test (N([0-9]+))', text)
        key, ours = self.keys[int(name[2])], contact(name[1], note='written here')
        self.a.put(ours, key)
        self.server.put(STORE, contact(name[1], tel='1'), guid)
        self.delete_there(20)
        self.fail_with(self.a, 'HeldForReview')
        self.assertEqual(self.a.text(key), ours)
        merge, = (item for item in self.items(from_server=True) if item['Change'] != 'DELETE')
        self.assertEqual(str(merge['Change']), 'UPDATE')
        self.assertTrue('written here' in merge['After'] and 'TEL' in merge['After'])
        self.a.manager.Release(self.profile)
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.assertIn('TEL', self.a.text(key))
        self.assert_equal_on_a(MANY - 20)

    def test_rejected_the_items_go_back_to_the_server(self):
        self.delete_there(20)
        self.fail_with(self.a, 'HeldForReview')
        self.a.manager.Reject(self.profile)
        self.assertEqual(self.a.count(), MANY)
        for _ in range(2):  # what the server says it does not have goes as Add
            self.sync(self.a)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.assertEqual(len(self.server.items(STORE)), MANY)
        # For another device they have gone, and others have come.
        self.fail_with(self.b, 'HeldForReview')
        self.b.manager.Release(self.profiles[self.b])
        self.assertEqual(self.sync(self.b), (NOTHING, NOTHING))
        self.assert_equal_everywhere(size=MANY)

    def test_deletions_here_wait_and_the_server_is_told_nothing(self):
        self.delete_here(20)
        self.fail_with(self.a, 'HeldForReview', says=('here 20 items were deleted',))
        self.assertEqual(len(self.server.items(STORE)), MANY)
        self.assertEqual(self.plan()['Held'], ['TO_SERVER'])
        self.assertEqual(self.counts('ToServer'), (0, 0, 20))
        self.assertEqual(len(self.items(from_server=False)), 20)
        self.a.manager.Release(self.profile)
        self.assertEqual(len(self.server.items(STORE)), MANY)
        self.assertEqual(self.sync(self.a), ((0, 0, 20), NOTHING))
        self.assertEqual(len(self.server.items(STORE)), MANY - 20)

    def test_few_changes_never_wait(self):
        self.delete_there(10)
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 10)))
        self.assertEqual(self.a.count(), MANY - 10)

    def test_a_worker_that_is_killed_leaves_nothing_half_done(self):
        self.delete_there(20)
        self.kill_at(3)
        self.assertEqual(self.a.count(), MANY)
        self.fail_with(self.a, 'HeldForReview')
        self.a.manager.Release(self.profile)
        self.sync(self.a)
        self.assert_equal_on_a(MANY - 20)

    def assert_equal_on_a(self, size):
        self.assertEqual((self.a.count(), len(self.server.items(STORE))), (size, size))

    def test_a_refresh_from_an_emptied_server_waits(self):
        self.delete_there(MANY)
        self.fail_with(self.a, 'HeldForReview', kind='REFRESH_FROM_SERVER')
        self.assertEqual(self.a.count(), MANY)
        self.a.manager.Release(self.profile)
        self.assertEqual(self.a.count(), 0)

    def test_a_slow_sync_that_nobody_expects_waits_where_the_profile_says_so(self):
        self.profile = self.profiles[self.a] = self.add_profile(self.a, SlowSync='HOLD')
        self.sync(self.a, ran='SLOW')
        self.server.call('forget', store=STORE, device=self.a.device_id(self.profile))
        self.fail_with(self.a, 'HeldForReview', says=('slow sync',))
        self.assertEqual(self.plan()['Held'], ['SLOW_SYNC'])
        self.a.manager.Release(self.profile)
        self.sync(self.a, ran='SLOW')
        self.assert_equal_on_a(MANY)

    def test_nothing_is_released_that_does_not_wait(self):
        for call in (self.a.manager.Release, self.a.manager.Reject):
            with self.assertRaises(dbus.DBusException) as caught:
                call(self.profile)
            self.assertIn('nothing of profile', str(caught.exception))


if __name__ == '__main__':
    unittest.main()
