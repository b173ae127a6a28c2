#!/usr/bin/python3
"""Deletes of the server that want more, or less, than a delete: Archive and SftDel."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase

STORE = 'card'


class Removals(PeerCase):
    server_options = ('--user', 'alice:s3cret', '--user', 'bob:s3cret')

    def setUp(self):
        super().setUp()
        self.key = self.a.put(contact('Ada'))
        self.a.put(contact('Bo'))
        self.settle()

    def delete_there(self, mark):
        self.server.options(deletes=mark)
        self.addCleanup(self.server.options, deletes='none')
        guid, = (guid for guid, text in self.server.items(STORE).items() if 'N:Ada;' in text)
        self.server.delete(STORE, guid)

    def test_a_delete_with_archive_deletes_and_says_that_nothing_is_archived(self):
        self.delete_there('archive')
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.assertEqual(self.server.last_session()['datastores'][STORE]['not_archived'], 1)
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_soft_delete_removes_the_item_and_is_told_to_nobody(self):
        self.delete_there('soft')
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_a_profile_that_was_removed_does_not_keep_the_item(self):
        other = self.a.add_profile(self.server.url, user='bob', services=(('CONTACT', STORE),), ProfileName='Other')
        self.assertEqual(self.a.sync(other).signal, 'Completed')
        self.a.manager.Remove(other)
        self.delete_there('soft')
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.assert_equal_everywhere(size=1)

    def test_a_soft_delete_takes_nothing_away_from_another_profile(self):
        other = self.a.add_profile(self.server.url, user='bob', services=(('CONTACT', STORE),), ProfileName='Other')
        self.assertEqual(self.a.sync(other).signal, 'Completed')
        self.assertEqual(len(self.server.items(STORE, user='bob')), 2)
        self.delete_there('soft')
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertIn('another profile has it', ' '.join(self.a.history(self.profiles[self.a], 1)[0]['Notes']))
        for _ in range(2):
            self.assertEqual(self.a.sync(other).signal, 'Completed')
            self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assertEqual((self.a.count(), len(self.server.items(STORE, user='bob')), len(self.server.items(STORE))),
                         (2, 2, 1))
        # Here it is an item as any other.
        self.a.delete(self.key)
        for profile in (other, self.profiles[self.a]):
            self.assertEqual(self.a.sync(profile).signal, 'Completed')
        self.assertEqual((self.a.count(), len(self.server.items(STORE, user='bob')), len(self.server.items(STORE))),
                         (1, 1, 1))


if __name__ == '__main__':
    unittest.main()
