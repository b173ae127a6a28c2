#!/usr/bin/python3
"""Filters of records: what of the server's comes here, and that nothing is lost when they come and go."""
import pathlib
import tempfile
import unittest

import dbus

from device import CONTACT, EVENT
from example_items import contact, event, texts
from peer_case import NOTHING, PeerCase

WORK = 'NOTE&CON;work'
HOME = 'NOTE&CON;home'


class FilterCase(PeerCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        cls.configuration = {'PeerRules': directory.name, 'MaxMessageSize': 4096}
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.describe(filters=True)

    def describe(self, **said):
        self.server.options(describe=said)
        self.addCleanup(self.server.options, describe={})

    def filter(self, expression, service=CONTACT):
        """For the contacts, from the next sync on."""
        services = self.a.manager.Get(self.profiles[self.a])['Services']
        for one in services:
            if one['ServiceType'] == service:
                one.pop('Filter', None)
                if expression:
                    one['Filter'] = dbus.String(expression, variant_level=1)
        self.a.update_profile(self.profiles[self.a], Services=services)

    def used(self, service='card'):
        return self.server.last_session()['datastores'][service]['filter']

    def notes(self):
        return ' '.join(map(str, self.a.history(self.profiles[self.a], 1)[0]['Notes']))

    def here(self):
        return texts(self.a.items())

    def fill(self):
        """Two for work and one for home on the server, one for home here."""
        self.there = {name: self.server.put('card', contact(name, note=note))
                      for name, note in (('Ada', 'work'), ('Bea', 'work'), ('Cleo', 'home'))}
        self.mine = self.a.put(contact('Mine', note='home'))


class Filters(FilterCase):
    def test_only_what_passes_comes_here_and_all_that_is_here_goes_there(self):
        self.fill()
        self.filter(WORK)
        self.assertEqual(self.sync(self.a, ran='SLOW'), ((1, 0, 0), (2, 0, 0)))
        self.assertEqual(self.used(), WORK)
        self.assertEqual((self.a.count(), len(self.server.items('card'))), (3, 4))
        self.server.put('card', contact('Dora', note='work'))
        self.server.put('card', contact('Eve', note='home'))
        self.server.put('card', contact('Ada', note='work, too'), self.there['Ada'])
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, (1, 1, 0)))
        self.assertEqual(self.used(), WORK)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_what_the_server_removes_goes_here_and_what_does_not_pass_any_more_stays(self):
        self.fill()
        self.filter(WORK)
        self.settle()
        self.server.delete('card', self.there['Ada'])
        self.server.put('card', contact('Bea', note='home'), self.there['Bea'])
        self.assertEqual(self.sync(self.a), (NOTHING, (0, 0, 1)))
        self.assertIn(contact('Bea', note='work'), self.a.items().values())

    def test_without_it_again_everything_comes(self):
        self.fill()
        self.filter(WORK)
        self.settle()
        self.filter('')
        self.sync(self.a, ran='SLOW')
        self.assertIn('slow sync, because the filter is not the one of the last sync', self.notes())
        self.assertEqual(self.used(), '')
        self.assert_equal_everywhere(size=4)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_another_filter_brings_what_it_lets_through(self):
        self.fill()
        self.filter(WORK)
        self.settle()
        self.filter(HOME)
        self.sync(self.a, ran='SLOW')
        self.assert_equal_everywhere(size=4)

    def test_the_first_session_finds_out_that_the_server_can_filter(self):
        self.fill()
        self.filter(WORK)
        self.sync(self.a)
        self.assertEqual(self.used(), WORK)
        self.assertEqual(len(self.server.sessions()), 2)  # that which told, and that with the filter
        self.sync(self.a)
        self.assertEqual(len(self.server.sessions()), 3)

    def test_a_server_that_cannot_filter_sends_everything_and_the_notes_say_so(self):
        self.describe()
        self.fill()
        self.filter(WORK)
        self.sync(self.a)
        self.assert_equal_everywhere(size=4)
        self.assertIn('the filter is not used', self.notes())
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_a_filter_that_is_refused_is_left_out(self):
        self.fill()
        self.filter('NOTE&CON;work&OR;NOTE&CON;home')  # which the server does not know
        self.sync(self.a)
        self.assert_equal_everywhere(size=4)
        self.assertIn('does not take the filter', self.notes())
        for code in (406, 415, 421, 422):
            with self.subTest(code=code):
                self.begin()
                self.fill()
                self.filter(WORK)
                self.sync(self.a)
                self.server.misbehave(f'{code}:Alert')
                self.sync(self.a, ran='SLOW')
                self.assertEqual(self.used(), '')
                self.assert_equal_everywhere(size=4)

    def test_older_versions_have_no_filters(self):
        self.fill()
        self.filter(WORK)
        self.a.update_profile(self.profiles[self.a], ProtocolVersion='1.1')
        self.sync(self.a)
        self.assert_equal_everywhere(size=4)

    def test_a_file_of_peers_forbids_filters(self):
        file = self.directory / 'a.conf'
        file.write_text(f'[bad]\nUrl={self.server.url}\nFilters=no\n')
        self.addCleanup(file.unlink)
        self.fill()
        self.filter(WORK)
        self.sync(self.a)
        self.assertEqual(self.used(), '')
        self.assert_equal_everywhere(size=4)

    def test_what_a_one_way_sync_with_another_filter_left_out_comes_later(self):
        self.settle()
        self.filter(WORK)
        self.fill()
        self.assertEqual(self.sync(self.a, 'ONE_WAY_FROM_SERVER', ran='ONE_WAY_FROM_SERVER'), (NOTHING, (2, 0, 0)))
        self.filter('')
        self.sync(self.a, ran='SLOW')
        self.assert_equal_everywhere(size=4)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_a_refresh_from_the_server_brings_everything(self):
        self.fill()
        self.filter(WORK)
        self.settle()
        self.sync(self.a, 'REFRESH_FROM_SERVER')
        self.assertEqual(self.used(), '')
        self.assert_equal_everywhere(size=4)

    def test_a_sync_with_a_filter_that_breaks_off_begins_again(self):
        self.filter(WORK)
        for number in range(40):
            self.server.put('card', contact(f'There {number}', note='work'))
            self.server.put('card', contact(f'Home {number}', note='home'))
            self.a.put(contact(f'Here {number}', note='here'))
        self.sync(self.a)
        self.begin_to_break()
        self.filter(HOME)
        self.sync(self.a)
        self.assertEqual(self.used(), HOME)
        self.assertFalse(self.server.last_session()['datastores']['card']['resumed'])
        self.assert_equal_everywhere(size=160)

    def begin_to_break(self):
        for number in range(40):
            self.a.put(contact(f'Later {number}', note='x' * 200))
        self.kill_at(4)


class TwoServices(FilterCase):
    services = (CONTACT, EVENT)

    def test_each_service_has_its_own(self):
        self.fill()
        self.server.put('cal', event('Lunch'))
        self.server.put('cal', event('Dinner'))
        self.filter(WORK)
        self.filter('SUMMARY&EQ;Dinner', EVENT)
        self.sync(self.a)
        self.assertEqual((self.a.count(), self.a.count(EVENT)), (3, 1))

    def test_a_filter_of_one_makes_the_other_not_slow(self):
        self.fill()
        self.settle()
        self.filter(WORK)
        self.sync(self.a)
        self.assertEqual((self.used(), self.used('cal')), (WORK, ''))
        self.assertEqual([self.a.ran(self.profiles[self.a], service) for service in self.services], ['SLOW', 'TWO_WAY'])


if __name__ == '__main__':
    unittest.main()
