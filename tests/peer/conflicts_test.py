#!/usr/bin/python3
"""Both sides changed the same thing: whatever the server decides, all hold the same afterwards, no edit is lost without a
trace, and nothing is there twice but what nobody can merge (docs/decisions/0019-merge.md)."""
import unittest

import dbus

from example_items import contact
from peer_case import NOTHING, PeerCase


class Conflicts(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.server.options(conflict='server')
        self.key_a = self.a.put(contact('Ada', tel='1', note='old'))
        self.settle()
        self.key_b = next(iter(self.b.items()))

    def decide(self, policy):
        for device in self.everybody:
            device.update_profile(self.profiles[device], ConflictPolicy=policy)

    def change_on_both(self, a, b):
        """The second device finds out."""
        usual = {'tel': '1', 'note': 'old'}
        self.a.put(contact('Ada', **{**usual, **a}), self.key_a)
        self.b.put(contact('Ada', **{**usual, **b}), self.key_b)
        self.sync(self.a)

    def finish(self):
        """Two rounds are enough."""
        for device in (self.b, self.a, self.b, self.a):
            self.assertEqual(device.sync(self.profiles[device]).signal, 'Completed')
        for device in (self.a, self.b):
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))

    def lines(self):
        return sorted(line for text in self.server.items('card').values() for line in text.splitlines()
                      if line.startswith(('NOTE', 'TEL', 'EMAIL')))

    def notes(self):
        return [line for line in self.lines() if line.startswith('NOTE')]

    # ---- merged ------------------------------------------------------------------------

    def test_different_properties_come_together(self):
        self.change_on_both({'note': 'by a'}, {'email': 'b@example.org'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.lines(), ['EMAIL:b@example.org', 'NOTE:by a', 'TEL:1'])
        self.assertIn('b@example.org', self.b.items()[self.key_b])  # its place is what it was

    def test_of_what_there_may_be_many_both_stay(self):
        self.change_on_both({'tel': '2'}, {'tel': '3'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.lines(), ['NOTE:old', 'TEL:2', 'TEL:3'])

    # ---- what cannot be merged -----------------------------------------------------------

    def test_both_versions_are_kept_by_default(self):
        self.change_on_both({'note': 'by a'}, {'note': 'by b', 'tel': '2'})
        self.finish()
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.notes(), ['NOTE:by a', 'NOTE:by b'])

    def test_the_server_wins(self):
        self.decide('SERVER_WINS')
        self.change_on_both({'note': 'by a'}, {'note': 'by b', 'tel': '2'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.lines(), ['NOTE:by a', 'TEL:2'])

    def test_the_client_wins_over_the_server(self):
        self.decide('CLIENT_WINS')
        self.change_on_both({'note': 'by a', 'tel': '3'}, {'note': 'by b', 'tel': '2'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.lines(), ['NOTE:by b', 'TEL:2', 'TEL:3'])

    def test_the_newer_edit_wins_whichever_side_made_it(self):
        self.decide('NEWEST_WINS')
        for conflict in ('server', 'newer'):
            self.server.options(conflict=conflict)
            for older, newer in (('a', 'b'), ('b', 'a')):
                with self.subTest(conflict=conflict, newer=newer):
                    times = {older: '20250102T000000Z', newer: '20250103T000000Z'}
                    self.change_on_both({'note': f'by a {conflict} {newer}', 'rev': times['a']},
                                        {'note': f'by b {conflict} {newer}', 'rev': times['b']})
                    self.finish()
                    self.assert_equal_everywhere(size=1)
                    self.assertEqual(self.notes(), [f'NOTE:by {newer} {conflict} {newer}'])

    # ---- looked at and resolved ------------------------------------------------------------

    def conflicts(self):
        return list(self.b.manager.GetConflicts(self.profiles[self.b], dbus.UInt64(0)))

    def resolve(self, number, way):
        self.b.manager.ResolveConflict(self.profiles[self.b], dbus.UInt64(number), way)

    def test_a_conflict_is_listed_with_both_versions_until_it_is_resolved(self):
        self.change_on_both({'note': 'by a'}, {'note': 'by b'})
        self.sync(self.b)
        conflict, = self.conflicts()
        field, = conflict['Fields']
        self.assertEqual({key: str(value) for key, value in field.items()},
                         {'Name': 'NOTE', 'Ours': 'by b', 'Theirs': 'by a', 'Base': 'old'})
        self.assertEqual((conflict['ServiceType'], conflict['ItemId'], conflict['Way']), ('CONTACT', self.key_b, 'BOTH'))
        self.assertIn('NOTE:by a', conflict['Theirs'])
        self.assertIn('NOTE:by a', self.b.items()[str(conflict['CopyId'])])
        self.assertEqual(self.b.manager.GetConflicts(self.profiles[self.b], dbus.UInt64(conflict['Number'])), [])
        note, = self.b.history(self.profiles[self.b], 1)[0]['Notes']
        self.assertIn('both in NOTE: both are kept', note)
        with self.assertRaisesRegex(dbus.DBusException, 'must be OURS, THEIRS or BOTH'):
            self.resolve(conflict['Number'], 'MINE')
        self.resolve(conflict['Number'], 'BOTH')
        self.assertEqual(self.conflicts(), [])
        with self.assertRaisesRegex(dbus.DBusException, 'has no conflict'):
            self.resolve(conflict['Number'], 'BOTH')
        self.finish()
        self.assert_equal_everywhere(size=2)

    def test_resolved_for_one_side_the_copy_goes_everywhere(self):
        for way, note in (('OURS', 'NOTE:by b'), ('THEIRS', 'NOTE:by a')):
            with self.subTest(way=way):
                self.change_on_both({'note': 'by a'}, {'note': 'by b', 'tel': way})
                self.finish()
                self.assert_equal_everywhere(size=2)
                conflict, = self.conflicts()
                self.resolve(conflict['Number'], way)
                self.assertEqual(self.b.count(), 1)
                self.finish()
                self.assert_equal_everywhere(size=1)
                self.assertEqual(self.notes(), [note])
                self.assertIn('TEL:' + way, self.lines())
                self.key_a, = self.a.items()
                self.key_b, = self.b.items()
                self.a.put(contact('Ada', tel='1', note='old'), self.key_a)
                self.finish()

    def test_what_one_side_won_can_be_had_the_other_way(self):
        self.decide('SERVER_WINS')
        self.change_on_both({'note': 'by a'}, {'note': 'by b'})
        self.finish()
        conflict, = self.conflicts()
        self.assertEqual((conflict['Way'], conflict['CopyId']), ('THEIRS', ''))
        self.resolve(conflict['Number'], 'OURS')
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:by b'])

    def test_an_item_that_was_edited_since_is_left_alone(self):
        self.change_on_both({'note': 'by a'}, {'note': 'by b'})
        self.finish()
        conflict, = self.conflicts()
        self.b.put(contact('Ada', tel='1', note='better'), self.key_b)
        with self.assertRaisesRegex(dbus.DBusException, 'has been edited since'):
            self.resolve(conflict['Number'], 'THEIRS')
        self.assertEqual(len(self.conflicts()), 1)
        self.resolve(conflict['Number'], 'OURS')
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:better'])

    # ---- what the server decides ---------------------------------------------------------

    def test_the_client_wins(self):
        self.server.options(conflict='client')
        self.change_on_both({'note': 'by a'}, {'note': 'by b'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:by b'])

    def test_both_are_kept(self):
        self.server.options(conflict='duplicate')
        self.change_on_both({'note': 'by a'}, {'tel': '1234'})
        self.finish()
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.lines(), ['NOTE:by a', 'NOTE:old', 'TEL:1', 'TEL:1234'])

    # ---- deleted ---------------------------------------------------------------------------

    def test_both_deleted(self):
        self.a.delete(self.key_a)
        self.b.delete(self.key_b)
        self.assertEqual(self.sync(self.a), ((0, 0, 1), NOTHING))
        self.assertEqual(self.b.sync(self.profiles[self.b]).signal, 'Completed')
        self.assert_equal_everywhere(size=0)

    def test_a_change_survives_the_other_sides_delete(self):
        self.a.put(contact('Ada', note='by a'), self.key_a)
        self.b.delete(self.key_b)
        self.sync(self.a)
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:by a'])

    def test_and_the_other_way_round(self):
        self.a.delete(self.key_a)
        self.b.put(contact('Ada', note='by b'), self.key_b)
        self.sync(self.a)
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:by b'])


if __name__ == '__main__':
    unittest.main()
