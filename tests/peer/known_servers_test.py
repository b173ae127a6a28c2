#!/usr/bin/python3
"""What is known of a server's ways, from its own words and from files (syncd-peers(5)), and what a sync makes of it."""
import pathlib
import tempfile
import unittest

from device import CONTACT, EVENT
from example_items import contact
from peer_case import NOTHING, PeerCase


class KnownServers(PeerCase):
    services = (CONTACT, EVENT)

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        cls.configuration = {'PeerRules': f'/nonexistent:{directory.name}'}
        super().setUpClass()

    def know(self, *lines, name='10.conf'):
        """From the next sync on."""
        file = self.directory / name
        file.write_text('[a server]\n' + ''.join(f'{line}\n' for line in lines))
        self.addCleanup(file.unlink, missing_ok=True)

    def know_by_address(self, *lines, **more):
        self.know(f'Url={self.server.url}', *lines, **more)

    def describe(self, **said):
        self.server.options(describe=said)
        self.addCleanup(self.server.options, describe={})

    def become(self, name):
        self.server.options(personality=name)
        self.addCleanup(self.server.options, personality='plain')
        self.begin()

    def sent_properties(self):
        stores = self.server.last_session()['devinf']['stores']
        return {name: {kind: len(names) for kind, names in store['properties'].items()} for name, store in stores.items()}

    def test_a_type_that_the_server_does_not_list_is_not_asked_for(self):
        self.describe(before_uri='./', behind_uri='/', sync_types=[1, 2, 5, 6])
        self.settle()
        sessions = len(self.server.sessions())
        self.fail_with(self.a, 'Server', 'ONE_WAY_FROM_CLIENT',
                       says=('card', 'ONE_WAY_FROM_CLIENT', 'TWO_WAY, SLOW, ONE_WAY_FROM_SERVER, REFRESH_FROM_SERVER'))
        self.assertEqual(len(self.server.sessions()), sessions)
        # It may have learned more since: it is asked for what it is, and for the type.
        self.describe()
        self.a.put(contact('Ada'))
        self.assertEqual(self.sync(self.a, 'ONE_WAY_FROM_CLIENT'), ((1, 0, 0), NOTHING))
        self.assertTrue(self.server.last_session()['asked_devinf'])
        self.assertEqual(self.sync(self.a, 'ONE_WAY_FROM_CLIENT'), (NOTHING, NOTHING))

    def test_a_list_in_a_file_goes_before_the_servers(self):
        self.describe(sync_types=[1, 2])
        self.know_by_address('SyncTypes=TWO_WAY SLOW ONE_WAY_FROM_SERVER')
        self.settle()
        self.sync(self.a, 'ONE_WAY_FROM_SERVER')
        self.fail_with(self.a, 'Server', 'REFRESH_FROM_SERVER', says=('TWO_WAY, SLOW, ONE_WAY_FROM_SERVER)',))
        self.fail_with(self.a, 'Server', 'REFRESH_FROM_SERVER')

    def test_a_server_whose_anchors_never_match_can_be_believed(self):
        self.become('zyb')
        self.settle()
        self.sync(self.a, ran='SLOW')
        self.know_by_address('BelieveAnchors=yes')
        self.a.put(contact('Ada'))
        self.server.put('card', contact('Grace'))
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), ((1, 0, 0), (1, 0, 0)))
        self.assert_equal_everywhere(size=2)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))

    def test_a_server_is_told_which_properties_are_kept_only_when_a_file_says_so(self):
        self.settle()
        self.assertEqual([name for types in self.sent_properties().values() for name in types], [])
        self.know_by_address('Properties=yes')
        self.sync(self.a, ran='TWO_WAY')
        for types in self.sent_properties().values():
            self.assertEqual(len(types), 2)
            self.assertTrue(all(count > 20 for count in types.values()), types)
        self.assertEqual(self.sync(self.a, ran='TWO_WAY'), (NOTHING, NOTHING))
        self.assertIsNone(self.server.last_session()['devinf'])

    def test_properties_are_listed_in_every_version_and_encoding(self):
        self.know_by_address('Properties=yes')
        for version, types in (('1.2', 2), ('1.1', 4), ('1.0', 4)):  # before 1.2 there is one list for all
            for encoding in ('XML', 'WBXML'):
                with self.subTest(version=version, encoding=encoding):
                    self.begin()
                    self.a.update_profile(self.profiles[self.a], ProtocolVersion=version, Encoding=encoding)
                    self.sync(self.a)
                    self.assertEqual(len(self.sent_properties()['contacts']), types)

    def test_it_is_found_by_what_it_says_of_itself(self):
        self.describe(manufacturer='Some Maker', software='2.7')
        self.know('Man=some*', 'SwV=2.*', 'Encoding=XML')
        self.a.update_profile(self.profiles[self.a], Encoding='AUTO')
        self.settle()
        self.assertEqual(self.server.last_session()['encoding'], 'wbxml')
        self.sync(self.a)
        self.assertEqual(self.server.last_session()['encoding'], 'xml')
        self.a.update_profile(self.profiles[self.a], Encoding='WBXML')
        self.sync(self.a)
        self.assertEqual(self.server.last_session()['encoding'], 'wbxml')

    def test_what_a_file_says_wrongly_is_told_in_the_log_and_stops_nothing(self):
        self.know_by_address('Encoding=Morse', 'SyncTypes=TWO_WAY SIDEWAYS', 'Colour=red')
        self.know('[', name='20.conf')
        (self.directory / '30.conf').mkdir()
        self.addCleanup((self.directory / '30.conf').rmdir)
        self.settle()
        log = self.a.syncd.log()
        for what in ('10.conf: line 3: Encoding=Morse makes no sense', '10.conf: line 5: Colour is not known', '20.conf', '30.conf'):
            self.assertIn(what, log)

    def test_a_later_file_has_the_last_word_key_by_key(self):
        self.know_by_address('Encoding=XML', 'SyncTypes=TWO_WAY SLOW')
        self.know_by_address('Encoding=WBXML', name='20.conf')
        self.a.update_profile(self.profiles[self.a], Encoding='AUTO')
        self.settle()
        self.assertEqual(self.server.last_session()['encoding'], 'wbxml')
        self.fail_with(self.a, 'Server', 'ONE_WAY_FROM_SERVER')


if __name__ == '__main__':
    unittest.main()
