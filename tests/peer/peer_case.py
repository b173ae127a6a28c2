"""What the tests against the reference server have in common."""
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'server'))

from changes import DATABASES, STORES  # noqa: E402, F401
from device import CONTACT, start_devices  # noqa: E402
from example_items import texts  # noqa: E402
from reference_server import ReferenceServer  # noqa: E402

NOTHING = (0, 0, 0)


class PeerCase(unittest.TestCase):
    """One server and as many devices as `devices` says, for all tests of a class; each test
    begins with empty stores and no profile. After each the server must have nothing to say
    against the clients."""
    devices = 1
    services = (CONTACT,)
    configuration = {}
    settings = {}  # of each profile
    server_options = ('--user', 'alice:s3cret')

    @classmethod
    def setUpClass(cls):
        cls.server = ReferenceServer(*cls.server_options)
        cls.addClassCleanup(cls.server.stop)
        cls.everybody = start_devices(cls, cls.devices, cls.configuration)
        cls.a = cls.everybody[0]
        cls.b = cls.everybody[-1]

    def setUp(self):
        self.begin()

    def tearDown(self):
        self.assertEqual(self.server.violations(), [])

    def expect_violations(self, *rules):
        """The rules that the client could not but break."""
        self.assertEqual({violation.split(':')[0] for violation in self.server.violations()}, set(rules))
        self.server.call('clear-violations')

    def add_profile(self, device, **more):
        return device.add_profile(self.server.url, services=tuple((name, DATABASES[name]) for name in self.services), **more)

    def begin(self):
        """Everything from the beginning again, in a test of many rounds."""
        for device in self.everybody:
            device.forget_everything()
        self.server.reset()
        self.profiles = {device: self.add_profile(device, **self.settings) for device in self.everybody}

    def sync(self, device, kind=None, ran=None):
        """A session that must end well; the counts on both ends must agree for each service.

        Returns (by the client on the server, by the server on the client), of the first service."""
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}; {self.server.violations()}')
        report = self.server.last_session()
        self.assertTrue(report['completed'])
        return [self.check_counts(device, service, ran, report) for service in self.services][0]

    def hold(self, message, after=False, kind=None):
        """Starts a session of the first device; returns it when the server has this message of it, unprocessed, or its
        answer to that (`after`), in hand."""
        self.server.call('hold', message=message, after=after)
        session = self.a.start(self.profiles[self.a], kind)
        self.server.call('await-held')
        return session

    def kill_at(self, message, after=True, kind=None):
        """The worker is killed there. What was not processed yet never is."""
        session = self.hold(message, after, kind)
        worker, = self.a.syncd.workers()
        os.kill(worker, signal.SIGKILL)
        outcome = self.a.await_end(session)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', 'Interrupted'))
        self.server.call('release', drop=not after)

    def stop_at(self, message, after=False, kind=None, ends='Stopped'):
        """The user stops it there; `ends`: the signal that says how it did."""
        session = self.hold(message, after, kind)
        self.a.manager.StopSync(self.profiles[self.a])
        self.server.call('release')
        outcome = self.a.await_end(session)
        self.assertEqual(outcome.signal, ends, outcome)

    def check_counts(self, device, service, ran, report):
        if ran:
            self.assertEqual(device.ran(self.profiles[device], service), ran)
        counts = device.counts(self.profiles[device], service)
        seen = report['datastores'][DATABASES[service]]
        on_server, here = (tuple(seen[way][what] for what in ('added', 'updated', 'removed'))
                           for way in ('from_client', 'to_client'))
        # What was answered before the sync broke off is answered again, the same, and counts for the client only now.
        on_server = tuple(done + seen['repeated'][what]
                          for done, what in zip(on_server, ('added', 'updated', 'removed')))
        # What the server had already is answered like an update; the client cannot tell them apart.
        self.assertEqual(counts[0], (on_server[0], on_server[1] + seen['matched'], on_server[2]))
        if seen['agreed'] == 205:
            here = (*here[:2], counts[1][2])  # what the client replaced itself is not the server's to know
        self.assertEqual(counts[1], here)
        self.assertEqual((seen['from_client']['failed'], seen['to_client']['failed']), (0, 0))
        return counts

    def settle(self, *devices):
        """The first sync of each, so that what follows is a sync of changes."""
        for device in devices or self.everybody:
            self.sync(device, ran='SLOW')

    def assert_equal_everywhere(self, service=CONTACT, size=None):
        on_server = texts(self.server.items(DATABASES[service]))
        for device in self.everybody:
            self.assertEqual(texts(device.items(service)), on_server)
        if size is not None:
            self.assertEqual(len(on_server), size)

    def fail_with(self, device, error, kind=None, says=()):
        """A session that must fail by this name, with a message that a person can act on."""
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual((outcome.signal, outcome.error), ('Failed', error), outcome)
        for word in says:
            self.assertIn(word, outcome.message)
        return outcome


if os.environ.get('SYNCD_TEST_SERVER') is None:
    sys.exit('SYNCD_TEST_SERVER names no server; run these tests by meson test --suite peer')
