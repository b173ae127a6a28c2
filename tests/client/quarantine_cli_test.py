#!/usr/bin/python3
"""`syncctl quarantine`: items that one of the sides has refused."""
import unittest

import ctl
from ctl import card


class Quarantine(ctl.TestCase):
    def test_every_item_was_taken(self):
        self.add(services=['contact=card'])
        self.run_ctl('start', 'Work')
        self.assertEqual(self.text('quarantine'), 'Every item was taken.\n')
        self.assertEqual(self.json('quarantine', 'Work'), [])
        self.assertNotIn('quarantine', self.text('status'))

    def test_refused_items_are_shown_and_counted(self):
        profile_id = self.add(services=['contact=card'])
        self.run_ctl('start', 'Work')
        self.server.put('card', 'BEGIN:VCARD\nnone\n')
        guid, = self.server.items('card')
        file = self.directory / 'ada.vcf'
        file.write_text(card('Ada'))
        self.run_ctl('item', 'import', '--service', 'contact', file)
        luid, = [item['id'] for item in self.json('item', 'list', '--ids', '--service', 'contact')]
        self.server.misbehave('403:Add')
        self.run_ctl('start', 'Work')
        ours, theirs = self.json('quarantine')
        self.assertEqual((ours['profile_id'], ours['service_type'], ours['from_server'], ours['item_id'], ours['status']),
                         (profile_id, 'CONTACT', False, luid, 403))
        self.assertEqual((theirs['from_server'], theirs['item_id'], theirs['status'], theirs['size']), (True, guid, 415, 17))
        said = self.text('quarantine', 'Work')
        self.assertRegex(said, rf'(?m)^Work  contact not on the server: {luid}  session \d+, .* B\n    status 403: ')
        self.assertRegex(said, rf'(?m)^Work  contact of the server, and not here: {guid}  session \d+, .*, 17 B\n    status 415: ')
        self.assertRegex(self.text('status'), r'(?m)^Work: 2 items were not taken by the other side; see syncctl quarantine Work\n'
                         r'    1 of them: status 4(03|15): ')
        self.assertEqual(self.json('status', 'Work')['quarantined'], 2)
        self.error(3, 'quarantine', 'Nothing')


if __name__ == '__main__':
    unittest.main(verbosity=2)
