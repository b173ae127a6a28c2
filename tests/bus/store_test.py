#!/usr/bin/python3
"""The embedded store for applications: single items, imports and exports."""
import os
import socket
import tempfile
import unittest

import dbus

import harness
from harness import ANNA, BERT, CONTACTS, ERROR, EVENTS, FREEDESKTOP, NO_KEYS, STORE


def card(name, version='3.0'):
    return f'BEGIN:VCARD\r\nVERSION:{version}\r\nFN:{name}\r\nN:{name};;;;\r\nEND:VCARD\r\n'


def event(uid):
    return (f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n'
            f'DTSTART:20260101T100000Z\r\nSUMMARY:{uid}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')


GARBAGE = [b'garbage', b'\0' * 1000, b'\xff\xfe\xff', b'BEGIN:VCARD\r\n', b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:x\r\n',
           b'<html><body>Please log in</body></html>', b'BEGIN:VCARD\r\nVERSION:9.9\r\nEND:VCARD\r\n',
           b'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\xff\r\nN:x\r\nEND:VCARD\r\n']


class Store(harness.TestCase):
    def setUp(self):
        super().setUp()
        self.anna = self.client(ANNA)

    # ---- single items ------------------------------------------------------------

    def test_an_item_is_kept_as_given(self):
        for path, text in [(CONTACTS, card('Jürgen ☎')), (CONTACTS, card('Old', '2.1')), (EVENTS, event('e1'))]:
            item = self.anna.store('Put', '', text, path=path)
            self.assertEqual(self.anna.store('Get', item, path=path), text)
        self.assertEqual(self.anna.store('GetCount'), 2)
        self.assertEqual(self.anna.store('GetCount', path=EVENTS), 1)

    def test_a_revision_grows_with_each_change_and_ids_are_not_used_again(self):
        first = self.anna.store('Put', '', card('A'))
        second = self.anna.store('Put', '', card('B'))
        before = dict(self.anna.store('List'))
        self.assertEqual(self.anna.store('Put', first, card('A2')), first)
        after = dict(self.anna.store('List'))
        self.assertEqual(list(after), [first, second])
        self.assertGreater(after[first], max(before.values()))
        self.assertEqual(after[second], before[second])

        self.anna.store('Delete', second)
        self.assertNotEqual(self.anna.store('Put', '', card('C')), second)
        self.assertError(ERROR + 'NotFound', self.anna.store, 'Get', second)

    def test_equal_data_changes_nothing(self):
        item = self.anna.store('Put', '', card('A'))
        before = self.anna.store('List')
        self.anna.store('Put', item, card('A'))
        self.assertEqual(self.anna.store('List'), before)
        self.anna.settle()
        self.assertEqual(self.anna.signals('Changed'), [('Changed', [[item], [], []])])

    def test_changed_tells_other_connections_of_the_user(self):
        other = self.client(ANNA)
        other.store('GetCount')
        item = self.anna.store('Put', '', event('e'), path=EVENTS)
        self.anna.store('Put', item, event('f'), path=EVENTS)
        self.anna.store('Delete', item, path=EVENTS)
        other.settle()
        self.assertEqual(other.signals('Changed'), [('Changed', [[item], [], []]), ('Changed', [[], [item], []]),
                                                    ('Changed', [[], [], [item]])])
        self.assertEqual({entry[1] for entry in other.heard}, {EVENTS})

    def test_an_unknown_item_is_not_found(self):
        for item in ['0', '999999', 'x', '-1', '1 ', '01', '18446744073709551617', "' OR 1=1"]:
            with self.subTest(item):
                self.assertError(ERROR + 'NotFound', self.anna.store, 'Get', item)
                self.assertError(ERROR + 'NotFound', self.anna.store, 'Delete', item)
                self.assertError(ERROR + 'NotFound', self.anna.store, 'Put', item, card('A'))
                # Existence before values.
                self.assertError(ERROR + 'NotFound', self.anna.store, 'Put', item, 'garbage')

    def test_what_is_no_item_of_the_store_is_refused(self):
        for text in ['', 'garbage', event('e'), card('A') + card('B'), card('A')[:-14], 'x' * (5 << 20)]:
            with self.subTest(text[:20]):
                self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Put', '', text)
        self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Put', '', card('A'), path=EVENTS)
        self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Put', '', card('A', '5.0'))
        self.assertEqual(self.anna.store('GetCount'), 0)

    # ---- imports -----------------------------------------------------------------

    def import_bytes(self, data, path=CONTACTS, keys=NO_KEYS):
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.seek(0)
            return self.anna.store('Import', dbus.types.UnixFd(file), keys, path=path)

    def test_an_import_adds_all_items_of_a_file(self):
        self.assertEqual(self.import_bytes((card('A') + card('B') + card('C')).encode()), 3)
        texts = [self.anna.store('Get', item) for item, _ in self.anna.store('List')]
        self.assertEqual(texts, [card('A'), card('B'), card('C')])
        self.anna.settle()
        [(_, [added, updated, removed])] = self.anna.signals('Changed')
        self.assertEqual((added, updated, removed), ([item for item, _ in self.anna.store('List')], [], []))
        self.assertEqual(self.import_bytes((event('1') + event('2')).encode(), path=EVENTS), 2)

    def test_an_empty_file_is_an_import_of_nothing(self):
        self.assertEqual(self.import_bytes(b''), 0)
        self.anna.settle()
        self.assertEqual(self.anna.signals(), [])

    def test_all_or_none(self):
        for last in GARBAGE + [event('e').encode()]:
            with self.subTest(last[:20]):
                message = self.assertError(ERROR + 'InvalidValue', self.import_bytes,
                                           card('A').encode() + card('B').encode() + last)
                self.assertRegex(message, r'item 3|line 1[0-9]')
        self.assertEqual(self.anna.store('GetCount'), 0)

    def test_garbage_alone(self):
        for data in GARBAGE + [os.urandom(100_000)]:
            with self.subTest(data[:20]):
                self.assertError(ERROR + 'InvalidValue', self.import_bytes, data)
                self.assertError(ERROR + 'InvalidValue', self.import_bytes, data, path=EVENTS)

    def test_one_item_is_written_and_replaced_by_its_id(self):
        ids = [self.anna.store('Put', '', card(name)) for name in 'AB']
        only = dbus.Dictionary({'Id': ids[0]}, signature='sv')
        with tempfile.TemporaryFile() as file:
            self.assertEqual(self.anna.store('Export', dbus.types.UnixFd(file), only), 1)
            file.seek(0)
            self.assertEqual(file.read().decode(), card('A'))
        self.anna.settle()
        self.anna.heard.clear()
        self.assertEqual(self.import_bytes(card('C').encode(), keys=only), 1)
        self.assertEqual(self.import_bytes(card('C').encode(), keys=only), 1)  # which is no change
        self.anna.settle()
        [(_, [added, updated, removed])] = self.anna.signals('Changed')
        self.assertEqual((added, updated, removed), ([], [ids[0]], []))
        self.assertEqual([self.anna.store('Get', item) for item in ids], [card('C'), card('B')])
        for text in ('', card('D') + card('E')):
            self.assertIn('one item takes its place', self.assertError(ERROR + 'InvalidValue', self.import_bytes,
                                                                       text.encode(), keys=only))
        self.assertError(ERROR + 'InvalidValue', self.import_bytes, event('e').encode(), keys=only)
        self.assertEqual(self.anna.store('Get', ids[0]), card('C'))

    def test_no_stream_is_read_for_an_item_that_is_not_there(self):
        bert = self.client(BERT)
        theirs = bert.store('Put', '', card('Bo'))
        for item in (theirs, 'nothing', ''):
            only = dbus.Dictionary({'Id': item}, signature='sv')
            self.assertError(ERROR + 'NotFound', self.import_bytes, card('A').encode(), keys=only)
            with tempfile.TemporaryFile() as file:
                self.assertError(ERROR + 'NotFound', self.anna.store, 'Export', dbus.types.UnixFd(file), only)
                self.assertEqual(file.seek(0, os.SEEK_END), 0)

    def test_options_are_refused_by_name(self):
        message = self.assertError(ERROR + 'InvalidValue', self.import_bytes, card('A').encode(),
                                   keys=dbus.Dictionary({'Nonsense': True}, signature='sv'))
        self.assertIn('Nonsense', message)

    def test_an_import_is_limited_in_size(self):
        with tempfile.TemporaryFile() as file:
            one = card('A' + 'x' * 60_000).encode()
            for _ in range((64 << 20) // len(one) + 1):
                file.write(one)
            file.seek(0)
            self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Import', dbus.types.UnixFd(file), NO_KEYS)
        self.assertEqual(self.anna.store('GetCount'), 0)

    def test_time_zones_cannot_blow_up_an_import(self):
        """A few hundred kilobytes that would be gigabytes, were each event stored with its copy of the zones."""
        zone = 'BEGIN:VTIMEZONE\r\nTZID:Z\r\nX-FILL:' + 'x' * 60 + '\r\n' + \
            ('COMMENT:' + 'x' * 60 + '\r\n') * 700 + 'BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n' \
            'TZOFFSETFROM:+0000\r\nTZOFFSETTO:+0000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n'
        events = ''.join(f'BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART;TZID=Z:20260101T100000\r\nEND:VEVENT\r\n'
                         for n in range(800))
        calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\n' + zone + events + 'END:VCALENDAR\r\n'
        self.assertError(ERROR + 'InvalidValue', self.import_bytes, (calendar * 10).encode(), path=EVENTS)
        self.assertEqual(self.anna.store('GetCount', path=EVENTS), 0)

    def test_a_pipe_is_read_while_others_are_served(self):
        reading, writing = os.pipe()
        self.anna.begin('import', CONTACTS, STORE, 'Import', dbus.types.UnixFd(reading), NO_KEYS)
        os.close(reading)
        for name in 'ABC':
            os.write(writing, card(name).encode())
            self.assertEqual(self.anna.store('GetCount'), 0)
        os.close(writing)
        self.anna.wait(lambda: ('reply', 'import', [3]) in self.anna.heard)
        self.assertEqual(self.anna.store('GetCount'), 3)

    def test_a_socket_is_read_too(self):
        ours, theirs = socket.socketpair()
        self.anna.begin('import', CONTACTS, STORE, 'Import', dbus.types.UnixFd(theirs), NO_KEYS)
        theirs.close()
        ours.sendall(card('A').encode())
        ours.close()
        self.anna.wait(lambda: ('reply', 'import', [1]) in self.anna.heard)

    def test_only_what_can_be_read_is_read(self):
        with open('/dev/zero', 'rb') as endless, tempfile.NamedTemporaryFile() as named, \
                open(named.name, 'wb') as write_only:
            for file in [endless, write_only]:
                self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Import', dbus.types.UnixFd(file), NO_KEYS)
        directory = os.open('/', os.O_RDONLY)
        self.assertError(ERROR + 'InvalidValue', self.anna.store, 'Import', dbus.types.UnixFd(directory), NO_KEYS)
        os.close(directory)

    def test_a_caller_that_leaves_does_not_stop_its_import(self):
        self.anna.store('GetCount')
        leaving = self.client(ANNA)
        reading, writing = os.pipe()
        leaving.begin('import', CONTACTS, STORE, 'Import', dbus.types.UnixFd(reading), NO_KEYS)
        os.close(reading)
        leaving.settle()
        self.leave(leaving)
        os.write(writing, card('A').encode())
        os.close(writing)
        self.anna.wait(lambda: self.anna.signals('Changed'))
        self.assertEqual(self.anna.store('GetCount'), 1)

    # ---- exports -----------------------------------------------------------------

    def export(self, path=CONTACTS):
        with tempfile.TemporaryFile() as file:
            count = self.anna.store('Export', dbus.types.UnixFd(file), NO_KEYS, path=path)
            file.seek(0)
            return count, file.read().decode()

    def test_an_export_is_what_an_import_takes(self):
        self.assertEqual(self.export(), (0, ''))
        text = card('A') + card('B')
        self.import_bytes(text.encode())
        self.assertEqual(self.export(), (2, text))
        self.import_bytes((event('1') + event('2')).encode(), path=EVENTS)
        self.assertEqual(self.export(EVENTS), (2, event('1') + event('2')))

    def test_a_large_export_goes_through_a_pipe_that_is_read_late(self):
        text = ''.join(card(f'{n}' + 'x' * 1000) for n in range(3000))
        self.import_bytes(text.encode())
        reading, writing = os.pipe()
        self.anna.begin('export', CONTACTS, STORE, 'Export', dbus.types.UnixFd(writing), NO_KEYS)
        os.close(writing)
        self.assertEqual(self.anna.store('GetCount'), 3000)  # served although nobody reads
        late = self.anna.store('Put', '', card('Late'))  # not part of what was there when it began
        with os.fdopen(reading, 'rb') as file:
            self.assertEqual(file.read().decode(), text)
        self.anna.wait(lambda: ('reply', 'export', [3000]) in self.anna.heard)
        self.anna.store('Delete', late)

    def test_a_reader_that_leaves_fails_the_export(self):
        self.import_bytes((card('x' * 200_000)).encode())
        reading, writing = os.pipe()
        os.close(reading)
        self.assertError(FREEDESKTOP + 'Failed', self.anna.store, 'Export', dbus.types.UnixFd(writing), NO_KEYS)
        os.close(writing)

    def test_only_so_many_transfers_at_once(self):
        pipes = [os.pipe() for _ in range(3)]
        for number, (reading, _) in enumerate(pipes):
            self.anna.begin(number, CONTACTS, STORE, 'Import', dbus.types.UnixFd(reading), NO_KEYS)
        self.anna.wait(lambda: ('reply', 2, FREEDESKTOP + 'LimitsExceeded') in self.anna.heard)
        for pipe in pipes:
            os.close(pipe[0])
            os.close(pipe[1])
        self.anna.wait(lambda: {('reply', 0, (0,)), ('reply', 1, (0,))} <=
                       {(kind, label, tuple(rest)) for kind, label, rest in self.anna.heard})
        self.assertEqual(self.import_bytes(b''), 0)


if __name__ == '__main__':
    unittest.main(verbosity=2)
