#!/usr/bin/python3
"""Sessions that a server asked for by a notification: what goes over the line."""
import base64
import unittest

import dbus

from device import CONTACT
from example_items import contact
from notification import alerts, san
from peer_case import PeerCase

SERVER, SECRET = 'srv1', 'pushsecret'
CARD = (206, 'card', 'text/x-vcard')
TYPES = {206: 200, 207: 202, 209: 204}


class Notified(PeerCase):
    def add_profile(self, device, **more):
        return super().add_profile(device, Mode='PUSH', ServerId=SERVER, ServerPassword=SECRET, **more)

    def notify(self, notification):
        """Hands it in; how the session ended that it began."""
        [profile] = self.a.manager.DeliverNotification(dbus.ByteArray(notification))
        self.assertEqual(profile, self.profiles[self.a])
        return self.await_end()

    def await_end(self):
        number = self.last_number + 1
        self.last_number = number
        outcome = self.a.await_end(number)
        self.assertEqual(str(self.a.history(self.profiles[self.a], 1)[0]['Trigger']), 'push')
        return outcome

    def begin(self):
        super().begin()
        self.server.options(alerts=0)
        self.last_number = self.a.start(self.profiles[self.a])
        self.assertEqual(self.a.await_end(self.last_number).signal, 'Completed')

    def test_the_session_has_the_type_and_the_id_that_the_server_wants(self):
        for number, (asked, ran) in enumerate(TYPES.items(), 4711):
            with self.subTest(asked):
                self.assertEqual(self.notify(san(SERVER, SECRET, [(asked, 'card', '')], session=number)).signal, 'Completed')
                session = self.server.last_session()
                self.assertEqual((session['session'], session['datastores']['card']['requested']), (str(number), ran))
                self.begin()

    def test_a_change_of_the_server_arrives_by_its_notification(self):
        self.server.put('card', contact('Ada'))
        self.assertEqual(self.notify(san(SERVER, SECRET, [CARD], session=1)).signal, 'Completed')
        self.assertEqual(self.a.count(CONTACT), 1)
        self.assert_equal_everywhere(size=1)

    def nonce(self):
        """That the last session has given to the server."""
        return base64.b64decode(self.server.last_session()['nonce'], validate=True)

    def sync(self):
        self.last_number = self.a.start(self.profiles[self.a])
        return self.a.await_end(self.last_number)

    def test_each_session_gives_the_server_another_nonce(self):
        first = self.nonce()
        self.assertEqual(len(first), 16)
        self.assertEqual(self.notify(san(SERVER, SECRET, [CARD], nonce=first)).signal, 'Completed')
        second = self.nonce()
        self.assertNotEqual(second, first)
        for stale in (san(SERVER, SECRET, [CARD], nonce=first), san(SERVER, SECRET, [CARD], session=8, nonce=first)):
            self.assertEqual(self.a.manager.DeliverNotification(dbus.ByteArray(stale)), [])
        good = dbus.ByteArray(san(SERVER, SECRET, [CARD], session=8, nonce=second))
        self.assertEqual(self.a.manager.DeliverNotification(good), [self.profiles[self.a]])

    def test_a_nonce_counts_until_it_is_known_that_the_next_has_arrived(self):
        first = self.nonce()
        self.server.misbehave('drop-before@2*')
        self.assertEqual(self.sync().error, 'Unreachable')
        self.server.behave()
        self.assertEqual(self.notify(san(SERVER, SECRET, [CARD], nonce=first)).signal, 'Completed')
        self.assertEqual(self.a.manager.DeliverNotification(dbus.ByteArray(san(SERVER, SECRET, [CARD], nonce=first))), [])

    def test_a_message_of_alerts_is_answered_in_the_first_package(self):
        self.server.options(alerts=2)
        self.server.put('card', contact('Ada'))
        message = alerts(SERVER, SECRET, [CARD, (206, 'notes', '')], session='258')
        self.assertEqual(self.notify(message).signal, 'Completed')
        session = self.server.last_session()
        self.assertEqual((session['session'], session['datastores']['card']['requested']), ('258', 200))
        self.assertEqual(self.a.count(CONTACT), 1)

    def test_a_sync_that_broke_off_is_gone_on_with(self):
        self.a.import_all(contact(f'Person{number}', note='x' * 3000) for number in range(60))
        self.server.misbehave('drop-after@3*')
        self.last_number = self.a.start(self.profiles[self.a])
        self.assertEqual(self.a.await_end(self.last_number).error, 'Unreachable')
        self.server.behave()
        self.assertEqual(self.notify(san(SERVER, SECRET, [(209, 'card', '')], session=77)).signal, 'Completed')
        session = self.server.last_session()
        card = session['datastores']['card']
        self.assertEqual((session['session'], card['requested'], card['resumed']), ('77', 225, True))
        self.assert_equal_everywhere(size=60)


if __name__ == '__main__':
    unittest.main()
