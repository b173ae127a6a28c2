#!/usr/bin/python3
"""A server whose ids are longer than MaxGUIDSize sends short ones in their place, and gives each to another item once it is
mapped (DevInf 1.2): no item here takes the place of another, whenever a session breaks off."""
import unittest

from example_items import contact, texts
from peer_case import NOTHING, PeerCase

STORE = 'card'
MANY = 6


class TemporaryIds(PeerCase):
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def start_over(self):
        self.begin()
        self.server.options(temporary_ids=True)
        self.addCleanup(self.server.options, temporary_ids=False)
        self.a.put(contact('Mine'))
        self.settle()
        self.put_there('First')

    def put_there(self, *names):
        self.server.put_all(STORE, [contact(f'{name}{number}', note='n' * 300) for name in names
                                    for number in range(MANY)])

    def key(self, name):
        key, = (key for key, text in self.a.items().items() if f'N:{name};' in text)
        return key

    maxDiff = None

    def assert_all(self, *names, edited=()):
        """Exactly these are on both sides."""
        expected = [contact('Mine')] + [contact(f'{name}{number}', note='n' * 300) for name in names
                                        for number in range(MANY) if f'{name}{number}' not in edited]
        expected += [contact(name, note='edited here') for name in edited]
        self.assertEqual(texts(self.a.items()), texts(dict(enumerate(expected))))
        self.assertEqual(texts(self.server.items(STORE)), texts(dict(enumerate(expected))))

    def test_ids_that_come_again_name_other_items(self):
        self.start_over()
        self.assertEqual(self.sync(self.a), (NOTHING, (MANY, 0, 0)))
        self.put_there('Second')
        self.a.put(contact('First0', note='edited here'), self.key('First0'))
        self.assertEqual(self.sync(self.a), ((0, 1, 0), (MANY, 0, 0)))
        self.assert_all('First', 'Second', edited=['First0'])
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_maps_that_were_refused_are_sent_again_before_their_ids_are_anothers(self):
        self.start_over()
        self.server.misbehave('500:Map*')
        self.a.sync(self.profiles[self.a])
        self.server.behave()
        self.put_there('Second')
        self.assertEqual(self.sync(self.a), (NOTHING, (MANY, 0, 0)))
        self.assert_all('First', 'Second')
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_session_that_breaks_off_at_any_message(self):
        self.server.options(conflict='client')  # a slow sync, too, is to leave the edit alone
        self.addCleanup(self.server.options, conflict='server')
        self.start_over()
        self.sync(self.a)
        messages = self.server.last_session()['messages']
        self.assertGreater(messages, 3)
        for message in range(1, messages + 1):
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    self.start_over()
                    self.kill_at(message, after)
                    self.put_there('Second')
                    edited = []
                    if any('N:First0;' in text for text in self.a.items().values()):
                        self.a.put(contact('First0', note='edited here'), self.key('First0'))
                        edited = ['First0']
                    self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                    self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                    self.assert_all('First', 'Second', edited=edited)
                    self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


if __name__ == '__main__':
    unittest.main()
