#!/usr/bin/python3
"""What a server has no room for stays here when its items come back without it (PEER-11, docs/decisions/0023-similar-items.md)."""
import json
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase

FULL = {'title': 'old', 'x-spouse': 'Bo'}


class Losses(PeerCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.server.options, describe={})

    def populate(self, *properties):
        self.server.options(describe={'properties': {'card': properties}} if properties else {})
        self.keys = [self.a.put(contact(name, **FULL)) for name in ('Ada', 'Bea', 'Cleo', 'Dora')]
        self.sync(self.a)

    def change_there(self, name, **more):
        guid, = (guid for guid, text in self.server.items('card').items() if f'Test {name}' in text)
        self.server.put('card', contact(name, **more), guid=guid)
        self.sync(self.a)
        return self.a.items()[self.keys[('Ada', 'Bea', 'Cleo', 'Dora').index(name)]]

    def notes(self):
        return '\n'.join(self.a.history(self.profiles[self.a], 1)[0]['Notes'])

    def test_what_it_does_not_list_stays_and_is_shown(self):
        self.populate('N', 'FN', 'TITLE', 'TEL')
        text = self.change_there('Ada', title='new')
        self.assertIn('X-SPOUSE:Bo', text)
        self.assertIn('TITLE:new', text)
        self.assertIn('the server does not keep X-SPOUSE', self.notes())
        information = self.a.manager.GetDeviceInfo(self.profiles[self.a])
        self.assertEqual(json.loads(str(information['Document']))['not_kept'], ['CONTACT X-SPOUSE'])
        # The server is not told what it has no room for, again and again.
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        # What it lists and sends no more was deleted there.
        self.assertNotIn('TITLE', self.change_there('Bea'))

    def test_what_it_cuts_to_the_room_that_it_says_it_has_stays_whole(self):
        self.server.options(describe={'properties': {'card': ['N', 'FN', ['NOTE', 100, 1], ['TEL', 20, 2], 'TITLE']}})
        note = 'n' * 90 + 'o' * 300
        self.keys = [self.a.put(contact('Ada', note=note)
                                .replace('END:VCARD', 'TEL:+49123\r\nTEL:+49456\r\nTEL:+49789\r\nEND:VCARD'))]
        self.sync(self.a)
        sent, = self.server.items('card').items()
        self.assertIn('TEL:+49789', sent[1])  # all of it, whatever the server says
        cut = contact('Ada', note=note[:100], title='new').replace('END:VCARD', 'TEL:+49123\r\nTEL:+49456\r\nEND:VCARD')
        self.server.put('card', cut, guid=sent[0])
        self.sync(self.a)
        text = self.a.items()[self.keys[0]].replace('\r\n ', '')
        for line in (f'NOTE:{note}', 'TITLE:new', 'TEL:+49789'):
            self.assertIn(line, text)
        self.assertIn('MaxSize', self.notes())
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_what_is_missing_each_time_stays(self):
        self.populate()
        self.assertNotIn('X-SPOUSE', self.change_there('Ada', title='new'))
        self.assertNotIn('X-SPOUSE', self.change_there('Bea', title='new'))
        self.assertIn('X-SPOUSE:Bo', self.change_there('Cleo', title='new'))
        self.assertIn('X-SPOUSE:Bo', self.change_there('Dora', title='new'))

    def test_what_has_come_from_it_is_deleted_here_when_it_is_deleted_there(self):
        self.populate()
        self.server.put('card', contact('Emil', **{'x-spouse': 'Cy'}))
        self.sync(self.a)
        for name in ('Ada', 'Bea', 'Cleo', 'Dora'):
            self.assertNotIn('X-SPOUSE', self.change_there(name, title='new'))


if __name__ == '__main__':
    unittest.main()
