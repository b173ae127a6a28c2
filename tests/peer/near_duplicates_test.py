#!/usr/bin/python3
"""A server that pairs nothing in a slow sync: it takes all of ours as new, and adds all of its own. Nothing is there twice
afterwards, not what is equal and not what is nearly so (docs/decisions/0023-similar-items.md)."""
import unittest

import dbus

from device import EVENT
from example_items import contact, event
from peer_case import NOTHING, PeerCase

MAIL = 'ada@example.org'


class NearDuplicates(PeerCase):
    devices = 2

    def setUp(self):
        super().setUp()
        self.server.options(pairs=False)

    def meet(self, a, b):
        """The first device brings its items, and the second one its own."""
        for text in a:
            self.a.put(text)
        self.settle(self.a)
        for text in b:
            self.b.put(text)
        return self.sync(self.b, ran='SLOW')

    def finish(self, size):
        """The second device tells the server, and the first one hears of it."""
        sent = self.sync(self.b, ran='TWO_WAY')
        heard = self.sync(self.a, ran='TWO_WAY')
        for device in self.everybody:
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))
        self.assert_equal_everywhere(size=size)
        return sent, heard

    def notes(self):
        return '\n'.join(self.b.history(self.profiles[self.b], 1)[0]['Notes'])

    def test_equal_items_are_there_once(self):
        texts = [contact('Ada', tel='1'), contact('Bea', tel='2')]
        self.assertEqual(self.meet(texts, texts), ((2, 0, 0), (2, 0, 0)))
        self.assertEqual(self.b.count(), 2)
        sent, heard = self.finish(size=2)
        self.assertEqual(sent[0], (0, 2, 2))
        self.assertEqual(heard[1], (2, 0, 2))

    def test_behaviour_30_what_is_nearly_equal_is_one_with_what_both_have_said(self):
        """The client recognizes it, keeps one, and tells the server with the next session to update one and delete the
        other."""
        self.meet([contact('Ada', email=MAIL, tel='1', note='n')], [contact('Ada', email=MAIL, tel='2', title='t')])
        self.assertEqual(self.b.count(), 1)
        self.assertIn('1 item that the server added is nearly the same as one here', self.notes())
        sent, heard = self.finish(size=1)
        self.assertEqual(sent[0], (0, 1, 1))
        self.assertEqual(heard[1], (1, 0, 1))
        text, = self.a.items().values()
        for line in ('TEL:1', 'TEL:2', 'NOTE:n', 'TITLE:t', 'EMAIL:' + MAIL):
            self.assertEqual(text.count(line), 1, text)

    def test_two_people_stay_two(self):
        work = {'tel;type=work': '030 1234567', 'org': 'Acme'}
        self.meet([contact('Ada', **work)], [contact('Bea', **work)])
        self.assertNotIn('same as one here', self.notes())
        self.finish(size=2)

    def test_behaviour_29_of_an_event_that_both_have_added_the_later_version_stays(self):
        for older, newer in (('a', 'b'), ('b', 'a')):
            with self.subTest(newer=newer):
                for device in self.everybody:
                    device.forget_everything()
                self.server.reset()
                self.server.options(pairs=False)
                self.profiles = {device: device.add_profile(self.server.url, services=((EVENT, 'cal'),), ConflictPolicy='NEWEST_WINS')
                                 for device in self.everybody}
                self.services = (EVENT,)
                texts = {name: event('Tea', day=day, uid='3f9c1c1e-8a54-4e0f@a').replace(
                    'SUMMARY', f'LAST-MODIFIED:2025010{1 if name == older else 2}T000000Z\r\nSUMMARY')
                         for name, day in (('a', 1), ('b', 2))}
                self.a.put(texts['a'], service=EVENT)
                self.settle(self.a)
                self.b.put(texts['b'], service=EVENT)
                self.sync(self.b, ran='SLOW')
                for device in (self.b, self.a):
                    self.sync(device)
                for device in self.everybody:
                    self.assertEqual(self.sync(device), (NOTHING, NOTHING))
                self.assert_equal_everywhere(EVENT, size=1)
                text, = self.a.items(EVENT).values()
                self.assertIn('DTSTART:2025030' + ('1' if newer == 'a' else '2'), text)

    def test_what_contradicts_is_kept_twice_until_somebody_says_that_it_is_one(self):
        self.meet([contact('Ada', email=MAIL, note='by a')], [contact('Ada', email=MAIL, note='by b', tel='2')])
        self.assertIn('may be the same as one here', self.notes())
        conflict, = self.b.manager.GetConflicts(self.profiles[self.b], dbus.UInt64(0))
        self.assertEqual((str(conflict['Way']), str(conflict['Fields'][0]['Name'])), ('BOTH', 'NOTE'))
        self.b.manager.ResolveConflict(self.profiles[self.b], dbus.UInt64(conflict['Number']), 'THEIRS')
        self.assertEqual(self.b.count(), 1)
        self.finish(size=1)
        text, = self.a.items().values()
        self.assertIn('NOTE:by a', text)
        self.assertIn('TEL:2', text)

    def test_it_can_be_undone(self):
        self.meet([contact('Ada', email=MAIL, note='n')], [contact('Ada', email=MAIL, title='t')])
        session = self.b.history(self.profiles[self.b], 1)[0]['Session']
        self.finish(size=1)
        self.b.manager.Undo('', dbus.UInt64(session))
        self.assertEqual(self.b.count(), 2)
        for device in (self.b, self.a):
            self.sync(device)
        for device in self.everybody:
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))
        self.assert_equal_everywhere(size=2)

    def test_a_worker_that_is_killed_doubles_nothing_in_the_end(self):
        for message in (2, 3):
            with self.subTest(message=message):
                for device in self.everybody:
                    device.forget_everything()
                self.server.reset()
                self.profiles = {device: device.add_profile(self.server.url) for device in self.everybody}
                self.b.put(contact('Ada', email=MAIL, note='n'))
                self.settle(self.b)
                self.a.put(contact('Ada', email=MAIL, title='t'))
                self.kill_at(message)
                for device in (self.a, self.a, self.b):
                    self.sync(device)
                for device in self.everybody:
                    self.assertEqual(self.sync(device), (NOTHING, NOTHING))
                self.assert_equal_everywhere(size=1)


if __name__ == '__main__':
    unittest.main()
