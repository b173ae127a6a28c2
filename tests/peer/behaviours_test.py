#!/usr/bin/python3
"""What two devices and one server must do, with exact counts on both ends and equal content after each sync. The numbers in the
names are those of docs/behaviours.md, which names the tests of all its rows, those elsewhere too."""
import unittest

import dbus

from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

STORE = 'card'
REFRESHES = ('REFRESH_FROM_CLIENT', 'REFRESH_FROM_SERVER')
TYPES = ('TWO_WAY', 'SLOW', 'ONE_WAY_FROM_CLIENT', 'ONE_WAY_FROM_SERVER', *REFRESHES)
ONE_ADD, ONE_UPDATE, ONE_REMOVAL = (1, 0, 0), (0, 1, 0), (0, 0, 1)


class Case(PeerCase):
    settings = {'ReviewPercent': dbus.UInt32(100)}

    def assert_counts(self, device, to_server, from_server, kind=None, ran=None):
        self.assertEqual(self.sync(device, kind, ran=ran or kind), (to_server, from_server))

    def assert_quiet(self, *devices):
        """Nothing is left to do for anybody."""
        for device in devices or self.everybody:
            self.assert_counts(device, NOTHING, NOTHING, ran='TWO_WAY')

    def guid(self, text):
        guid, = (guid for guid, item in self.server.items(STORE).items() if text in item)
        return guid

    def find(self, device, text, service=CONTACT):
        key, = (key for key, item in device.items(service).items() if text in item)
        return key


class ChangeTracking(Case):
    """Of the store that applications write to, as a session sees it."""

    def not_found(self, call, *arguments):
        with self.assertRaises(dbus.DBusException) as raised:
            call(*arguments)
        self.assertEqual(raised.exception.get_dbus_name(), 'org.syncd1.Error.NotFound')

    def test_01_listing_twice_gives_the_same(self):
        for number in range(20):
            self.a.put(contact(f'One{number}'))
        store = self.a.store()
        self.assertEqual(list(store.List()), list(store.List()))
        self.assertEqual(self.a.items(), self.a.items())

    def test_02_an_unknown_id_is_not_found(self):
        store = self.a.store()
        for key in ('4711', 'none', ''):
            self.not_found(store.Get, key)
            self.not_found(store.Delete, key)
        self.not_found(store.Put, '4711', contact('One'))
        self.assertEqual(self.a.count(), 0)

    def test_03_a_change_is_reported_once(self):
        kept, gone = (self.a.put(contact(name)) for name in ('Kept', 'Gone'))
        self.settle()
        self.a.put(contact('New'))
        self.a.put(contact('Kept', note='edited'), kept)
        self.a.delete(gone)
        self.assert_counts(self.a, (1, 1, 1), NOTHING)
        self.assert_quiet()

    def test_04_what_a_sync_wrote_is_no_change(self):
        for name in ('Kept', 'Gone'):
            self.server.put(STORE, contact(name))
        self.settle()
        self.server.put(STORE, contact('New'))
        self.server.put(STORE, contact('Kept', note='edited'), guid=self.guid('N:Kept;'))
        self.server.delete(STORE, self.guid('N:Gone;'))
        self.assert_counts(self.a, NOTHING, (1, 1, 1))
        self.assert_quiet()

    def test_05_created_and_updated_is_one_report(self):
        self.settle()
        key = self.a.put(contact('New'))
        self.a.put(contact('New', note='edited'), key)
        self.assert_counts(self.a, ONE_ADD, NOTHING)
        self.assert_quiet()

    def test_06_created_deleted_and_created_again_is_one_report(self):
        self.settle()
        self.a.delete(self.a.put(contact('New')))
        self.a.put(contact('New'))
        self.assert_counts(self.a, ONE_ADD, NOTHING)
        self.a.delete(self.find(self.a, 'N:New;'))
        self.a.put(contact('New'))
        self.assert_counts(self.a, (1, 0, 1), NOTHING)
        self.assert_equal_everywhere(size=1)
        self.assert_quiet()

    def test_07_it_holds_in_many_cycles(self):
        self.settle()
        for cycle in range(5):
            key = self.a.put(contact(f'New{cycle}'))
            self.assert_counts(self.a, ONE_ADD, NOTHING)
            self.a.put(contact(f'New{cycle}', note='edited'), key)
            self.assert_counts(self.a, ONE_UPDATE, NOTHING)
            self.a.delete(key)
            self.assert_counts(self.a, ONE_REMOVAL, NOTHING)
            self.assert_quiet()

    def test_09_counts_are_exact_with_very_many(self):
        self.settle()
        self.a.import_all(contact(f'One{number}') for number in range(500))
        self.assert_counts(self.a, (500, 0, 0), NOTHING)
        for key in self.a.items():
            self.a.delete(key)
        self.assert_counts(self.a, (0, 0, 500), NOTHING)
        self.assert_equal_everywhere(size=0)
        self.assert_quiet()

    def test_11_an_update_with_less_takes_the_rest_away(self):
        key = self.a.put(contact('One', note='to go', tel='+49 1'))
        self.settle()
        self.a.put(contact('One'), key)
        self.assert_counts(self.a, ONE_UPDATE, NOTHING)
        self.assertEqual(self.a.items(), {key: contact('One')})
        self.assert_equal_everywhere(size=1)

    def test_12_what_is_imported_is_exported(self):
        given = [contact(f'One{number}', note='ä, ö\\; and more') for number in range(10)]
        self.assertEqual(self.a.import_all(given), 10)
        self.assertEqual(texts(self.a.items()), texts(dict(enumerate(given))))


