#!/usr/bin/python3
"""Items that are larger than a message, both ways, and everything that a server can do wrong with their chunks."""
import base64
import random
import unittest

import dbus

from example_items import contact, texts
from peer_case import NOTHING, PeerCase

KIB = 1024


def photo(name, size, note=''):
    """A contact with a photo of `size` octets, folded as vCard 3.0 wants it; the name decides which octets."""
    text = base64.b64encode(random.Random(name + note).randbytes(size)).decode()
    lines = [text[at:at + 74] for at in range(0, len(text), 74)]
    return contact(name, note).replace('END:VCARD', 'PHOTO;ENCODING=b;TYPE=JPEG:\r\n ' + '\r\n '.join(lines) + '\r\nEND:VCARD')


class LargeCase(PeerCase):
    def large(self):
        """(chunks from the client, chunks to it) of the last session."""
        report = self.server.last_session()['datastores']['card']
        return report['chunks_from_client'], report['chunks_to_client']

    def sync_with_failures(self, failed_there=0, failed_here=0):
        """A session that ends well, though as many items were not taken by the server, and here."""
        outcome = self.a.sync(self.profiles[self.a])
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}; {self.server.violations()}')
        record, = self.a.manager.GetStatistics(self.profiles[self.a])
        failed = [int(record[way + 'Total']) - sum(int(record[way + what]) for what in ('Added', 'Updated', 'Removed'))
                  for way in ('ClientToServer', 'ServerToClient')]
        self.assertEqual(failed, [failed_there, failed_here])
        return [str(note) for note in self.a.history(self.profiles[self.a], 1)[0]['Notes']]


class TinyMessages(LargeCase):
    devices = 2
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def test_large_items_cross_in_both_directions(self):
        self.settle()
        up, down = photo('Up', 60 * KIB), photo('Down', 60 * KIB)
        self.a.put(up)
        self.a.put(contact('Small'))
        self.server.put('card', down)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), ((2, 0, 0), (1, 0, 0)))
        from_client, to_client = self.large()
        self.assertGreater(from_client, 82_000 // 4096)
        self.assertGreater(to_client, 82_000 // 4096)
        self.assertEqual(self.sync(self.b, ran='TWO_WAY'), (NOTHING, (3, 0, 0)))
        self.assert_equal_everywhere(size=3)
        self.assertEqual(texts(self.b.items()), texts({'1': up, '2': down, '3': contact('Small')}))
        for device in self.everybody:
            self.assertEqual(self.sync(device), (NOTHING, NOTHING))

    def test_updates_deletes_and_slow_syncs_of_large_items(self):
        key = self.a.put(photo('Ada', 20 * KIB))
        self.settle()
        self.a.put(photo('Ada', 20 * KIB, note='changed'), key)
        self.assertEqual(self.sync(self.a), ((0, 1, 0), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (0, 1, 0)))
        self.assertEqual(self.sync(self.b, 'SLOW', ran='SLOW'), ((0, 1, 0), NOTHING))
        self.assert_equal_everywhere(size=1)
        self.assertEqual(self.sync(self.a, 'REFRESH_FROM_SERVER', ran='REFRESH_FROM_SERVER')[0], NOTHING)
        self.assertEqual(self.sync(self.b, 'REFRESH_FROM_CLIENT', ran='REFRESH_FROM_CLIENT'), ((1, 0, 0), NOTHING))
        self.sync(self.a, ran='TWO_WAY')
        self.assert_equal_everywhere(size=1)

    def test_items_around_the_size_of_a_message(self):
        self.settle()
        for size in range(2450, 2950, 10):
            self.a.put(contact(f'Up{size}', note='u' * size))
            self.server.put('card', contact(f'Down{size}', note='d' * size))
        self.assertEqual(self.sync(self.a), ((50, 0, 0), (50, 0, 0)))
        for chunks in self.large():
            self.assertTrue(0 < chunks < 100, self.large())
        self.assertEqual(self.sync(self.b), (NOTHING, (100, 0, 0)))
        self.assert_equal_everywhere(size=100)

    def around_a_whole_message(self, put, way):
        """The numbers of chunks that an item takes whose note has one octet more each time, on both sides of what a message
        holds. Session numbers and anchors of another length move that by an octet. An
        item of one chunk is a whole one with a Size."""
        def chunks(size):
            put(size)
            self.sync(self.a)
            self.assertEqual(texts(self.a.items()), texts(self.server.items('card')))
            return self.large()[way]

        low, high = 1000, 3500  # whole, in chunks
        while high - low > 1:
            middle = (low + high) // 2
            if chunks(middle) < 2:
                low = middle
            else:
                high = middle
        return [chunks(size) for size in range(low - 4, low + 5)]

    def test_the_octet_that_makes_two_chunks(self):
        self.server.options(resp_uri=False)  # its session ids are not of one length
        self.addCleanup(self.server.options, resp_uri=True)
        self.settle()
        key = self.a.put(contact('Up'))
        guid = self.server.put('card', contact('Down'))
        self.sync(self.a)
        for way, put in enumerate((lambda size: self.a.put(contact('Up', note='u' * size), key),
                                   lambda size: self.server.put('card', contact('Down', note='d' * size), guid=guid))):
            numbers = self.around_a_whole_message(put, way)
            self.assertEqual((numbers[0] < 2, numbers[-1]), (True, 2), numbers)

    def test_text_of_many_octets_a_character_is_not_cut_within_one(self):
        self.settle()
        self.a.put(contact('Up', note='東京€é😀 & <' * 1500))
        self.server.put('card', contact('Down', note='😀é€ > &amp;' * 1500))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), (1, 0, 0)))
        self.assertEqual(self.sync(self.b), (NOTHING, (2, 0, 0)))
        self.assert_equal_everywhere(size=2)

    def test_a_server_without_large_objects_gets_none(self):
        self.server.options(large_objects=False)
        self.addCleanup(self.server.options, large_objects=True)
        self.settle()
        self.a.put(photo('Ada', 20 * KIB))
        note, = self.sync_with_failures(failed_there=1)
        self.assertIn('was not sent', note)
        self.assertEqual(self.large(), (0, 0))
        self.expect_violations('number-of-changes')  # it was counted before it turned out not to fit

    def test_an_item_above_the_servers_limit_stays_here(self):
        self.server.options(max_obj_size=10_000)
        self.addCleanup(self.server.options, max_obj_size=4 << 20)
        self.settle()
        self.a.put(photo('Big', 20 * KIB))
        self.a.put(photo('Fits', 5 * KIB))
        note, = self.sync_with_failures(failed_there=1)
        self.assertIn('larger than the server accepts', note)
        self.assertEqual(texts(self.server.items('card')), texts({'': photo('Fits', 5 * KIB)}))
        self.expect_violations('number-of-changes')  # it was counted before it turned out not to fit


