#!/usr/bin/python3
"""What a session changed here and sent is told item by item, and the first can be taken back, by who owns the items and nobody else."""
import sys
import unittest

import dbus

import harness
from harness import ANNA, BERT, CONTACTS, ERROR, EVENTS, FREEDESKTOP, set_allowed

sys.path.insert(0, str(harness.ROOT / 'tests/server'))
from reference_server import ReferenceServer

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{0}\r\nN:{0};;;;\r\nEND:VCARD\r\n'


class Changes(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.server = ReferenceServer('--user', 'alice:s3cret')
        self.addCleanup(self.server.stop)
        self.anna = self.client(ANNA)
        self.profile = self.anna.add(Url=self.server.url)
        self.kept = self.anna.store('Put', '', CARD.format('Kept'))
        self.changed = self.anna.store('Put', '', CARD.format('Before'))
        self.deleted = self.anna.store('Put', '', CARD.format('Deleted'))
        self.sync()

    def remove_everything(self):
        set_allowed('sync', 'manage')
        if self.server.process.poll() is None:
            self.server.call('release')
        super().remove_everything()

    def sync(self, profile=None, **options):
        session = self.anna.start(profile or self.profile, **options)
        self.assertEqual(self.anna.wait_for_end(profile or self.profile, session), ('Completed', []))
        return session

    def guid(self, name):
        return next(guid for guid, text in self.server.items('card').items() if f'FN:{name}' in text)

    def session(self):
        """One in which the server adds, changes and deletes an item."""
        self.server.put('card', CARD.format('Added'))
        self.server.put('card', CARD.format('After'), guid=self.guid('Before'))
        self.server.delete('card', self.guid('Deleted'))
        return self.sync()

    def changes(self, session, profile='', after='', client=None):
        return (client or self.anna).manager('GetChanges', profile, dbus.UInt64(session), after)

    def sent(self, session, profile='', after='', client=None):
        return (client or self.anna).manager('GetSent', profile, dbus.UInt64(session), after)

    def undo(self, session, profile='', client=None):
        return (client or self.anna).manager('Undo', profile, dbus.UInt64(session))

    def names(self, path=CONTACTS):
        return {item: self.name(self.anna.store('Get', item, path=path))
                for item, _ in self.anna.store('List', path=path)}

    @staticmethod
    def name(text):
        return next(line[3:] for line in text.splitlines() if line.startswith('FN:'))

    def names_there(self):
        return sorted(map(self.name, self.server.items('card').values()))

    # ---- what changed ------------------------------------------------------------------

    def test_changes_are_told_with_what_was_before_and_after(self):
        session = self.session()
        changed, deleted, added = self.changes(session)
        for change in (changed, deleted, added):
            self.assertEqual((change['Session'], change['ProfileId'], change['ServiceType'], change['IsLast']),
                             (session, self.profile, 'CONTACT', True))
            self.assertGreater(change['Time'], 0)
        self.assertEqual((changed['ItemId'], changed['What'], changed['Rule']),
                         (self.changed, 'UPDATED', 'SERVER_CHANGED'))
        self.assertEqual((self.name(changed['Before']), self.name(changed['After'])), ('Before', 'After'))
        self.assertEqual((deleted['ItemId'], deleted['What'], deleted['Rule']),
                         (self.deleted, 'DELETED', 'SERVER_DELETED'))
        self.assertEqual(self.name(deleted['Before']), 'Deleted')
        self.assertNotIn('After', deleted)
        self.assertEqual((added['What'], added['Rule']), ('ADDED', 'SERVER_ADDED'))
        self.assertNotIn('Before', added)
        self.assertEqual(self.name(added['After']), 'Added')
        self.assertEqual(self.changes(session, self.profile), [changed, deleted, added])
        self.assertEqual(self.changes(session, after=deleted['ItemId']), [added])
        self.assertEqual(self.changes(session, after=added['ItemId']), [])
        newest, first = self.anna.manager('GetHistory', self.profile, 0)
        self.assertEqual((newest['Session'], newest['Changes'], newest['Undone']), (session, 3, 0))
        self.assertEqual(first['Changes'], 0)

    def test_many_changes_come_in_pages(self):
        self.server.put_all('card', [CARD.format(f'N{n}' + 'x' * 2000) for n in range(1500)])
        session = self.sync()
        found, pages, after = [], 0, ''
        while page := self.changes(session, after=after):
            self.assertLess(sum(len(change['After']) for change in page), 1_200_000)
            found += page
            pages += 1
            after = page[-1]['ItemId']
        self.assertGreater(pages, 3)
        self.assertEqual(len({change['ItemId'] for change in found}), 1500)
        self.assertEqual(len(found), 1500)

    def test_of_what_is_not_kept_nothing_is_told(self):
        session = self.session()
        empty = self.sync()
        for wrong in (empty, session + 1000, 0):
            for call in (self.changes, self.undo):
                message = self.assertError(ERROR + 'NotFound', call, wrong)
                self.assertIn(f'session {wrong}', message)
        self.assertError(ERROR + 'NotFound', self.changes, session, 'nonsense')

    def test_why_an_item_is_as_it_is(self):
        session = self.session()
        found = self.anna.manager('Explain', 'CONTACT', self.changed)
        self.assertEqual((found['IsThere'], found['Writer'], found['Creator']), (True, self.profile, ''))
        self.assertEqual(self.name(found['Content']), 'After')
        [change] = found['Changes']
        self.assertEqual((change['Session'], change['Rule']), (session, 'SERVER_CHANGED'))
        self.anna.store('Put', self.changed, CARD.format('Edited'))
        found = self.anna.manager('Explain', 'CONTACT', self.changed)
        self.assertEqual((found['Writer'], len(found['Changes'])), ('', 1))
        self.assertFalse(found['Changes'][0]['IsLast'])
        self.assertEqual(self.name(found['Changes'][0]['After']), 'After')
        found = self.anna.manager('Explain', 'CONTACT', self.deleted)
        self.assertFalse(found['IsThere'])
        self.assertNotIn('Content', found)
        self.assertEqual(found['Changes'][0]['Rule'], 'SERVER_DELETED')
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Explain', 'EVENT', self.changed)
        self.assertError(ERROR + 'NotFound', self.anna.manager, 'Explain', 'CONTACT', '0x1')
        self.assertError(ERROR + 'InvalidValue', self.anna.manager, 'Explain', 'contact', self.changed)

    # ---- what was sent -------------------------------------------------------------------

    def test_what_was_sent_is_told_with_its_answer(self):
        self.anna.store('Put', self.changed, CARD.format('Edited'))
        self.anna.store('Delete', self.deleted)
        new = self.anna.store('Put', '', CARD.format('New'))
        session = self.sync()
        changed, deleted, added = told = self.sent(session)
        for item in told:
            self.assertEqual((item['Session'], item['ProfileId'], item['ServiceType'], item['Answer']),
                             (session, self.profile, 'CONTACT', 'TAKEN'))
            self.assertGreater(item['Time'], 0)
        self.assertEqual((changed['ItemId'], changed['What'], changed['Status'], changed['Name']),
                         (self.changed, 'UPDATED', 200, 'Edited'))
        self.assertEqual((deleted['ItemId'], deleted['What'], deleted['Status']), (self.deleted, 'DELETED', 200))
        self.assertEqual((added['ItemId'], added['What'], added['Status'], added['Name']), (new, 'ADDED', 201, 'New'))
        self.assertEqual(self.sent(session, self.profile), told)
        self.assertEqual(self.sent(session, after=deleted['ItemId']), [added])
        self.assertEqual(self.sent(session, after=added['ItemId']), [])
        # It changed nothing here.
        self.assertError(ERROR + 'NotFound', self.changes, session)
        [newest, first] = self.anna.manager('Explain', 'CONTACT', self.changed)['Sent']
        self.assertEqual((newest['Session'], newest['What'], newest['Answer'], newest['Status']),
                         (session, 'UPDATED', 'TAKEN', 200))
        self.assertLess(first['Session'], session)
        self.assertEqual(first['What'], 'COMPARED')

    def test_much_that_was_sent_comes_in_pages(self):
        for number in range(520):
            self.anna.store('Put', '', CARD.format(f'N{number}'))
        session = self.sync()
        found, pages, after = [], 0, ''
        while page := self.sent(session, after=after):
            found += page
            pages += 1
            after = page[-1]['ItemId']
        self.assertEqual((pages, len(found), len({item['ItemId'] for item in found})), (2, 520, 520))

    def test_of_what_sent_nothing_nothing_is_told(self):
        session = self.session()
        for wrong in (session, session + 1000, 0):
            self.assertIn(f'session {wrong}', self.assertError(ERROR + 'NotFound', self.sent, wrong))
        self.assertError(ERROR + 'NotFound', self.sent, session, 'nonsense')

    # ---- undoing -------------------------------------------------------------------------

    def test_undoing_puts_back_both_sides(self):
        before = self.names()
        there = self.names_there()
        session = self.session()
        after = self.names()
        self.anna.settle()
        self.anna.heard.clear()
        report = self.undo(session)
        self.assertEqual((report['Restored'], report['Reverted'], report['Removed'], report['LeftAlone'],
                          report['LeftAloneItems']), (1, 1, 1, 0, []))
        self.assertEqual(self.names(), before)
        self.anna.wait(lambda: self.anna.signals('Changed'))
        [(_, (added, updated, removed))] = self.anna.signals('Changed')
        self.assertEqual(len(removed), 1)
        self.assertEqual(sorted(added + updated), sorted([self.changed, self.deleted]))
        told = self.anna.manager('GetHistory', self.profile, 0)
        self.assertEqual((told[0]['Session'], told[0]['Trigger'], told[0]['Undone'], told[0]['Changes']),
                         (report['Session'], 'undo', session, 3))
        self.sync()
        self.assertEqual((self.names(), self.names_there()), (before, there))
        self.sync()
        self.assertEqual((self.names(), self.names_there()), (before, there))
        # And back.
        again = self.undo(report['Session'])
        self.assertEqual((again['Restored'], again['Reverted'], again['Removed']), (1, 1, 1))
        self.assertEqual(self.names(), after)
        self.sync()
        self.assertEqual(self.names_there(), sorted(after.values()))
        self.assertEqual(self.server.violations(), [])

    def test_undoing_twice_does_nothing_new(self):
        session = self.session()
        self.undo(session)
        listed = self.anna.store('List')
        report = self.undo(session)
        self.assertEqual((report['Session'], report['Restored'], report['Reverted'], report['Removed'],
                          report['LeftAlone']), (0, 0, 0, 0, 0))
        self.assertEqual(self.anna.store('List'), listed)
        self.assertEqual(len(self.anna.manager('GetHistory', self.profile, 0)), 3)

    def test_an_edit_since_is_left_alone_and_named(self):
        session = self.session()
        self.anna.store('Put', self.changed, CARD.format('Edited'))
        report = self.undo(session)
        self.assertEqual((report['Restored'], report['Reverted'], report['Removed'], report['LeftAlone']), (1, 0, 1, 1))
        self.assertEqual(report['LeftAloneItems'], [{'ServiceType': 'CONTACT', 'ItemId': self.changed}])
        self.assertEqual(self.names()[self.changed], 'Edited')

    def test_a_refresh_from_the_server_is_undone(self):
        before = self.names()
        self.anna.store('Put', '', CARD.format('Never sent'))
        self.server.delete('card', self.guid('Kept'))
        self.server.put('card', CARD.format('Added'))
        whole = self.names()
        session = self.sync(Type='REFRESH_FROM_SERVER')
        self.assertEqual(sorted(self.names().values()), ['Added', 'Before', 'Deleted'])
        self.undo(session)
        self.assertEqual(self.names(), whole)
        self.sync()
        self.assertEqual(self.names_there(), sorted([*before.values(), 'Never sent']))

    def test_while_the_profile_syncs_nothing_is_undone(self):
        session = self.session()
        self.server.call('hold')
        running = self.anna.start(self.profile)
        self.server.call('await-held')
        self.assertIn('syncing', self.assertError(FREEDESKTOP + 'Failed', self.undo, session))
        self.assertEqual(len(self.changes(session)), 3)
        self.server.call('release')
        self.anna.wait_for_end(self.profile, running)
        self.assertEqual(self.undo(session)['Reverted'], 1)

    def test_a_removed_profile_leaves_its_items_and_nothing_to_undo(self):
        session = self.session()
        self.anna.manager('Remove', self.profile)
        self.assertError(ERROR + 'NotFound', self.undo, session)
        self.assertEqual(self.anna.manager('Explain', 'CONTACT', self.changed)['Changes'], [])
        self.assertEqual(len(self.names()), 3)

    # ---- who may ---------------------------------------------------------------------------

    def test_others_see_and_undo_nothing(self):
        self.anna.store('Put', '', CARD.format('Mine'))
        session = self.session()
        bert = self.client(BERT)
        for call in (self.changes, self.sent, self.undo):
            for profile in ('', self.profile):
                self.assertError(ERROR + 'NotFound', call, session, profile, client=bert)
        self.assertError(ERROR + 'NotFound', bert.manager, 'Explain', 'CONTACT', self.changed)
        # Who may change others' profiles does not see their items either.
        set_allowed('sync', 'manage', 'manage-all')
        for call in (self.changes, self.sent, self.undo):
            self.assertError(FREEDESKTOP + 'AccessDenied', call, session, self.profile, client=bert)
            self.assertError(ERROR + 'NotFound', call, session, client=bert)
        self.assertIn('After', self.names().values())
        root = self.client(0)
        self.assertEqual(len(self.changes(session, self.profile, client=root)), 3)
        self.assertEqual(len(self.sent(session, self.profile, client=root)), 1)
        self.assertEqual(self.undo(session, self.profile, client=root)['Reverted'], 1)

    def test_undoing_needs_the_permission_to_change_items(self):
        session = self.session()
        set_allowed('sync')
        self.assertError(FREEDESKTOP + 'AccessDenied', self.undo, session)
        self.assertEqual(len(self.changes(session)), 3)


if __name__ == '__main__':
    unittest.main(verbosity=2)