class KindsOfItems(Case):
    services = (CONTACT, EVENT)

    def test_08_changes_of_one_kind_are_none_of_another(self):
        self.settle()
        self.a.put(event('Lunch'), service=EVENT)
        self.assert_counts(self.a, NOTHING, NOTHING)
        self.assertEqual(self.a.counts(self.profiles[self.a], EVENT), (ONE_ADD, NOTHING))
        self.a.put(contact('One'))
        self.assert_counts(self.a, ONE_ADD, NOTHING)
        self.assertEqual(self.a.counts(self.profiles[self.a], EVENT), (NOTHING, NOTHING))

    def test_65_a_store_that_fails_does_no_harm_to_others(self):
        self.settle()
        self.a.put(contact('One'))
        self.a.put(event('Lunch'), service=EVENT)
        self.server.misbehave('500:Sync')  # the first of the two
        outcome = self.a.sync(self.profiles[self.a])
        self.server.behave()
        self.assertEqual(outcome.signal, 'Failed')
        moved = [len(self.server.items(store)) for store in ('card', 'cal')]
        self.assertEqual(sorted(moved), [0, 1])
        self.sync(self.a)
        self.assertEqual([len(self.server.items(store)) for store in ('card', 'cal')], [1, 1])


class Modes(Case):
    devices = 2

    def test_13_the_type_that_was_asked_for_is_the_one_that_runs(self):
        self.settle()
        for kind in TYPES:
            self.sync(self.a, kind, ran=kind)

    def test_14_an_emptied_client_empties_the_server_with_a_refresh(self):
        for number in range(3):
            self.a.put(contact(f'One{number}'))
        self.settle(self.a)
        for key in self.a.items():
            self.a.delete(key)
        self.sync(self.a, 'REFRESH_FROM_CLIENT')
        self.assertEqual(self.server.items(STORE), {})
        self.assert_counts(self.a, NOTHING, NOTHING, 'SLOW')

    def test_15_a_refresh_from_an_empty_server_empties_the_client(self):
        self.settle(self.a)
        self.a.put(contact('Mine'))
        self.assert_counts(self.a, NOTHING, ONE_REMOVAL, 'REFRESH_FROM_SERVER')
        self.assert_equal_everywhere(size=0)
        self.assert_quiet(self.a)

    def test_16_a_refresh_from_an_empty_client_empties_the_server(self):
        self.settle(self.a)
        self.server.put(STORE, contact('Theirs'))
        self.sync(self.a, 'REFRESH_FROM_CLIENT')
        self.assertEqual(self.server.items(STORE), {})
        self.assert_counts(self.a, NOTHING, NOTHING, 'REFRESH_FROM_SERVER')
        self.assert_equal_everywhere(size=0)

    def test_17_a_refresh_settles_every_change(self):
        self.settle(self.a)
        self.a.put(contact('One'))
        for key in self.a.items():
            self.a.delete(key)
        self.a.put(contact('Two'))
        self.sync(self.a, 'REFRESH_FROM_CLIENT')
        self.assert_quiet(self.a)
        self.assertEqual(texts(self.server.items(STORE)), texts({0: contact('Two')}))

    def test_18_an_item_is_copied_to_the_other_client(self):
        self.settle()
        self.a.put(contact('One'))
        self.assert_counts(self.a, ONE_ADD, NOTHING)
        self.assert_counts(self.b, NOTHING, ONE_ADD)
        self.assert_equal_everywhere(size=1)
        self.assert_quiet()

    def test_19_an_update_travels_as_one(self):
        key = self.a.put(contact('One', note='old'))
        self.settle()
        for edited in (contact('One', note='new'), contact('One', note='new', tel='+49 1')):
            self.a.put(edited, key)
            self.assert_counts(self.a, ONE_UPDATE, NOTHING)
            self.assert_counts(self.b, NOTHING, ONE_UPDATE)
            self.assertEqual(texts(self.b.items()), texts({0: edited}))
            self.assert_equal_everywhere(size=1)

    def test_20_a_deletion_travels(self):
        key = self.a.put(contact('One'))
        self.settle()
        self.a.delete(key)
        self.assert_counts(self.a, ONE_REMOVAL, NOTHING)
        self.assert_counts(self.b, NOTHING, ONE_REMOVAL)
        self.assert_equal_everywhere(size=0)

    def test_21_who_looks_late_gets_one_add(self):
        self.settle()
        key = self.a.put(contact('One'))
        self.sync(self.a)
        self.a.put(contact('One', note='edited'), key)
        self.assert_counts(self.a, ONE_UPDATE, NOTHING)
        self.assert_counts(self.b, NOTHING, ONE_ADD)
        self.assert_equal_everywhere(size=1)

    def test_22_a_refresh_replaces_what_is_there(self):
        self.a.put(contact('One'))
        self.settle()
        self.assert_counts(self.b, NOTHING, ONE_ADD, 'REFRESH_FROM_SERVER')  # the same item: it stays
        self.server.put(STORE, contact('Two'), guid=self.guid('N:One;'))
        self.assert_counts(self.b, NOTHING, (1, 0, 1), 'REFRESH_FROM_SERVER')
        self.assertEqual(texts(self.b.items()), texts({0: contact('Two')}))
        self.sync(self.a)
        self.assert_equal_everywhere(size=1)
        self.server.delete(STORE, self.guid('N:Two;'))
        self.assert_counts(self.b, NOTHING, ONE_REMOVAL, 'REFRESH_FROM_SERVER')
        self.assertEqual(self.b.items(), {})

    def test_23_one_way_from_the_server_sends_nothing(self):
        self.settle()
        from_a = self.a.put(contact('FromA'))
        self.sync(self.a)
        self.b.put(contact('FromB'))
        self.assert_counts(self.b, NOTHING, ONE_ADD, 'ONE_WAY_FROM_SERVER')
        self.assertEqual(texts(self.b.items()), texts({0: contact('FromA'), 1: contact('FromB')}))
        self.assertEqual(len(self.server.items(STORE)), 1)
        self.a.delete(from_a)
        self.sync(self.a)
        self.assert_counts(self.b, NOTHING, ONE_REMOVAL, 'ONE_WAY_FROM_SERVER')
        self.assertEqual(texts(self.b.items()), texts({0: contact('FromB')}))
        self.assertEqual(self.server.items(STORE), {})

    def test_24_one_way_from_the_client_fetches_nothing(self):
        self.settle()
        self.a.put(contact('FromA'))
        self.server.put(STORE, contact('Theirs'))
        self.assert_counts(self.a, ONE_ADD, NOTHING, 'ONE_WAY_FROM_CLIENT')
        self.assertEqual(texts(self.a.items()), texts({0: contact('FromA')}))
        self.assert_counts(self.a, NOTHING, ONE_ADD)
        self.sync(self.b)
        self.assert_equal_everywhere(size=2)

    def test_25_many_items_up_and_down_and_compared(self):
        self.settle()
        self.a.import_all(contact(f'One{number}', note='x' * 2000) for number in range(200))
        self.assert_counts(self.a, (200, 0, 0), NOTHING)
        self.assert_counts(self.b, NOTHING, (200, 0, 0), 'REFRESH_FROM_SERVER')
        for device in self.everybody:
            counts = self.sync(device, 'SLOW', ran='SLOW')
            self.assertEqual((counts[0][0], counts[1]), (0, NOTHING))
        self.assert_equal_everywhere(size=200)


