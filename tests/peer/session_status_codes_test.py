#!/usr/bin/python3
"""Each Status code in answer to what moves the session itself (RepPro 1.2 §10): device information and Alerts."""
import unittest

from example_items import contact
from peer_case import NOTHING, PeerCase
from status_codes import FAILURES, SUCCESSES

STORE = 'card'


class OfTheSession(PeerCase):
    """Whatever the Status says, what the server does counts."""
    configuration = {'MaxMessageSize': 4096}
    server_options = ('--user', 'alice:s3cret', '--max-msg-size', '4096')

    def setUp(self):
        super().setUp()
        self.server.behave()
        self.a.put(contact('Mine'))
        self.settle()
        self.size = 1

    def fill(self, code):
        """More than a message holds, on both sides."""
        self.a.import_all([contact(f'Here{code}x{number}', note='x' * 900) for number in range(4)])
        self.server.put_all(STORE, [contact(f'There{code}x{number}', note='y' * 900) for number in range(4)])
        self.size += 8

    def assert_settled(self):
        self.assert_equal_everywhere(size=self.size)
        self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_any_answer_to_device_information(self):
        self.server.options(asks_devinf=True)
        self.addCleanup(self.server.options, asks_devinf=False)
        for code in SUCCESSES + FAILURES:
            with self.subTest(code=code):
                self.begin()
                self.a.put(contact('Mine'))
                for command in ('Put', 'Get', 'Results'):
                    self.server.misbehave(f'{code}:{command}')
                self.sync(self.a, ran='SLOW')
                self.assertEqual(self.server.behave(), 0)
                self.assert_equal_everywhere(size=1)

    def test_any_answer_to_the_request_for_the_next_message(self):
        for code in SUCCESSES + FAILURES:
            with self.subTest(code=code):
                self.fill(code)
                self.server.misbehave(f'{code}:Alert@4')
                self.assertEqual(self.sync(self.a), ((4, 0, 0), (4, 0, 0)))
                self.assertEqual(self.server.behave(), 0)
                self.assert_settled()

    def test_any_answer_to_a_suspension(self):
        for code in SUCCESSES + FAILURES:
            with self.subTest(code=code):
                self.fill(code)
                self.server.misbehave(f'{code}:Alert@4')
                self.stop_at(3)
                self.assertTrue(self.server.last_session()['suspended'])
                self.assertEqual(self.server.behave(), 0)
                self.sync(self.a)
                self.assert_settled()

    def test_any_answer_to_the_request_for_what_was_put_off(self):
        for code in (202, 404, 500):
            with self.subTest(code=code):
                self.fill(code)
                self.server.misbehave('busy@3')
                self.server.misbehave(f'{code}:Alert@4')
                self.assertEqual(self.sync(self.a), ((4, 0, 0), (4, 0, 0)))
                self.assertEqual(self.server.behave(), 0)
                self.assert_settled()


if __name__ == '__main__':
    unittest.main()
