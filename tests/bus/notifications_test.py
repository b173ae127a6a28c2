#!/usr/bin/python3
"""DeliverNotification: what server alerted notifications start, and what they do not."""
import os
import sys
import unittest

import dbus

import harness
from harness import ANNA, BERT, ERROR, FREEDESKTOP, MANAGER, MANAGER_PATH, PROFILE, services

sys.path[:0] = [str(harness.ROOT / 'tests/server'), str(harness.ROOT / 'tests/peer')]
from notification import ASK, alerts, san  # noqa: E402
from reference_server import ReferenceServer  # noqa: E402

SERVER, SECRET = 'srv1', 'pushsecret'
TWO_WAY, FROM_CLIENT, REFRESH_FROM_CLIENT, FROM_SERVER, REFRESH_FROM_SERVER = range(206, 211)
CARD = (TWO_WAY, 'card', 'text/x-vcard')
BOTH = {'CONTACT': 'TWO_WAY', 'EVENT': 'TWO_WAY'}


class Notifications(harness.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = ReferenceServer('--user', 'alice:s3cret')
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        super().setUp()
        self.server.reset()
        self.anna = self.client(ANNA)
        self.before = {}
        self.counts(self.anna)

    def tearDown(self):
        self.assertEqual(self.server.violations(), [])

    def add(self, client=None, without=(), **changes):
        values = {'Url': self.server.url, 'Mode': 'PUSH', 'ServerId': SERVER, 'ServerPassword': SECRET, **changes}
        return (client or self.anna).add(without, **{key: value for key, value in values.items() if key not in without})

    def deliver(self, notification, client=None):
        return (client or self.anna).manager('DeliverNotification', dbus.ByteArray(notification))

    def counts(self, client=None):
        """How many notifications of each kind there were since the last call."""
        client = client or self.anna
        now = client.get(MANAGER_PATH, MANAGER, 'Notifications')
        before, self.before[client.uid] = self.before.get(client.uid, {}), now
        return {word: count - before.get(word, 0) for word, count in now.items() if count != before.get(word, 0)}

    def attention(self, profile_id):
        return self.anna.get(harness.path_of(profile_id), PROFILE, 'Attention')

    def next_sync(self, profile_id):
        return self.anna.get(harness.path_of(profile_id), PROFILE, 'NextSyncTime')

    def ended(self, profile_id, client=None):
        """What ran in the profile's one session, which must have ended well: service → type."""
        client = client or self.anna
        client.wait(lambda: client.signals('Completed', 'Stopped', 'Failed'))
        [record] = client.manager('GetHistory', profile_id, 0)
        self.assertEqual((record['Trigger'], record['Outcome']), ('push', 'COMPLETED'), record['Message'])
        return {service['ServiceType']: service['Type'] for service in record['Services']}

    def settle(self, profile_id):
        """A first sync by hand, so that what follows need not be a slow one."""
        self.assertEqual(self.anna.wait_for_end(profile_id, self.anna.start(profile_id)), ('Completed', []))

    # ---- what it starts -----------------------------------------------------------------

    def test_it_starts_what_it_asks_for(self):
        for syncs, ran in [((), BOTH),
                           ((CARD,), {'CONTACT': 'TWO_WAY'}),
                           (((FROM_SERVER, './cal', ''),), {'EVENT': 'ONE_WAY_FROM_SERVER'}),
                           (((FROM_CLIENT, 'card', ''), (TWO_WAY, 'unknown', ''), (TWO_WAY, 'cal', '')),
                            {'CONTACT': 'ONE_WAY_FROM_CLIENT', 'EVENT': 'TWO_WAY'})]:
            with self.subTest(syncs):
                profile_id = self.add()
                self.settle(profile_id)
                self.anna.heard.clear()
                self.assertEqual(self.deliver(san(SERVER, SECRET, syncs, session=4711)), [profile_id])
                self.anna.wait(lambda: self.anna.signals('Completed', 'Failed'))
                record = self.anna.manager('GetHistory', profile_id, 1)[0]
                self.assertEqual((record['Trigger'], record['Outcome']), ('push', 'COMPLETED'), record['Message'])
                self.assertEqual({one['ServiceType']: one['Type'] for one in record['Services']}, ran)
                self.assertEqual(self.counts(), {'Started': 1})
                self.anna.manager('Remove', profile_id)

    def test_the_first_session_is_a_slow_one_and_both_forms_are_read(self):
        self.addCleanup(self.server.options, alerts=0)
        for notification, number in ((san(SERVER, SECRET, [CARD]), 0), (alerts(SERVER, SECRET, [CARD], session='77'), 1)):
            self.server.options(alerts=number)  # that the first package has to answer
            profile_id = self.add()
            self.assertEqual(self.deliver(notification), [profile_id])
            self.assertEqual(self.ended(profile_id), {'CONTACT': 'SLOW'})
            self.anna.manager('Remove', profile_id)
            self.anna.heard.clear()
        self.assertEqual(self.counts(), {'Started': 2})

    def test_a_server_without_an_id_is_known_by_its_url(self):
        profile_id = self.add(without=('ServerId', 'ServerPassword'))
        self.assertEqual(self.deliver(san(SERVER)), [])
        self.assertEqual(self.deliver(san(self.server.url)), [profile_id])
        self.assertEqual(self.counts(), {'UnknownServer': 1, 'Started': 1})
        self.ended(profile_id)

    def test_a_hint_starts_a_usual_sync_and_nothing_else(self):
        profile_id = self.add(without=('ServerPassword',))
        self.settle(profile_id)
        self.anna.heard.clear()
        self.assertEqual(self.deliver(san(SERVER, None, [(REFRESH_FROM_SERVER, 'card', '')])), [profile_id])
        self.anna.wait(lambda: self.anna.signals('Completed', 'Failed'))
        [service] = self.anna.manager('GetHistory', profile_id, 1)[0]['Services']
        self.assertEqual((service['ServiceType'], service['Type'], service['SyncStatus']),
                         ('CONTACT', 'TWO_WAY', 'SUCCESS'))

    # ---- what it does not ----------------------------------------------------------------

    def test_what_is_not_meant_for_us_is_ignored_and_counted(self):
        profile_id = self.add()
        good = san(SERVER, SECRET, [CARD], session=5)
        for notification, word in [
                (san(SERVER, 'wrong', [CARD]), 'WrongDigest'),
                (san(SERVER, SECRET, [CARD], nonce=b'never given'), 'WrongDigest'),
                (good[:-1] + b'x', 'WrongDigest'),
                (san(SERVER, None, [CARD]), 'Unsigned'),
                (san('srv2', SECRET, [CARD]), 'UnknownServer'),
                (alerts('srv2', SECRET, [CARD]), 'UnknownServer'),
                (alerts(SERVER, 'wrong', [CARD]), 'WrongDigest'),
                (san(SERVER, SECRET, [CARD], version=20), 'Version'),
                (san(SERVER, SECRET, [(TWO_WAY, 'unknown', '')]), 'NothingToSync'),
                (b'', 'Broken'), (b'<SyncML>', 'Broken'), (b'\0' * 4096, 'Version')]:
            with self.subTest(word, notification=notification[:40]):
                self.assertEqual(self.deliver(notification), [])
                self.assertEqual(self.counts(), {word: 1})
        for size in range(16, len(good)):
            self.assertEqual(self.deliver(good[:size]), [], size)
        self.assertEqual(self.counts(), {'Broken': len(good) - 16})
        self.assertEqual(self.anna.manager('GetHistory', profile_id, 0), [])
        self.assertEqual(self.server.sessions(), [])

    def test_a_mebibyte_of_garbage_is_refused_unread(self):
        self.add()
        said = self.assertError(ERROR + 'InvalidValue', self.deliver, os.urandom(1 << 20))
        self.assertIn('4096 bytes', said)
        self.assertEqual(self.counts(), {'TooLarge': 1})
        self.assertEqual(self.deliver(bytes(range(256)) * 16), [])

    def test_a_notification_counts_once(self):
        profile_id = self.add()
        good = san(SERVER, SECRET, [CARD], session=9)
        self.assertEqual(self.deliver(good), [profile_id])
        self.ended(profile_id)
        self.assertEqual(self.deliver(good), [])
        self.assertEqual(self.deliver(san(SERVER, SECRET, session=9)), [])
        self.assertEqual(self.counts(), {'Started': 1, 'Replayed': 2})
        self.assertEqual(len(self.server.sessions()), 1)

    def test_nobody_elses_profile_is_meant(self):
        profile_id = self.add()
        bert = self.client(BERT)
        self.counts(bert)
        self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=1), bert), [])
        root = self.client()
        self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=1), root), [])
        self.assertEqual(self.counts(bert), {'UnknownServer': 1})
        self.assertEqual(self.counts(), {})
        self.assertEqual(self.anna.manager('GetHistory', profile_id, 0), [])
        theirs = self.add(bert)
        self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=1), bert), [theirs])
        self.ended(theirs, bert)

    def test_a_profile_that_only_a_user_starts_takes_none(self):
        self.add(Mode='MANUAL')
        self.add(Services=services('CONTACT card', Enable=False))
        self.assertEqual(self.deliver(san(SERVER, SECRET)), [])
        self.assertEqual(self.counts(), {'UnknownServer': 1})
        periodic = self.add(Mode='PERIODIC', Interval='1_WEEK')
        self.assertEqual(self.deliver(san(SERVER, SECRET)), [periodic])
        self.ended(periodic)

    def test_a_refused_password_is_not_shown_again_because_somebody_says_so(self):
        profile_id = self.add(Password='wrong', without=('ServerPassword',))
        self.assertEqual(self.anna.wait_for_end(profile_id, self.anna.start(profile_id))[0], 'Failed')
        self.assertEqual(self.deliver(san(SERVER)), [])
        self.assertEqual(self.counts(), {'UnknownServer': 1})

    def test_what_needs_consent_is_held(self):
        for code, ui, kind in [(REFRESH_FROM_SERVER, 1, 'REFRESH_FROM_SERVER'),
                               (REFRESH_FROM_CLIENT, 1, 'REFRESH_FROM_CLIENT'), (TWO_WAY, ASK, 'TWO_WAY')]:
            with self.subTest(kind):
                profile_id = self.add()
                self.anna.heard.clear()
                self.assertEqual(self.deliver(san(SERVER, SECRET, [(code, 'card', '')], session=code, ui=ui)), [])
                self.assertEqual(self.counts(), {'Held': 1})
                self.assertIn(f'CONTACT {kind}', self.attention(profile_id))
                self.anna.wait(lambda: self.anna.signals('PropertiesChanged'))
                [told] = [values for _, (_, values, _) in self.anna.signals('PropertiesChanged')]
                self.assertEqual(told['Attention'], self.attention(profile_id))
                self.assertEqual(self.anna.manager('GetHistory', profile_id, 0), [])
                # Whoever starts it has decided.
                self.assertEqual(self.anna.wait_for_end(profile_id, self.anna.start(profile_id, Type=kind))[0], 'Completed')
                self.assertEqual(self.attention(profile_id), '')
                self.anna.manager('Remove', profile_id)

    # ---- how often ------------------------------------------------------------------------

    def test_a_flood_costs_one_session_now_and_one_later(self):
        profile_id = self.add()
        self.server.call('hold')
        self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=1)), [profile_id])
        self.server.call('await-held')
        for session in range(2, 12):
            self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=session)), [profile_id])
        self.assertEqual(self.counts(), {'Started': 1, 'Postponed': 10})
        self.assertEqual(self.next_sync(profile_id), 0)  # it runs
        self.server.call('release')
        self.ended(profile_id)
        ended = self.anna.manager('GetHistory', profile_id, 1)[0]
        due = self.next_sync(profile_id)
        self.assertGreater(due, ended['Started'])
        self.assertLessEqual(due, ended['Started'] + 60_000_000)
        self.assertEqual(self.deliver(san(SERVER, SECRET, [CARD], session=12)), [profile_id])
        self.assertEqual(self.counts(), {'Postponed': 1})
        self.assertEqual(self.next_sync(profile_id), due)

    def test_one_that_waits_in_the_queue_is_joined(self):
        first, second = self.add(ProfileName='First'), self.add(ProfileName='Second', ServerId='srv2')
        self.server.call('hold')
        self.assertEqual(self.deliver(san(SERVER, SECRET)), [first])
        self.server.call('await-held')
        for _ in range(2):
            self.assertEqual(self.deliver(san('srv2', SECRET)), [second])
        self.assertEqual(self.counts(), {'Started': 2, 'Joined': 1})
        self.server.call('release')
        self.anna.wait(lambda: len(self.anna.signals('Completed')) == 2)

    def test_many_at_once_are_read_one_after_the_other(self):
        profile_id = self.add()
        for number in range(8):
            self.anna.begin(number, MANAGER_PATH, MANAGER, 'DeliverNotification',
                            dbus.ByteArray(san(SERVER, 'wrong' if number else SECRET, session=number + 1)))
        self.anna.wait(lambda: sum(entry[0] == 'reply' for entry in self.anna.heard) == 8)
        self.assertEqual([entry[1:] for entry in self.anna.heard if entry[0] == 'reply'],
                         [(number, [[profile_id] if number == 0 else []]) for number in range(8)])
        self.ended(profile_id)

    def test_the_argument_is_octets(self):
        self.assertError(FREEDESKTOP + 'InvalidArgs', self.anna.call, MANAGER_PATH, MANAGER, 'DeliverNotification', 'x',
                         signature='s')


if __name__ == '__main__':
    unittest.main(verbosity=2)