class Small(Case):
    """Messages that hold a few commands."""
    devices = 2
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def test_26_many_deletions_in_small_messages(self):
        keys = [self.a.put(contact(f'One{number}')) for number in range(100)]
        self.settle()
        for key in keys:
            self.a.delete(key)
        self.assert_counts(self.a, (0, 0, 100), NOTHING)
        self.assertGreater(self.server.last_session()['messages'], 4)
        self.assert_counts(self.b, NOTHING, (0, 0, 100))
        self.assert_equal_everywhere(size=0)

    def test_36_items_of_every_size_arrive_whole(self):
        self.settle()
        sizes = [1 << power for power in range(14)]
        for size in sizes:
            self.a.put(contact(f'Of{size}', note='x' * size))
        self.assert_counts(self.a, (len(sizes), 0, 0), NOTHING)
        self.assert_counts(self.b, NOTHING, (len(sizes), 0, 0))
        self.assert_equal_everywhere(size=len(sizes))

    def test_37_without_large_objects_what_fits_arrives_and_nothing_is_cut(self):
        self.server.options(large_objects=False)
        self.addCleanup(self.server.options, large_objects=True)
        self.settle()
        sizes = [1 << power for power in range(14)]
        for size in sizes:
            self.a.put(contact(f'Of{size}', note='x' * size))
        self.a.sync(self.profiles[self.a])
        self.server.call('clear-violations')  # what is not sent was announced
        there = texts(self.server.items(STORE))
        self.assertLessEqual(set(there), set(texts(self.a.items())))
        for size in sizes:
            if size <= 2048:
                self.assertTrue(any(f'N:Of{size};' in text for text in there), size)
        self.assertEqual(self.a.count(), len(sizes))


