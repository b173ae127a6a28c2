#!/usr/bin/python3
"""What a server understands of items, and what becomes of those that say more (docs/decisions/0024-conversion.md)."""
import unittest

from device import CONTACT, EVENT
from example_items import contact, event
from peer_case import NOTHING, PeerCase

CARD = {'card': [['text/x-vcard', '2.1']], 'cal': [['text/x-vcalendar', '1.0']]}
KEPT = 'X-CUSTOM;X-WITH="a:b":c'
RULE = 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1'


def rich(name):
    return contact(name).replace('END:VCARD', f'TEL;TYPE=CELL:+1-555\r\n{KEPT}\r\nEND:VCARD')


class ContentTypes(PeerCase):
    services = (CONTACT, EVENT)

    def describe(self, **said):
        self.server.options(describe=said)
        self.addCleanup(self.server.options, describe={})

    def notes(self):
        return ' '.join(self.a.history(self.profiles[self.a], 1)[0]['Notes'])

    def only(self, items):
        (key, text), = items.items()
        return key, text

    def test_a_server_that_receives_the_older_version_alone_gets_that(self):
        self.describe(receives=CARD)
        luid = self.a.put(rich('Ada'))
        self.a.put(event('Last').replace('SUMMARY', f'{RULE}\r\nSUMMARY'), service=EVENT)
        self.settle()
        self.assertIn('1 item was sent in vCard 2.1, without X-CUSTOM', self.notes())
        self.assertIn('1 item was sent in vCalendar 1.0, without RRULE', self.notes())
        guid, told = self.only(self.server.items('card'))
        self.assertIn('VERSION:2.1', told)
        self.assertIn('TEL;CELL:+1-555', told)
        self.assertIn('VERSION:1.0', self.only(self.server.items('cal'))[1])
        self.assertEqual(self.a.items(), {luid: rich('Ada')})
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        # The server's change leaves what it was not told, and is not sent back.
        self.server.put('card', told.replace('+1-555', '+1-777'), guid=guid)
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 1, 0)))
        self.assertEqual(self.a.items(), {luid: rich('Ada').replace('+1-555', '+1-777')})
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        # Both change it.
        edited = rich('Ada').replace('+1-555', '+1-777').replace('END:', 'NOTE:mine\r\nEND:')
        self.a.put(edited, luid)
        self.sync(self.a)
        self.assertIn('NOTE:mine', self.only(self.server.items('card'))[1])
        self.assertEqual(self.a.items(), {luid: edited})

    def test_a_slow_sync_doubles_nothing_that_was_told_in_other_words(self):
        self.describe(receives=CARD)
        luid = self.a.put(rich('Ada'))
        day = self.a.put(event('Last').replace('SUMMARY', f'{RULE}\r\nSUMMARY'), service=EVENT)
        self.settle()
        self.sync(self.a, 'SLOW')
        self.assertEqual(self.a.items(), {luid: rich('Ada')})
        self.assertIn(RULE, self.a.items(EVENT)[day])
        self.assertEqual((len(self.server.items('card')), len(self.server.items('cal'))), (1, 1))
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_what_the_server_sends_in_its_version_stays_as_it_came(self):
        self.describe(receives=CARD)
        self.server.put('card', contact('Ada').replace('3.0', '2.1'))
        self.settle()
        self.assertEqual(list(self.a.items().values()), [contact('Ada').replace('3.0', '2.1')])

    def test_a_server_without_utc_gets_local_times(self):
        self.describe(utc=False)
        luid = self.a.put(event('Meeting'), service=EVENT)
        self.settle()
        guid, told = self.only(self.server.items('cal'))
        start, = (line for line in told.splitlines() if line.startswith('DTSTART'))
        self.assertRegex(start, r'^DTSTART:20250[0-9]{3}T[0-9]{6}$')
        self.assertEqual(self.a.items(EVENT), {luid: event('Meeting')})
        self.server.put('cal', told.replace('SUMMARY:Meeting', 'SUMMARY:Meal'), guid=guid)
        self.sync(self.a)
        self.assertEqual(self.a.items(EVENT), {luid: event('Meeting').replace('SUMMARY:Meeting', 'SUMMARY:Meal')})

    def test_an_item_whose_type_is_refused_goes_in_the_next_one(self):
        self.settle()
        luid = self.a.put(contact('Ada'))
        self.server.misbehave('415:Add')
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.server.behave()
        self.assertIn('in another form', self.notes())
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assertIn('VERSION:2.1', self.only(self.server.items('card'))[1])
        self.assertEqual(self.a.items(), {luid: contact('Ada')})
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_an_item_that_is_refused_in_each_type_waits_for_a_change(self):
        self.settle()
        luid = self.a.put(contact('Ada'))
        for command in ('Add', 'Replace'):
            self.server.misbehave(f'415:{command}')
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
            self.server.behave()
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.a.put(contact('Ada', note='better'), luid)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assertIn('VERSION:3.0', self.only(self.server.items('card'))[1])


if __name__ == '__main__':
    unittest.main()
