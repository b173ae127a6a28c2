"""A user of syncd, as an object in a process of its own that has the user's uid."""
import base64
import hashlib
import multiprocessing
import os
import random
import re
import tempfile
import time

NAME, PATH, MANAGER, STORE = 'org.syncd1', '/org/syncd1', 'org.syncd1.Manager', 'org.syncd1.Store'
CALL_SECONDS = 3600
IMPORT_BYTES = 48 * 1024 * 1024  # syncd takes 64 MiB in one Import

Failed = type('Failed', (Exception,), {'__doc__': 'A session that did not complete.'})


def plain(value):
    """Python's own types for what D-Bus gave."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return int(value) if isinstance(value, int) else value


class Inside:
    """What a Client does, on the other side of its pipe."""

    def __init__(self):
        import dbus
        from dbus.mainloop.glib import DBusGMainLoop
        from gi.repository import GLib
        self.dbus, self.glib = dbus, GLib
        self.bus = dbus.bus.BusConnection(os.environ['DBUS_SYSTEM_BUS_ADDRESS'], mainloop=DBusGMainLoop())
        self.manager = dbus.Interface(self.bus.get_object(NAME, PATH, introspect=False), MANAGER)
        self.store = dbus.Interface(self.bus.get_object(NAME, PATH + '/store/contact', introspect=False), STORE)
        self.ends = {}
        self.loop = GLib.MainLoop()
        for signal in ('Completed', 'Stopped', 'Failed'):
            self.bus.add_signal_receiver(self.on_end, signal, MANAGER, NAME, PATH, member_keyword='member')
        self.manager.GetProfileCount()  # signals go to those who have called

    def on_end(self, profile, session, *error, member):
        self.ends[int(session)] = (str(member), *map(str, error))
        self.loop.quit()

    def add_profile(self, url, user, password, device, database, encoding='XML'):
        variant = lambda text: self.dbus.String(text, variant_level=1)
        service = self.dbus.Dictionary({'ServiceType': variant('CONTACT'), 'ServerDatabaseUri': variant(database)},
                                       signature='sv')
        profile = {'ProfileName': variant('measured'), 'Url': variant(url), 'Id': variant(user),
                   'Password': variant(password), 'Mode': variant('MANUAL'), 'DeviceId': variant(device), 'Encoding': variant(encoding),
                   'Services': self.dbus.Array([service], signature='a{sv}', variant_level=1)}
        return str(self.manager.Add(self.dbus.Dictionary(profile, signature='sv')))

    def profile(self):
        """The only one that this user has."""
        id, = self.manager.GetAll()
        return str(id)

    def import_contacts(self, first, count):
        import contacts
        number, end = first, first + count
        while number < end:
            with tempfile.TemporaryFile() as file:
                while number < end and file.tell() < IMPORT_BYTES:
                    file.write(contacts.contact(number).encode())
                    number += 1
                file.flush()
                file.seek(0)
                self.store.Import(self.dbus.types.UnixFd(file), self.dbus.Dictionary({}, signature='sv'),
                                  timeout=CALL_SECONDS)
        return int(self.store.GetCount())

    def import_photo(self, octets):
        """A contact with a photo of so many; what it is, as `look_at_all` has it."""
        digits = base64.b64encode(random.Random(1).randbytes(octets)).decode()
        lines = '\r\n '.join(digits[at:at + 74] for at in range(0, len(digits), 74))
        text = ('BEGIN:VCARD\r\nVERSION:3.0\r\nN:Large;Photo;;;\r\nFN:Photo Large\r\n'
                f'PHOTO;ENCODING=b;TYPE=JPEG:\r\n {lines}\r\nEND:VCARD\r\n').encode()
        with tempfile.TemporaryFile() as file:
            file.write(text)
            file.seek(0)
            self.store.Import(self.dbus.types.UnixFd(file), self.dbus.Dictionary({}, signature='sv'), timeout=CALL_SECONDS)
        return self.look_at_all()

    def look_at_all(self):
        """Size and hash of all items."""
        with tempfile.TemporaryFile() as file:
            self.store.Export(self.dbus.types.UnixFd(file), self.dbus.Dictionary({}, signature='sv'), timeout=CALL_SECONDS)
            file.seek(0)
            text = file.read()
        return {'octets': len(text), 'sha256': hashlib.sha256(text).hexdigest()}

    def change_contacts(self, remainder, every, version):
        """Gives each contact whose number leaves `remainder` another telephone number at work."""
        changed = 0
        for id, _ in self.store.List(timeout=CALL_SECONDS):
            data = str(self.store.Get(id))
            # Servers write parameters in ways of their own; the number at work is the one of eleven digits.
            number = int(re.search(r'EMAIL[^:]*:c(\d+)@', data)[1])
            if number % every == remainder:
                self.store.Put(id, re.sub(r'(TEL[^:]*:\+\d{7})\d{4}(?!\d)', rf'\g<1>{version:04d}', data))
                changed += 1
        return changed

    def count(self):
        return int(self.store.GetCount())

    def start(self, profile, type=None):
        """Starts a sync, of a type other than the profile's if one is given; its number, and when the call was made and
        answered."""
        options = {'Type': self.dbus.String(type, variant_level=1)} if type else {}
        called = time.monotonic()
        session = int(self.manager.StartSync(profile, self.dbus.Dictionary(options, signature='sv')))
        return session, called, time.monotonic()

    def wait(self, session):
        """Waits for a session's end: its signal and, for Failed, its error."""
        while session not in self.ends:
            self.loop.run()
        return self.ends.pop(session)

    def stop(self, profile):
        self.manager.StopSync(profile)

    def state(self, profile):
        properties = self.dbus.Interface(self.bus.get_object(NAME, f'{PATH}/profile/{profile}', introspect=False),
                                         'org.freedesktop.DBus.Properties')
        return str(properties.Get('org.syncd1.Profile', 'State'))

    def last_session(self, profile):
        return plain(self.manager.GetHistory(profile, self.dbus.UInt32(1))[0])


class Client:
    """`Client(uid).anything_of_Inside(…)` happens in the process of that uid."""

    pipes = []  # of all that live, for a new process to close its copies: a pipe ends with its last copy

    def __init__(self, uid=0):
        self.pipe, inner = multiprocessing.Pipe()
        self.pipes.append(self.pipe)
        self.pid = os.fork()
        if self.pid == 0:
            for pipe in self.pipes:
                pipe.close()
            os._exit(self._serve(inner, uid))
        inner.close()

    @staticmethod
    def _serve(pipe, uid):
        if uid != os.getuid():
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        inside = None
        while True:
            try:
                name, arguments = pipe.recv()
            except EOFError:
                return 0
            try:
                inside = inside or Inside()
                pipe.send((True, getattr(inside, name)(*arguments)))
            except Exception as error:  # told to the caller, who decides
                pipe.send((False, f'{type(error).__name__}: {error}'))

    def send(self, name, *arguments):
        """Begins a call; `receive` waits for what it returns."""
        self.pipe.send((name, arguments))

    def receive(self):
        good, value = self.pipe.recv()
        if not good:
            raise RuntimeError(value)
        return value

    def __getattr__(self, name):
        def call(*arguments):
            self.send(name, *arguments)
            return self.receive()
        return call

    def sync(self, profile, type=None):
        """A whole session, which must complete; its record in the history."""
        end = self.wait(self.start(profile, type)[0])
        if end[0] != 'Completed':
            raise Failed(' '.join(end))
        return self.last_session(profile)

    def close(self):
        self.pipes.remove(self.pipe)
        self.pipe.close()
        os.waitpid(self.pid, 0)