class SlowSyncs(Case):
    devices = 2

    def test_27_equal_items_are_not_doubled(self):
        for device in self.everybody:
            for number in range(10):
                device.put(contact(f'One{number}'))
        self.settle()
        self.assert_equal_everywhere(size=10)
        for device in self.everybody:
            counts = self.sync(device, 'SLOW', ran='SLOW')
            self.assertEqual((counts[0][0], counts[0][2], counts[1]), (0, 0, NOTHING))
        self.assert_equal_everywhere(size=10)

    def test_28_the_pairs_of_a_slow_sync_hold(self):
        for device in self.everybody:
            device.put(contact('One'))
        self.settle()
        self.b.delete(self.find(self.b, 'N:One;'))
        self.assert_counts(self.b, ONE_REMOVAL, NOTHING)
        self.assert_counts(self.a, NOTHING, ONE_REMOVAL)
        self.assert_equal_everywhere(size=0)


class UnexpectedSlowSyncs(Case):
    settings = {'SlowSync': 'HOLD'}

    def test_31_an_unexpected_slow_sync_can_be_made_to_wait(self):
        self.a.put(contact('One'))
        self.settle()
        self.server.call('forget', store=STORE, device=self.a.device_id(self.profiles[self.a]))
        self.fail_with(self.a, 'HeldForReview')
        self.assertEqual(len(self.server.items(STORE)), 1)
        self.a.manager.Release(self.profiles[self.a])
        self.sync(self.a, ran='SLOW')
        self.assert_equal_everywhere(size=1)


