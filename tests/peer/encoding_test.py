#!/usr/bin/python3
"""How messages are written: WBXML as well as XML, and the encoding that a profile leaves to us: WBXML first, once XML
when the server does not read that, and ever after what the server was found to read."""
import unittest

from changes import STORES
from device import CONTACT, EVENT
from example_items import contact, event
from peer_case import PeerCase

MANY = 60


class Encoding(PeerCase):
    services = (CONTACT, EVENT)

    def setUp(self):
        super().setUp()
        self.server.behave()

    def use(self, encoding):
        self.a.update_profile(self.profiles[self.a], Encoding=encoding)

    def fill(self):
        for number in range(MANY):
            self.a.put(contact(f'Ada {number}'))
        self.a.put(event('Lunch & <tea>'), service=EVENT)
        self.server.put(STORES[CONTACT], contact('Grace'))

    def check(self, encoding, ran):
        self.sync(self.a, ran=ran)
        self.assertEqual(self.server.last_session()['encoding'], encoding)
        for service in self.services:
            self.assert_equal_everywhere(service)
        return self.server.last_session()

    def test_everything_goes_in_wbxml_both_ways(self):
        self.use('WBXML')
        self.fill()
        self.check('wbxml', 'SLOW')
        self.assertEqual(len(self.server.items(STORES[CONTACT])), MANY + 1)
        self.a.put(contact('Hedy'))
        guid = next(iter(self.server.items(STORES[EVENT])))
        self.server.delete(STORES[EVENT], guid)
        self.check('wbxml', 'TWO_WAY')
        self.assertEqual(self.a.items(EVENT), {})

    def test_wbxml_takes_less_than_xml(self):
        sizes = {}
        for encoding in ('XML', 'WBXML'):
            self.begin()
            self.use(encoding)
            self.fill()
            session = self.check(encoding.lower(), 'SLOW')
            sizes[encoding] = session['bytes_in'] + session['bytes_out']
        self.assertLess(sizes['WBXML'], 0.75 * sizes['XML'])

    def test_a_server_that_reads_wbxml_is_found_out_and_remembered(self):
        self.use('AUTO')
        self.fill()
        self.check('wbxml', 'SLOW')
        # Known to read it, it is not sent anything else.
        self.server.misbehave('refuse-wbxml')
        self.fail_with(self.a, 'HttpStatus')
        self.check('wbxml', 'TWO_WAY')

    def test_a_server_that_does_not_is_sent_xml_and_remembered(self):
        self.use('AUTO')
        self.fill()
        self.server.misbehave('refuse-wbxml')
        self.check('xml', 'SLOW')
        # Now it would read WBXML, but nobody asks.
        self.check('xml', 'TWO_WAY')

    def test_wbxml_alone_is_not_exchanged_for_xml(self):
        self.use('WBXML')
        self.server.misbehave('refuse-wbxml*')
        self.fail_with(self.a, 'HttpStatus', says=('415',))
        self.assertEqual(self.server.sessions(), [])
        self.server.behave()
        self.check('wbxml', 'SLOW')


if __name__ == '__main__':
    unittest.main()
