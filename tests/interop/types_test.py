#!/usr/bin/python3
"""The six types of sync, in every combination of encoding, credentials and message size, with contacts that are larger
than a message."""
import itertools
import unittest

from interop_case import EVERYTHING, NOTHING, STORES, InteropCase
from device import CONTACT, EVENT

# name → (message size of both ends, octets of a photo in two of the contacts); the largest is what both come with
SIZES = {'4K': (4096, 20 << 10), '16K': (16384, 40 << 10), 'Default': (None, 200 << 10)}


class Types:
    large = ('Fresh', 'Added')

    OURS = {'Mine': 'changed here', 'Theirs': 'old', 'Lost': 'old', 'Fresh': 'new here'}
    SERVERS = {'Mine': 'old', 'Gone': 'old', 'Theirs': 'changed there', 'Added': 'new there'}

    def test_two_way(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, EVERYTHING)
        self.assert_holds(self.here(self.a), self.BOTH.items())
        self.assert_holds(self.there(), self.BOTH.items())
        self.finish((2, 2, 2))

    def test_slow(self):
        self.change_on_both_sides()
        counts = self.sync(self.a, 'SLOW', ran='SLOW')
        # Contacts of one name are the same to it. It answers our version with 200, and leaves each side the one it had.
        self.assertEqual(counts[CONTACT], ((2, 2, 0), (2, 0, 0)))
        self.assert_holds(self.here(self.a), {**self.OURS, 'Gone': 'old', 'Added': 'new there'}.items(), [CONTACT])
        self.assert_holds(self.there(), {**self.SERVERS, 'Lost': 'old', 'Fresh': 'new here'}.items(), [CONTACT])
        # Events of another description are others to it.
        self.assertEqual(counts[EVENT], ((4, 0, 0), (4, 0, 0)))
        for side in (self.here(self.a), self.there()):
            self.assert_holds(side, [*self.OURS.items(), *self.SERVERS.items()], [EVENT])
        self.assertEqual(self.sync(self.b, ran='TWO_WAY'), {CONTACT: (NOTHING, (3, 1, 1)), EVENT: (NOTHING, (5, 1, 1))})
        self.assert_equal_everywhere({CONTACT: 6, EVENT: 8}, [self.b])
        # The pairs that it left apart come together with the next change.
        self.a.put(self.make(CONTACT, 'Mine', note='again'), self.keys_of(self.a, 'Mine')[CONTACT])
        self.server.put('addressbook', '2', self.make(CONTACT, 'Theirs', note='again'))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), {CONTACT: ((0, 1, 0), (0, 1, 0)), EVENT: (NOTHING, NOTHING)})
        self.assertEqual(self.sync(self.b, ran='TWO_WAY'), {CONTACT: (NOTHING, (0, 2, 0)), EVENT: (NOTHING, NOTHING)})
        self.assert_equal_everywhere({CONTACT: 6, EVENT: 8})

    def test_one_way_from_client(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_CLIENT', ran='ONE_WAY_FROM_CLIENT'), EVERYTHING, NOTHING)
        self.assert_holds(self.here(self.a), self.OURS.items())
        self.assert_holds(self.there(), self.BOTH.items())
        # It forgets, with a one-way sync, that an item changed there before, and sends it when it changes again.
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (1, 0, 1))
        self.server_put('Theirs', '2', note='changed there again')
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), NOTHING, (0, 1, 0))
        self.assert_holds(self.here(self.a), {**self.BOTH, 'Theirs': 'changed there again'}.items())
        self.finish((2, 2, 2))

    def test_one_way_from_server(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'ONE_WAY_FROM_SERVER', ran='ONE_WAY_FROM_SERVER'), NOTHING, EVERYTHING)
        self.assert_holds(self.here(self.a), self.BOTH.items())
        self.assert_holds(self.there(), self.SERVERS.items())
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, NOTHING)
        self.finish((2, 2, 2))

    def test_refresh_from_client(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_CLIENT', ran='REFRESH_FROM_CLIENT'), (4, 0, 0), NOTHING)
        self.assert_holds(self.here(self.a), self.OURS.items())
        self.assert_holds(self.there(), self.OURS.items())
        self.finish((4, 0, 4))

    def test_refresh_from_server(self):
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, 'REFRESH_FROM_SERVER', ran='REFRESH_FROM_SERVER'), NOTHING, (4, 0, 4))
        self.assert_holds(self.here(self.a), self.SERVERS.items())
        self.assert_holds(self.there(), self.SERVERS.items())
        self.finish(EVERYTHING)


def combination(encoding, scheme, size):
    octets, photo_size = SIZES[size]
    keys, server_options = {'Encoding': encoding}, []
    if scheme == 'basic':
        # It never asks for basic credentials by itself: its front end is told to, and to take no others.
        keys['AllowPlainCredentials'] = True
        server_options += ['--ask-for-basic']
    if octets:
        server_options += ['--max-msg-size', str(octets)]
    return type(f'{encoding.title()}{scheme.title()}{size}', (Types, InteropCase, unittest.TestCase), {
        'scheme': f'syncml:auth-{scheme}', 'server_options': server_options, 'keys': keys, 'photo_size': photo_size,
        'configuration': {'MaxMessageSize': octets} if octets else None})


for made in itertools.starmap(combination, itertools.product(('XML', 'WBXML'), ('md5', 'basic'), SIZES)):
    globals()[made.__name__] = made


if __name__ == '__main__':
    unittest.main()