class Conflicts(Case):
    devices = 2

    def setUp(self):
        super().setUp()
        self.in_a = self.a.put(contact('One', note='old'))
        self.settle()
        self.in_b = self.find(self.b, 'N:One;')

    def come_together(self):
        for _ in range(3):
            for device in self.everybody:
                device.sync(self.profiles[device])
        self.assert_equal_everywhere()
        self.assert_quiet()

    def notes(self):
        return sorted(line for text in self.a.items().values() for line in text.splitlines() if line.startswith('NOTE'))

    def test_32_both_have_deleted_it(self):
        self.a.delete(self.in_a)
        self.b.delete(self.in_b)
        self.sync(self.a)
        outcome = self.b.sync(self.profiles[self.b])
        self.assertEqual(outcome.signal, 'Completed', outcome)
        self.assert_equal_everywhere(size=0)
        self.assert_quiet()

    def test_33_both_have_changed_different_properties(self):
        for conflict in ('server', 'client'):
            with self.subTest(server_keeps=conflict):
                self.server.options(conflict=conflict)
                self.addCleanup(self.server.options, conflict='server')
                self.a.put(contact('One', note=f'by a, {conflict}', tel='+49 1'), self.in_a)
                self.b.put(contact('One', note='old', email=f'{conflict}@example.org', tel='+49 1'), self.in_b)
                self.come_together()
                self.assertIn(self.a.count(), (1, 2))
                everything = ''.join(self.a.items().values())
                if conflict == 'server':  # which says so, and sends its own: ours is merged with it
                    self.assertEqual(self.a.count(), 1)
                    self.assertIn('NOTE:by a', everything)
                    self.assertIn('server@example.org', everything)

    def test_34_the_newer_one_wins_where_that_is_the_policy(self):
        for device in self.everybody:
            device.update_profile(self.profiles[device], ConflictPolicy='NEWEST_WINS')
        for newer, note in ((20, 'by b'), (10, 'by a')):
            with self.subTest(wins=note):
                self.a.put(contact('One', note='by a', rev='20250115T000000Z'), self.in_a)
                self.b.put(contact('One', note='by b', rev=f'202501{newer}T000000Z'), self.in_b)
                self.come_together()
                self.assertEqual(self.notes(), ['NOTE:' + note])

    def test_35_a_change_survives_a_deletion(self):
        for deleting, changing in ((self.a, self.b), (self.b, self.a)):
            with self.subTest(deletes='a' if deleting is self.a else 'b'):
                note = f'changed, {changing is self.a}'
                changing.put(contact('One', note=note), self.find(changing, 'N:One;'))
                deleting.delete(self.find(deleting, 'N:One;'))
                for device in (changing, deleting):
                    device.sync(self.profiles[device])
                self.come_together()
                self.assertEqual(self.notes(), ['NOTE:' + note])

    def test_52_an_edit_elsewhere_keeps_what_that_client_does_not_show(self):
        rich = contact('One', note='old', **{'x-anniversary': '2001-01-01', 'x-shoe-size': '43'})
        self.a.put(rich, self.in_a)
        self.come_together()
        self.b.put(self.b.items()[self.in_b].replace('NOTE:old', 'NOTE:new'), self.in_b)
        self.come_together()
        self.assertEqual(texts(self.a.items()), texts({0: rich.replace('NOTE:old', 'NOTE:new')}))


if __name__ == '__main__':
    unittest.main()
