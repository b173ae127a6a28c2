#!/usr/bin/python3
"""`syncctl conflicts`: what both sides have changed differently, and how it is settled."""
import unittest

import ctl
from ctl import card


class Conflicts(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.server.put_all('card', [card('Ada', NOTE='old')])
        self.profile_id = self.add(services=['contact=card'])
        self.run_ctl('start', 'Work')
        self.guid, = self.server.items('card')
        self.item, = self.ids()

    def ids(self):
        return [item['id'] for item in self.json('item', 'list', '--ids', '--service', 'contact')]

    def contradict(self, number=1):
        file = self.directory / 'ada.vcf'
        file.write_text(card('Ada', NOTE=f'here {number}'))
        self.run_ctl('item', 'put', '--service', 'contact', self.item, file)
        self.server.put('card', card('Ada', NOTE=f'there {number}'), guid=self.guid)
        self.run_ctl('start', 'Work')

    def test_there_are_none(self):
        self.assertEqual(self.text('conflicts'), 'There are no conflicts.\n')
        self.assertEqual(self.json('conflicts', 'Work'), [])
        self.assertIn('there is no conflict 7', self.error(3, 'conflicts', 'resolve', '7', 'ours'))
        for words in (['seven', 'ours'], ['7', 'mine']):
            self.error(2, 'conflicts', 'resolve', *words)

    def test_one_is_shown_and_settled(self):
        self.contradict()
        said = self.text('conflicts', 'Work')
        self.assertRegex(said, rf'(?m)^\d+  Work  contact item {self.item}, ')
        self.assertIn('    NOTE\n        here       here 1\n        server     there 1\n        before     old\n', said)
        self.assertIn(f'the item has what was written here, and item {self.ids()[1]} what the server sent', said)
        conflict, = self.json('conflicts')
        self.assertEqual(conflict['fields'], [{'name': 'NOTE', 'ours': 'here 1', 'theirs': 'there 1', 'base': 'old'}])
        self.assertEqual((conflict['profile_id'], conflict['way'], conflict['item_id'], conflict['copy_id']),
                         (self.profile_id, 'BOTH', *self.ids()))
        self.assertIn('is settled', self.text('conflicts', 'resolve', conflict['number'], 'theirs'))
        self.assertEqual(self.ids(), [self.item])
        self.assertIn('NOTE:there 1', self.text('item', 'show', '--service', 'contact', self.item))
        self.assertEqual(self.json('conflicts'), [])

    def test_the_policy_of_a_profile_decides(self):
        self.run_ctl('profile', 'update', 'Work', '--conflict-policy', 'server-wins')
        self.assertRegex(self.text('profile', 'show', 'Work'), r'Conflicts +server-wins')
        self.contradict()
        self.assertEqual(self.ids(), [self.item])
        self.assertIn('the item has what the server sent', self.text('conflicts'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
