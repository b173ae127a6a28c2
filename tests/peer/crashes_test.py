#!/usr/bin/python3
"""kill -9 of the worker and of the broker at every message boundary: after a restart the next sync
makes both sides equal, and nothing is doubled. Also: what a user does in the middle of a session."""
import os
import signal
import tempfile
import unittest

from changes import STORES, change_on_both_sides
from device import Device, Syncd
from example_items import contact, texts
from peer_case import NOTHING, PeerCase, ReferenceServer

BOUNDARIES = [(message, after) for message in (1, 2, 3) for after in (False, True)]


class Crashes(unittest.TestCase):
    """Contacts and events in one session."""

    @classmethod
    def setUpClass(cls):
        cls.server = ReferenceServer('--user', 'alice:s3cret')
        cls.addClassCleanup(cls.server.stop)

    def setUp(self):
        self.server.reset()
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        self.state = state.name
        self.begin()
        self.profile = self.add_profile()
        self.expected = change_on_both_sides(self.device, self.server, lambda: self.complete(self.profile))

    def begin(self):
        self.syncd = Syncd({'MaxSessions': 1}, state=self.state)
        self.device = Device(self.syncd)

    def end(self):
        self.device.close()
        self.syncd.stop()

    def tearDown(self):
        self.end()
        self.assertEqual(self.server.violations(), [])

    def add_profile(self, **more):
        return self.device.add_profile(self.server.url, services=tuple(STORES.items()), **more)

    def complete(self, profile):
        outcome = self.device.sync(profile)
        self.assertEqual(outcome.signal, 'Completed', outcome)

    def hold(self, message, after):
        """Starts a session; returns when its message is held at this point."""
        self.server.call('hold', message=message, after=after)
        session = self.device.start(self.profile)
        self.server.call('await-held')
        return session

    def release(self, after):
        """What was not processed yet never is: its sender is dead."""
        self.server.call('release', drop=not after)

    def assert_content(self):
        for service, store in STORES.items():
            self.assertEqual(texts(self.device.items(service)), self.expected[service])
            self.assertEqual(texts(self.server.items(store)), self.expected[service])

    def recover(self):
        self.complete(self.profile)
        self.assert_content()
        self.complete(self.profile)
        for service in STORES:
            self.assertEqual(self.device.ran(self.profile, service), 'TWO_WAY')
            self.assertEqual(self.device.counts(self.profile, service), (NOTHING, NOTHING))

    def test_the_broker_is_killed_while_a_session_is_queued(self):
        other = self.add_profile(ProfileName='Other')
        self.hold(2, True)
        queued = self.device.start(other)  # one session may run at a time
        self.assertEqual(len(self.syncd.workers()), 1)
        self.syncd.kill()
        self.end()
        self.release(True)
        self.begin()
        self.assertEqual(sorted(map(str, self.device.manager.GetAll())), sorted([self.profile, other]))
        [lost] = self.device.history(other)
        self.assertEqual((lost['Session'], lost['ErrorName']), (queued, 'org.syncd1.Error.Interrupted'))
        self.assertIn('before the sync began', lost['Message'])
        self.recover()
        session = self.device.start(other)
        self.assertGreater(session, queued)
        self.assertEqual(self.device.await_end(session).signal, 'Completed')
        self.assert_content()


def killing_the_worker(message, after):
    def test(self):
        session = self.hold(message, after)
        worker, = self.syncd.workers()
        os.kill(worker, signal.SIGKILL)
        outcome = self.device.await_end(session)
        self.release(after)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Interrupted'))
        self.assertIn('the worker ended with signal 9', outcome.message)
        self.assertIn('the next sync', outcome.message)
        self.recover()
    return test


def killing_the_broker(message, after):
    def test(self):
        self.hold(message, after)
        self.syncd.kill()
        self.end()
        self.release(after)
        self.begin()
        self.recover()
    return test


for _message, _after in BOUNDARIES:
    _place = f"{'after' if _after else 'before'}_message_{_message}_was_processed"
    setattr(Crashes, f'test_the_worker_is_killed_{_place}', killing_the_worker(_message, _after))
    setattr(Crashes, f'test_the_broker_is_killed_{_place}', killing_the_broker(_message, _after))


