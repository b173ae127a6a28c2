"""Two devices and Debian's SyncEvolution as the server: contacts and events, exact counts by both ends and in both
stores, items compared property by property."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'peer'))

from device import CONTACT, EVENT, NOTE, TASK, start_devices  # noqa: E402
from items import contact, event, note, photo, task  # noqa: E402
from normal_form import describe, normal_form  # noqa: E402
from syncevolution import SyncEvolution  # noqa: E402

STORES = {CONTACT: 'addressbook', EVENT: 'calendar'}
MAKERS = {CONTACT: contact, EVENT: event, TASK: task, NOTE: note}
NOTHING, EVERYTHING = (0, 0, 0), (1, 1, 1)


def changes(before, after):
    """(added, updated, removed) between two states of a store, by the names of its items."""
    return (len(after.keys() - before.keys()), sum(before[name] != after[name] for name in before.keys() & after.keys()),
            len(before.keys() - after.keys()))


class InteropCase:
    """Two devices and the server, whatever they speak. `scheme`: the credentials that must let each session in; `keys`:
    more of every profile; `stores`: of the server, by service; `configuration`: of the daemons; `photo_size`: of the contacts that are to be large."""
    scheme = 'syncml:auth-md5'
    stores = STORES
    server_options = ()
    configuration = None
    keys = {}
    large, photo_size = (), 0

    @classmethod
    def setUpClass(cls):
        cls.server = SyncEvolution(*cls.server_options, *(word for store in cls.stores.values() for word in ('--store', store)))
        cls.addClassCleanup(cls.server.stop)
        cls.devices = start_devices(cls, 2, cls.configuration)
        cls.a, cls.b = cls.devices

    def setUp(self):
        self.server.clear()
        self.profiles = {}
        for device in self.devices:
            device.forget_everything()
            self.profiles[device] = device.add_profile(self.server.url, user='tester', password='secret',
                                                       services=tuple(self.stores.items()), DeviceId=self.server.new_device(),
                                                       **self.keys)

    # ---- sessions, watched from both ends ---------------------------------------------------

    def sync(self, device, kind=None, ran=None):
        """A session that must end well, let in by the credentials of this class. Returns per service what it did on
        the server and here: our statistics, which must be what changed in the stores of both ends, and what the server
        counts itself."""
        self.server.forget_reports()
        credentials = len(self.server.credentials())
        there, here = self.there(), self.here(device)
        outcome = device.sync(self.profiles[device], kind)
        self.assertEqual(outcome.signal, 'Completed', f'{outcome}\n{self.server.log()}')
        report = self.server.report()
        self.assertEqual(self.server.credentials()[credentials:][-1], (self.scheme, '212'))
        new_there, new_here = self.there(), self.here(device)
        counts = {}
        for service, store in self.stores.items():
            if ran:
                self.assertEqual(device.ran(self.profiles[device], service), ran)
            on_server, on_client = report.counts(store)
            self.assertEqual(on_server, changes(there[service], new_there[service]))
            if ran == 'SLOW':
                # Every item that we hold goes there. One that it matches with its own is answered as an update, which it
                # does not count when nothing changed by it.
                on_server = (on_server[0], len(here[service]) - on_server[0], on_server[2])
            if ran == 'REFRESH_FROM_CLIENT':
                self.assertEqual(on_server[2], len(there[service]))
                on_server = (*on_server[:2], 0)  # it empties its store by itself, which nobody tells us
            if ran == 'REFRESH_FROM_SERVER':
                on_client = (*on_client[:2], len(here[service]))  # and so do we
            counts[service] = device.counts(self.profiles[device], service)
            self.assertEqual(counts[service], (on_server, on_client), service)
            self.assertEqual(changes(here[service], new_here[service]), on_client)
        return counts

    def there(self):
        return {service: self.server.items(store) for service, store in self.stores.items()}

    def here(self, device):
        return {service: device.items(service) for service in self.stores}

    def assert_counts(self, counts, on_server, here):
        self.assertEqual(counts, {service: (on_server, here) for service in self.stores})

    def settle(self, *devices):
        for device in devices or self.devices:
            self.sync(device, ran='SLOW')

    # ---- what the stores hold -----------------------------------------------------------------

    def assert_same(self, texts, others):
        self.assertEqual(*([describe(text) for text in sorted(side, key=normal_form)] for side in (texts, others)))
        self.assertEqual(*([normal_form(text) for text in sorted(side, key=normal_form)] for side in (texts, others)))

    def assert_holds(self, side, items, services=None):
        """One end of a sync, as `here` or `there` give it, has exactly these items: pairs of name and note."""
        for service in services or self.stores:
            self.assert_same(side[service].values(), [self.make(service, name, note=note) for name, note in items])

    def assert_equal_everywhere(self, size, devices=None):
        """`size`: of every store, or by service."""
        for service, theirs in self.there().items():
            self.assertEqual(len(theirs), size if isinstance(size, int) else size[service])
            for device in devices or self.devices:
                self.assert_same(device.items(service).values(), theirs.values())

    def make(self, service, name, **more):
        if service == CONTACT and name in self.large:
            more['more'] = photo(name, self.photo_size)
        return MAKERS[service](name, **more)

    def put(self, device, name, keys=None, **more):
        """One item of this name into every service; `keys`: of the ones to replace."""
        return {service: device.put(self.make(service, name, **more), (keys or {}).get(service, ''), service)
                for service in self.stores}

    def delete(self, device, keys):
        for service, key in keys.items():
            device.delete(key, service)

    def keys_of(self, device, name):
        return {service: next(key for key, text in device.items(service).items() if name in text) for service in self.stores}

    def server_put(self, name, file, **more):
        for service, store in self.stores.items():
            self.server.put(store, file, self.make(service, name, **more))

    def server_delete(self, file):
        for store in self.stores.values():
            self.server.delete(store, file)

    # ---- changes of every kind -----------------------------------------------------------------

    BOTH = {'Mine': 'changed here', 'Theirs': 'changed there', 'Fresh': 'new here', 'Added': 'new there'}

    def change_on_both_sides(self):
        """Four items that both devices and the server hold; then an add, an update and a delete on device a and on the
        server each."""
        for file, name in enumerate(('Mine', 'Gone', 'Theirs', 'Lost')):
            self.server_put(name, str(file), note='old')
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='SLOW'), NOTHING, (4, 0, 0))
        self.put(self.a, 'Mine', self.keys_of(self.a, 'Mine'), note='changed here')
        self.delete(self.a, self.keys_of(self.a, 'Gone'))
        self.put(self.a, 'Fresh', note='new here')
        self.server_put('Theirs', '2', note='changed there')
        self.server_delete('3')
        self.server_put('Added', '99', note='new there')

    def finish(self, b_here, size=4):
        """What is left to do for b, and nothing for anybody after that."""
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, b_here)
        self.assert_equal_everywhere(size)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)
