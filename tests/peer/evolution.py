"""Address books and calendars of Evolution Data Server, as its programs see them: over D-Bus, past syncd."""
import os
import re
import signal

import dbus
from gi.repository import GLib

PREFIX = 'org.gnome.evolution.dataserver.'
PATIENCE = 60  # seconds, of a call


class Source:
    factory, path, interface = '', '', ''
    kind = ''  # of what the factory opens

    def __init__(self, address, uid):
        self._uid = uid
        self._bus = dbus.bus.BusConnection(address)
        self.open()

    def close(self):
        self._bus.close()

    def open(self):
        """Again, after the factory has ended."""
        factory = self._bus.get_object(self.factory, self.path, introspect=False)
        where, name = factory.get_dbus_method('Open' + self.kind, f'{PREFIX}{self.interface}Factory')(
            self._uid, timeout=PATIENCE)
        self._object = self._bus.get_object(name, where, introspect=False)
        self.call('Open')

    def call(self, method, *arguments):
        return self._object.get_dbus_method(method, PREFIX + self.interface)(*arguments, timeout=PATIENCE)

    def kill(self):
        """The process that has the source open. It is gone from the bus with the return."""
        gone = []
        watch = self._bus.watch_name_owner(self._object.bus_name, lambda owner: owner or gone.append(True))
        pid = self._bus.call_blocking('org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus',
                                      'GetConnectionUnixProcessID', 's', (self._object.bus_name,))
        os.kill(pid, signal.SIGKILL)
        while not gone:
            GLib.MainContext.default().iteration(True)
        watch.cancel()


class AddressBook(Source):
    factory = PREFIX + 'AddressBook10'
    path = '/org/gnome/evolution/dataserver/AddressBookFactory'
    interface = kind = 'AddressBook'

    def all(self):
        """UID → text"""
        texts = self.call('GetContactList', '(contains "x-evolution-any-field" "")')
        return {re.search('^UID:(.*?)\r?$', text, re.M)[1]: str(text) for text in texts}

    def add(self, text):
        return str(self.call('CreateContacts', dbus.Array([text], signature='s'), dbus.UInt32(0))[0])

    def change(self, uid, old, new):
        text = self.all()[uid]
        assert old in text, text
        self.call('ModifyContacts', dbus.Array([text.replace(old, new)], signature='s'), dbus.UInt32(0))

    def remove(self, *uids):
        self.call('RemoveContacts', dbus.Array(uids, signature='s'), dbus.UInt32(0))

    def empty(self):
        if uids := self.all():
            self.remove(*uids)

    def uid_of(self, name):
        found, = (uid for uid, text in self.all().items() if f'FN:Test {name}' in text.splitlines())
        return found


class Calendar(Source):
    factory = PREFIX + 'Calendar8'
    path = '/org/gnome/evolution/dataserver/CalendarFactory'
    interface = kind = 'Calendar'

    def all(self):
        """The components."""
        return [str(text) for text in self.call('GetObjectList', '#t')]

    def add(self, text):
        """The one component of `text`."""
        component = re.search(r'BEGIN:(VEVENT|VTODO|VJOURNAL).*END:\1\r\n', text, re.S)[0]
        return str(self.call('CreateObjects', dbus.Array([component], signature='s'), dbus.UInt32(0))[0])

    def named(self, summary):
        """The component."""
        found, = (text for text in self.all() if f'SUMMARY:{summary}' in text.splitlines())
        return found

    def remove(self, *uids):
        self.call('RemoveObjects', dbus.Array([(uid, '') for uid in uids], signature='(ss)'), 'all', dbus.UInt32(0))

    def empty(self):
        if uids := {re.search('^UID:(.*?)\r?$', text, re.M)[1] for text in self.all()}:
            self.remove(*uids)

    def change(self, text):
        self.call('ModifyObjects', dbus.Array([text], signature='s'), 'all', dbus.UInt32(0))


class TaskList(Calendar):
    kind = 'TaskList'


class MemoList(Calendar):
    kind = 'MemoList'