class DeadServer(unittest.TestCase):
    """The server is killed in the middle of a session and comes back with its data."""

    def serve(self):
        self.server = ReferenceServer('--user', 'alice:s3cret', '--data', self.place.name + '/server.db', '--port', str(self.port))
        self.port = self.server.port

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.port = 0
        self.serve()
        self.addCleanup(lambda: self.server.stop())
        syncd = Syncd()
        self.addCleanup(syncd.stop)
        self.device = Device(syncd)
        self.addCleanup(self.device.close)

    def test_the_next_sync_makes_all_equal(self):
        profile = self.device.add_profile(self.server.url)
        self.assertEqual(self.device.sync(profile).signal, 'Completed')
        for message, after in BOUNDARIES:
            with self.subTest(message=message, after=after):
                self.device.put(contact(f'Here{message}{after}'))
                self.server.put('card', contact(f'There{message}{after}'))
                self.server.call('hold', message=message, after=after)
                session = self.device.start(profile)
                self.server.call('await-held')
                self.server.process.kill()
                self.server.process.wait()
                outcome = self.device.await_end(session)
                self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Unreachable'))
                # Where the connection was an open one the message was sent once more, to nobody.
                self.assertRegex(outcome.message, f'127.0.0.1:{self.port} (broke|cannot be reached): .*[Tt]ry again')
                self.server.stop()
                self.serve()
                self.assertEqual(self.device.sync(profile).signal, 'Completed')
                self.assertEqual(texts(self.device.items()), texts(self.server.items('card')))
                self.assertEqual(self.device.sync(profile).signal, 'Completed')
                self.assertEqual(self.device.counts(profile), (NOTHING, NOTHING))
                self.assertEqual(self.server.violations(), [])
        self.assertEqual(self.device.count(), 2 * len(BOUNDARIES))


class InTheMiddle(PeerCase):
    def setUp(self):
        super().setUp()
        self.settle()

    def test_two_starts_are_one_session(self):
        before = len(self.server.sessions())
        session = self.hold(1)
        self.assertEqual(self.a.start(self.profiles[self.a]), session)
        self.server.call('release')
        self.assertEqual(self.a.await_end(session).signal, 'Completed')
        self.assertEqual(len(self.server.sessions()), before + 1)

    def test_a_stop_at_every_message_ends_the_session_and_the_next_one_makes_all_equal(self):
        for message, after in BOUNDARIES:
            with self.subTest(message=message, after=after):
                self.a.put(contact(f'Here{message}{after}'))
                self.server.put('card', contact(f'There{message}{after}'))
                session = self.hold(message, after)
                self.a.manager.StopSync(self.profiles[self.a])
                outcome = self.a.await_end(session)
                self.server.call('release')
                self.assertEqual(outcome.signal, 'Stopped', outcome)
                self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
                self.assert_equal_everywhere()
                self.assertEqual(self.sync(self.a), (NOTHING, NOTHING))

    def test_an_edit_made_while_the_session_runs_goes_with_the_next_one(self):
        key = self.a.put(contact('Ada'))
        session = self.hold(2)
        self.a.put(contact('Ada', note='meanwhile'), key)
        self.a.put(contact('Bo'))
        self.server.call('release')
        self.assertEqual(self.a.await_end(session).signal, 'Completed')
        self.assertEqual(self.sync(self.a), ((1, 1, 0), NOTHING))
        self.assert_equal_everywhere(size=2)

    def test_an_edit_is_not_overwritten_by_a_change_of_the_server_on_its_way(self):
        key = self.a.put(contact('Ada'))
        self.sync(self.a)
        self.server.options(conflict='client')
        guid = next(iter(self.server.items('card')))
        self.server.put('card', contact('Ada', note='there'), guid=guid)
        session = self.hold(2)
        self.a.put(contact('Ada', note='here'), key)
        self.server.call('release')
        self.a.await_end(session)
        self.assertIn('NOTE:here', self.a.items()[key])
        self.assertEqual(self.a.sync(self.profiles[self.a]).signal, 'Completed')
        self.assert_equal_everywhere(size=2)  # what the server had is an item of its own
        self.assertIn('NOTE:here', self.a.items()[key])
        self.server.options(conflict='server')


if __name__ == '__main__':
    unittest.main()