class Photos(LargeCase):
    """The sizes of real servers."""
    devices = 2
    configuration = {'MaxMessageSize': 64 * KIB}

    def test_a_contact_of_3_mib_crosses_in_both_directions(self):
        self.settle()
        up, down = (photo(name, 2300 * KIB) for name in ('Up', 'Down'))
        self.assertGreater(len(up), 3 << 20)
        self.a.put(up)
        self.server.put('card', down)
        self.assertEqual(self.sync(self.a), ((1, 0, 0), (1, 0, 0)))
        messages = self.server.last_session()['messages']
        # No more messages than the octets need (a kibibyte stands around each chunk), and those around them.
        self.assertLessEqual(messages, (len(up) + len(down)) // (63 * KIB) + 6)
        self.assertEqual(self.sync(self.b), (NOTHING, (2, 0, 0)))
        self.assert_equal_everywhere(size=2)


class Enormous(LargeCase):
    """Larger than what goes in a message of the bus; scripts/bench has one of 50 MiB."""
    devices = 2
    configuration = {'MaxMessageSize': 64 * KIB, 'MaxObjectSize': 64 * KIB * KIB}
    server_options = ('--user', 'alice:s3cret', '--max-obj-size', '0')

    def test_a_photo_crosses_and_is_edited_on_both_sides(self):
        self.settle()
        whole = photo('Ada', 13 * KIB * KIB // 2, note='first')
        self.assertGreater(len(whole), 8 * KIB * KIB)
        self.a.import_all([whole])
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))
        self.assertEqual(self.sync(self.b), (NOTHING, (1, 0, 0)))
        (here,), (there,) = self.a.items(), self.b.items()
        self.assertEqual(self.b.text(there), whole)
        # Where people look at it, it is cut, or the answer would be more than the bus lets pass.
        session = dbus.UInt64(self.b.history(self.profiles[self.b], 1)[0]['Session'])
        change, = self.b.manager.GetChanges('', session, '')
        self.assertLess(len(change['After']), KIB)
        self.assertRegex(str(change['After']), r'PHOTO;ENCODING=b;TYPE=JPEG:… \d+ octets [0-9a-f]{32}\r\n')
        self.assertIn('NOTE:first', str(change['After']))
        self.a.import_all([whole.replace('first', 'edited here')], Id=here)
        self.b.import_all([whole.replace('END:VCARD', 'TITLE:edited there\r\nEND:VCARD')], Id=there)
        self.assertEqual(self.sync(self.b), ((0, 1, 0), NOTHING))
        for device in (self.a, self.a, self.b):
            self.sync(device)
        self.assert_equal_everywhere(size=1)
        merged = self.a.text(here)
        self.assertIn('NOTE:edited here', merged)
        self.assertIn('TITLE:edited there', merged)
        self.assertEqual(merged.count('PHOTO'), 1)
        self.assertEqual(self.sync(self.a, 'SLOW', ran='SLOW')[1], NOTHING)
        self.assert_equal_everywhere(size=1)


