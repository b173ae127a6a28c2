"""What the tests of the reference server have in common."""
import unittest

from hand_written_client import Client, alert, anchor_echo, mapping, put, status, sync
from reference_server import ReferenceServer


class ServerTest(unittest.TestCase):
    options = ()

    def setUp(self):
        self.server = ReferenceServer(*self.options)
        self.addCleanup(self.server.stop)

    def session(self, code, commands='', last='', following='c1', count=None, device='device-1', luids=None, number='7'):
        """A whole session without authentication; the answer to the client's sync package. New items get the
        ids of `luids` by GUID, or `m-GUID`."""
        client = Client(self.server, device=device, session=number)
        first = client.send(put(1, device=device) + alert(2, code, last, following))
        second = client.send(status(1, 1, 0, 'SyncHdr') +
                             status(2, 1, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next)) +
                             sync(3, commands, count))
        self.assertTrue(second.final)
        if second.syncs:
            body = status(1, 2, 0, 'SyncHdr') + status(2, 2, second.ids['Sync'], 'Sync')
            for place, (verb, command, _, _) in enumerate(second.items):
                body += status(3 + place, 2, command, verb, 201 if verb == 'Add' else 200)
            added = [(ref, (luids or {}).get(ref, 'm-' + ref)) for verb, _, ref, _ in second.items if verb == 'Add']
            if added:
                body += mapping(900, added)
            third = client.send(body)
            self.assertTrue(third.final)
        return first, second

    def assertClean(self):
        self.assertEqual(self.server.violations(), [])

    def rules(self):
        return {violation.split(':')[0] for violation in self.server.violations()}
