#!/usr/bin/python3
"""A server that adds once more, in the same session, what has been taken already."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase

MANY = 60


class RepeatedAdds(PeerCase):
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def test_what_comes_twice_in_a_session_is_stored_once(self):
        for kind in ('TWO_WAY', 'SLOW', 'REFRESH_FROM_SERVER', 'ONE_WAY_FROM_SERVER'):
            with self.subTest(kind):
                self.server.options(adds_again=False)
                self.begin()
                self.settle()
                for number in range(MANY):
                    self.server.put('card', contact(f'Ada {number}', note='n' * 300))
                self.server.options(adds_again=True)
                self.addCleanup(self.server.options, adds_again=False)
                self.assertEqual(self.a.sync(self.profiles[self.a], kind).signal, 'Completed')
                self.assertGreater(self.server.last_session()['datastores']['card']['added_again'], MANY / 4)
                self.assert_equal_everywhere(size=MANY)
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))
                self.assertEqual(len(self.server.call('links', store='card', device=self.a.device_id(self.profiles[self.a]))
                                     ['links']), MANY)


if __name__ == '__main__':
    unittest.main()