class Limited(LargeCase):
    """The administrator has set another limit than the usual one."""
    configuration = {'MaxMessageSize': 4096, 'MaxObjectSize': 20_000}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def test_what_is_larger_is_taken_from_nobody(self):
        self.settle()
        fits = photo('Fits', 12 * KIB)
        self.a.put(fits)
        with self.assertRaisesRegex(dbus.DBusException, 'the item is larger than 20000 octets'):
            self.a.put(photo('Up', 20 * KIB))
        with self.assertRaisesRegex(dbus.DBusException, 'larger than .*20000 octets'):
            self.a.import_all([photo('Up', 20 * KIB)])
        self.server.put('card', photo('Down', 20 * KIB))
        self.assertEqual(self.sync(self.a), ((1, 0, 0), NOTHING))  # it heeds what it was told
        self.assertEqual(texts(self.a.items()), texts({'': fits}))


class BadChunks(LargeCase):
    """One large item each way at the most; after the trouble an orderly server and one more session make all equal."""
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def setUp(self):
        super().setUp()
        self.settle()

    def recover(self, counts, size):
        """What the next session moves; everything is there once."""
        self.server.behave()
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), counts)
        self.assert_equal_everywhere(size=size)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    # ---- with its own objects ---------------------------------------------------------------

    def from_server(self, *faults, failed=1):
        self.server.put('card', photo('Down', 10 * KIB))
        self.server.put('card', contact('Small'))
        for fault in faults:
            self.server.misbehave(fault)
        notes = self.sync_with_failures(failed_here=failed)
        self.assertEqual(texts(self.a.items()), texts({'': contact('Small')}))
        return notes

    def test_a_wrong_size(self):
        note, = self.from_server('large-wrong-size')
        self.assertIn('was not stored (status 424', note)
        self.recover((NOTHING, (1, 0, 0)), 2)

    def test_no_size(self):
        note, = self.from_server('large-no-size')
        self.assertIn('was not stored (status 411', note)
        self.recover((NOTHING, (1, 0, 0)), 2)

    def test_chunks_after_an_error(self):
        note, = self.from_server('large-no-size', 'large-goes-on*')
        self.assertIn('was not stored (status 411', note)
        self.recover((NOTHING, (1, 0, 0)), 2)

    def test_an_item_that_never_comes_to_its_end(self):
        note, = self.from_server('large-unfinished')
        self.assertIn('its end did not come', note)
        self.recover((NOTHING, (1, 0, 0)), 2)

    def test_an_interleaved_command(self):
        # The item, a Delete of nothing, and a chunk that belongs to no item any more.
        notes = self.from_server('large-interleaved', failed=3)
        self.assertIn('its end did not come', notes[0])
        self.expect_violations('status', 'status-order')  # of the Delete that it does not know of
        self.recover((NOTHING, (1, 0, 0)), 2)

    def test_a_chunk_for_another_item(self):
        notes = self.from_server('large-other-item', failed=2)
        self.assertIn('its end did not come', notes[0])
        self.assertIn('-other of the server was not stored (status 411', notes[1])
        self.expect_violations('status-ref')
        self.recover((NOTHING, (1, 0, 0)), 2)

    # ---- with ours ----------------------------------------------------------------------------

    def to_server(self, fault, *wrong):
        self.key = self.a.put(photo('Up', 10 * KIB))
        self.a.put(contact('Small'))
        self.server.misbehave(fault)
        note, = self.sync_with_failures(failed_there=1)
        self.assertEqual(texts(self.server.items('card')), texts({'': contact('Small')}))
        self.expect_violations(*wrong)
        return note

    def test_a_server_that_refuses_a_chunk_gets_the_item_when_it_has_changed(self):
        self.assertIn('(status 413', self.to_server('large-413'))
        self.server.behave()
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
        self.a.put(photo('Up', 10 * KIB, note='changed'), self.key)
        self.recover(((1, 0, 0), NOTHING), 2)

    def test_a_server_that_finds_another_size_gets_the_item_again(self):
        self.assertIn('(status 424', self.to_server('large-424'))
        self.recover(((1, 0, 0), NOTHING), 2)

    def test_a_server_that_loses_the_end_gets_the_item_again(self):
        self.assertIn('has lost the beginning of item', self.to_server('large-223', 'number-of-changes'))
        self.recover(((1, 0, 0), NOTHING), 2)

    def test_a_server_that_takes_a_chunk_for_the_item_gets_the_item_again(self):
        self.assertIn('(status 200', self.to_server('large-200'))
        self.recover(((1, 0, 0), NOTHING), 2)

    # ---- broken sessions ------------------------------------------------------------------------

    def test_kill_at_every_message_doubles_nothing(self):
        self.a.put(photo('Up', 6 * KIB))
        self.server.put('card', photo('Down', 6 * KIB))
        self.sync(self.a)
        messages = self.server.last_session()['messages']
        self.assertGreater(messages, 6)
        for message in range(1, messages + 1):
            for after in (False, True):
                with self.subTest(message=message, after=after):
                    self.begin()
                    self.settle()
                    self.a.put(photo('Up', 6 * KIB))
                    self.server.put('card', photo('Down', 6 * KIB))
                    self.kill_at(message, after)
                    self.sync(self.a)
                    self.assert_equal_everywhere(size=2)
                    self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))


