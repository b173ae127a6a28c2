#!/usr/bin/python3
"""Both sides changed the same thing: whatever the server decides, all hold the same afterwards and no
edit is lost without a trace."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase


class Conflicts(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.server.options(conflict='server')
        self.key_a = self.a.put(contact('Ada'))
        self.settle()
        self.key_b = next(iter(self.b.items()))

    def change_on_both(self, a, b):
        self.a.put(contact('Ada', **a), self.key_a)
        self.b.put(contact('Ada', **b), self.key_b)
        self.sync(self.a)

    def finish(self):
        for device in (self.b, self.a, self.b):
            self.assertEqual(device.sync(self.profiles[device]).signal, 'Completed')
        for device in (self.a, self.b):
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))

    def notes(self):
        return sorted(line for text in self.server.items('card').values() for line in text.splitlines()
                      if line.startswith(('NOTE', 'TEL')))

    def test_both_deleted(self):
        self.a.delete(self.key_a)
        self.b.delete(self.key_b)
        self.assertEqual(self.sync(self.a), ((0, 0, 1), NOTHING))
        self.assertEqual(self.b.sync(self.profiles[self.b]).signal, 'Completed')
        self.assert_equal_everywhere(size=0)

    def test_the_server_wins(self):
        self.change_on_both({'note': 'by a'}, {'note': 'by b'})
        self.finish()
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.notes(), ['NOTE:by a'])

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
        self.assertEqual(self.notes(), ['NOTE:by a', 'TEL:1234'])

    def test_the_newer_edit_wins_whichever_side_made_it(self):
        self.server.options(conflict='newer')
        for older, newer in (('a', 'b'), ('b', 'a')):
            with self.subTest(newer=newer):
                times = {older: '20250102T000000Z', newer: '20250103T000000Z'}
                self.change_on_both({'note': 'by a', 'rev': times['a']}, {'note': 'by b', 'rev': times['b']})
                self.finish()
                self.assert_equal_everywhere(size=1)
                self.assertEqual(self.notes(), ['NOTE:by ' + newer])

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
