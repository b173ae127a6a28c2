#!/usr/bin/python3
"""`syncctl plan`, `start --dry-run`, `release` and `reject`."""
import unittest

import ctl
from ctl import card

COUNT = 30


class Plan(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.server.put_all('card', [card(f'Person {number}') for number in range(COUNT)])
        self.profile_id = self.add(services=['contact=card'])

    def sync(self):
        self.json('start', 'Work')

    def ids(self):
        return [item['id'] for item in self.json('item', 'list', '--ids', '--service', 'contact')]

    def lose_there(self, count):
        for guid in list(self.server.items('card'))[:count]:
            self.server.delete('card', guid)

    def test_before_the_first_sync_everything_is_to_be_compared(self):
        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('Mine'))
        [service] = self.json('plan', 'Work')['services']
        self.assertEqual((service['compares'], service['to_server']), (True, {'added': 1, 'updated': 0, 'removed': 0}))
        self.assertIn('the 1 items here and all items of the server are compared', self.text('plan', 'Work'))

    def test_a_dry_run_tells_what_would_be_sent_and_asks_nobody(self):
        self.sync()
        sessions = len(self.server.sessions())
        [first, second, *_] = self.ids()
        self.run_ctl('item', 'put', '--service', 'contact', first, '-', input=card('Changed'))
        self.json('item', 'delete', '--service', 'contact', second)
        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('New'))
        told = self.json('start', 'Work', '--dry-run')
        self.assertEqual(told, self.json('plan', 'Work'))
        self.assertEqual(told['profile_id'], self.profile_id)
        [service] = told['services']
        items = service['to_server'].pop('items')
        self.assertEqual(service['to_server'], {'added': 1, 'updated': 1, 'removed': 1})
        self.assertEqual([(item['change'], item['name']) for item in items],
                         [('update', 'Changed'), ('delete', 'Person 1'), ('add', 'New')])
        self.assertEqual(items[1]['luid'], second)
        self.assertIn('FN:Person 0', items[0]['before'])
        self.assertEqual((items[1]['after'], items[2]['before']), (None, None))
        lines = self.text('start', 'Work', '--dry-run').splitlines()
        self.assertEqual(lines[0:2], ['contact', '  To the server: 1 to add, 1 to change, 1 to delete'])
        self.assertEqual(lines[3].split(), ['update', first, 'Changed'])
        self.assertEqual(sorted(lines[4:8]), ['      + FN:Changed', '      + N:Changed;;;;', '      - FN:Person 0',
                                              '      - N:Person 0;;;;'])
        self.assertEqual(lines[-1], 'What the server has changed since the last sync is not known before the next one.')
        self.assertEqual(len(self.server.sessions()), sessions)

    def test_a_dry_run_says_what_the_type_does_with_what_was_changed(self):
        self.sync()
        self.run_ctl('item', 'import', '--service', 'contact', '-', input=card('New'))
        for kind, words in (('slow', 'All items of both sides are compared'),
                            ('refresh-from-client', 'in place of those that it has'),
                            ('one-way-from-server', 'Nothing is sent; what was changed here waits'),
                            ('refresh-from-server', "the server's items come in place of all that are here")):
            self.assertEqual(self.json('start', 'Work', '--dry-run', '--type', kind)['type'], kind)
            lines = self.text('start', 'Work', '--dry-run', '--type', kind).splitlines()
            self.assertIn(words, lines[1])
            self.assertEqual(lines[2], '  Changed here: 1 to add, 0 to change, 0 to delete')
        self.assertEqual(self.json('plan', 'Work')['type'], 'two-way')
        for kind in ('two-way', 'one-way-from-client'):
            self.assertEqual(self.text('start', 'Work', '--dry-run', '--type', kind).splitlines()[1],
                             '  To the server: 1 to add, 0 to change, 0 to delete')
        self.json('profile', 'update', 'Work', '--type', 'refresh-from-server')
        self.assertEqual(self.json('plan', 'Work')['type'], 'refresh-from-server')

    def test_what_waits_is_told_and_released(self):
        self.sync()
        self.lose_there(20)
        failed = self.run_ctl('start', 'Work', status=6)
        self.assertIn('20 items were deleted', failed.stderr)
        self.assertIn(f'syncctl plan {self.profile_id}', failed.stderr)
        [service] = self.json('plan', 'Work')['services']
        self.assertTrue(service['held_from_server'])
        self.assertEqual({item['change'] for item in service['from_server']['items']}, {'delete'})
        self.assertRegex(service['from_server']['items'][0]['name'], '^Person ')
        text = self.text('plan', 'Work')
        self.assertIn('Waits for review: what the server deleted and changed.', text)
        self.assertIn('0 to add, 0 to change, 20 to delete', text)
        self.assertIn('20 items were deleted', self.text('status'))
        self.assertEqual(self.json('release', 'Work'), {'profile_id': self.profile_id})
        self.assertEqual(len(self.ids()), COUNT - 20)
        self.sync()
        self.assertIn('nothing of profile Work waits', self.error(1, 'release', 'Work'))

    def test_what_waits_is_rejected(self):
        self.sync()
        self.lose_there(20)
        self.run_ctl('start', 'Work', status=6)
        self.assertEqual(self.json('reject', 'Work'), {'profile_id': self.profile_id})
        self.assertEqual(len(self.ids()), COUNT)
        self.sync()
        self.sync()
        self.assertEqual(len(self.server.items('card')), COUNT)

    def test_the_bounds_are_the_profile_s(self):
        self.json('profile', 'update', 'Work', '--review-items', 5, '--review-percent', 10, '--slow-sync', 'hold')
        shown = self.json('profile', 'show', 'Work')
        self.assertEqual((shown['review_items'], shown['review_percent'], shown['slow_sync']), (5, 10, 'hold'))
        self.sync()
        self.lose_there(6)
        self.run_ctl('start', 'Work', status=6)
        self.json('profile', 'update', 'Work', '--review-percent', 100, '--slow-sync', 'allow')
        self.assertEqual(self.json('profile', 'show', 'Work')['slow_sync'], 'allow')
        self.assertIn('not "perhaps" but one of allow, hold',
                      self.error(2, 'profile', 'update', 'Work', '--slow-sync', 'perhaps'))
        self.error(2, 'profile', 'update', 'Work', '--review-percent', 101)


if __name__ == '__main__':
    unittest.main()