class GoesOn(LargeCase):
    """An item in chunks is on its way when the session breaks: the next one goes on with it."""
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')
    devices = 2
    size = 30 * KIB

    def setUp(self):
        super().setUp()
        self.server.options(keeps_partial_objects=True)
        self.settle()

    def report(self):
        return self.server.last_session()['datastores']['card']

    def whole(self):
        """How many chunks the item takes."""
        return sum(self.large())

    def test_ours_goes_on_behind_what_the_server_has(self):
        for after in (False, True):
            with self.subTest(after=after):
                self.begin()
                self.settle()
                self.a.put(photo('Up', self.size))
                self.kill_at(8, after)
                begun = self.large()[0]
                self.assertGreater(begun, 3)
                self.assertEqual(self.sync(self.a, ran='TWO_WAY'), ((1, 0, 0), NOTHING))
                self.assertTrue(self.report()['resumed'])
                self.assertGreater(self.report()['kept_octets'], 2 * 4096)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.sync(self.b)
                self.assert_equal_everywhere(size=1)

    def test_ours_begins_again_when_the_server_has_lost_it(self):
        self.server.options(keeps_partial_objects=False)
        self.a.put(photo('Up', self.size))
        self.kill_at(8, True)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), ((1, 0, 0), NOTHING))
        self.assertTrue(self.report()['resumed'])
        self.assertEqual(self.report()['kept_octets'], 0)
        self.sync(self.b)
        self.assert_equal_everywhere(size=1)

    def test_ours_begins_again_when_it_has_changed(self):
        key = self.a.put(photo('Up', self.size))
        self.kill_at(8, True)
        self.a.put(photo('Up', self.size, note='changed'), key)
        self.sync(self.a)
        self.sync(self.a)
        self.sync(self.b)
        self.assert_equal_everywhere(size=1)

    def test_the_servers_is_put_together(self):
        self.server.put('card', photo('Down', self.size))
        self.sync(self.b)
        whole = self.large()[1]
        for message, after in ((8, False), (8, True), (whole + 1, True)):
            with self.subTest(message=message, after=after):
                self.begin()
                self.settle()
                self.server.put('card', photo('Down', self.size))
                self.kill_at(message, after)
                left, = self.server.unfinished()
                self.assertGreater(left['octets_to_client'], 2 * 4096)
                self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, (1, 0, 0)))
                self.assertTrue(self.report()['resumed'])
                self.assertLess(self.large()[1], whole - 3)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.sync(self.b)
                self.assert_equal_everywhere(size=1)

    def test_a_stop_keeps_both(self):
        self.server.put('card', photo('Down', self.size))
        self.stop_at(8)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, (1, 0, 0)))
        self.assertTrue(self.report()['resumed'])
        self.sync(self.b)
        self.assert_equal_everywhere(size=1)


if __name__ == '__main__':
    unittest.main()
