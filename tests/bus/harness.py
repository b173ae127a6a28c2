"""Clients of syncd as tests want them: of any uid, with everything they hear kept in order.

Runs as root under scripts/with-syncd, which puts the bus and the daemon there.
"""
import os
import pathlib
import unittest
import xml.etree.ElementTree

import dbus
import dbus.lowlevel
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NAME = 'org.syncd1'
MANAGER, PROFILE, STORE = 'org.syncd1.Manager', 'org.syncd1.Profile', 'org.syncd1.Store'
PROPERTIES = 'org.freedesktop.DBus.Properties'
INTROSPECTABLE = 'org.freedesktop.DBus.Introspectable'
PEER = 'org.freedesktop.DBus.Peer'
MANAGER_PATH = '/org/syncd1'
CONTACTS, EVENTS = '/org/syncd1/store/contact', '/org/syncd1/store/event'
ERROR = 'org.syncd1.Error.'
FREEDESKTOP = 'org.freedesktop.DBus.Error.'
# Two users of every Debian system (base-passwd), and one more.
ANNA, BERT, CARL = 1, 2, 3
# Long enough for an instrumented daemon on a busy machine; nothing waits for it to pass.
PATIENCE = 60

NO_KEYS = dbus.Dictionary({}, signature='sv')


def signatures():
    """(interface, member) → signature of arguments, of the reply"""
    found = {}
    for file in (ROOT / 'dbus-interfaces').glob('*.xml'):
        for interface in xml.etree.ElementTree.parse(file).getroot():
            for method in interface.iter('method'):
                found[interface.get('name'), method.get('name')] = tuple(
                    ''.join(arg.get('type') for arg in method.iter('arg') if arg.get('direction') == direction)
                    for direction in ('in', 'out'))
    return found


SIGNATURES = signatures()


def path_of(profile_id):
    return '/org/syncd1/profile/' + profile_id


def services(*words, **changes):
    """services('CONTACT card', 'EVENT cal')"""
    listed = []
    for word in words:
        kind, database = word.split()
        listed.append(dbus.Dictionary({'ServiceType': kind, 'ServerDatabaseUri': database, **changes},
                                      signature='sv'))
    return dbus.Array(listed, signature='a{sv}', variant_level=1)


def profile(without=(), **changes):
    """A profile dictionary that is fine, with changes."""
    values = {'ProfileName': 'Work', 'Url': 'https://sync.example.org/ds', 'Id': 'alice', 'Password': 's3cret',
              'Mode': 'MANUAL', 'Services': services('CONTACT card', 'EVENT cal'), **changes}
    return dbus.Dictionary({key: value for key, value in values.items() if key not in without}, signature='sv')


class Client:
    """One connection to the bus, of `uid`; to the bus that with-syncd made, unless `address` says otherwise."""

    def __init__(self, uid=0, address=None):
        self.uid = uid
        self.heard = []  # ('signal', path, interface.member, arguments), ('reply', label, arguments or error name)
        # The bus takes the uid from the socket, which has it from whoever connects.
        own = os.geteuid(), os.getegid()
        if uid != own[0]:
            os.setegid(uid)
            os.seteuid(uid)
        try:
            self.connection = dbus.bus.BusConnection(address or os.environ['DBUS_SYSTEM_BUS_ADDRESS'],
                                                     mainloop=DBusGMainLoop())
        finally:
            if uid != own[0]:
                os.seteuid(own[0])
                os.setegid(own[1])
        self.connection.add_message_filter(self._on_message)

    def close(self):
        self.connection.close()

    @property
    def name(self):
        return self.connection.get_unique_name()

    def _on_message(self, _, message):
        if isinstance(message, dbus.lowlevel.SignalMessage) and message.get_path() != '/org/freedesktop/DBus':
            self.heard.append(('signal', str(message.get_path()), f'{message.get_interface()}.{message.get_member()}',
                               plain(message.get_args_list())))
            return dbus.lowlevel.HANDLER_RESULT_HANDLED
        return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED

    # ---- calls ------------------------------------------------------------------

    def message(self, path, interface, member, *arguments, signature=None, may_ask_user=False):
        message = dbus.lowlevel.MethodCallMessage(NAME, path, interface, member)
        message.set_allow_interactive_authorization(may_ask_user)
        if signature is None:
            signature = SIGNATURES[interface, member][0]
        message.append(*arguments, signature=signature)
        return message

    def call(self, path, interface, member, *arguments, **how):
        """The reply's value (None, one, or a tuple); dbus.DBusException for an error."""
        reply = self.connection.send_message_with_reply_and_block(
            self.message(path, interface, member, *arguments, **how), PATIENCE)
        expected = SIGNATURES.get((interface, member))
        if expected and reply.get_signature() != expected[1]:
            raise AssertionError(f'{member} answered {reply.get_signature()!r}, the contract says {expected[1]!r}')
        values = plain(reply.get_args_list())
        return tuple(values) if len(values) > 1 else values[0] if values else None

    def begin(self, label, path, interface, member, *arguments, **how):
        """The same without waiting: the answer is `heard`."""

        def answered(reply):
            if isinstance(reply, dbus.lowlevel.ErrorMessage):
                self.heard.append(('reply', label, str(reply.get_error_name())))
            else:
                self.heard.append(('reply', label, plain(reply.get_args_list())))

        self.connection.send_message_with_reply(
            self.message(path, interface, member, *arguments, **how), answered, PATIENCE)

    def manager(self, member, *arguments):
        return self.call(MANAGER_PATH, MANAGER, member, *arguments)

    def store(self, member, *arguments, path=CONTACTS):
        return self.call(path, STORE, member, *arguments)

    def get(self, path, interface, name):
        return self.call(path, PROPERTIES, 'Get', interface, name, signature='ss')

    def get_all(self, path, interface):
        return self.call(path, PROPERTIES, 'GetAll', interface, signature='s')

    def introspect(self, path):
        return self.call(path, INTROSPECTABLE, 'Introspect', signature='')

    def children(self, path):
        return [node.get('name') for node in xml.etree.ElementTree.fromstring(self.introspect(path)).iter('node')
                if node.get('name')]

    def add(self, *arguments, **changes):
        return self.manager('Add', profile(*arguments, **changes))

    def start(self, profile_id, **options):
        return self.manager('StartSync', profile_id, dbus.Dictionary(options, signature='sv'))

    # ---- waiting ------------------------------------------------------------------

    def wait(self, condition, what='it'):
        """Turns the loop until `condition()`."""
        late = []
        timer = GLib.timeout_add_seconds(PATIENCE, lambda: late.append(True))
        context = GLib.MainContext.default()
        while not condition():
            if late:
                raise AssertionError(f'{what} did not happen; heard: {self.heard}')
            context.iteration(True)
        if not late:
            GLib.source_remove(timer)

    def settle(self):
        """Until everything that the daemon has sent to this connection so far was heard."""
        label = object()
        self.begin(label, '/', PEER, 'Ping', signature='')
        self.wait(lambda: any(entry[1] is label for entry in self.heard))
        self.heard = [entry for entry in self.heard if entry[1] is not label]

    def hear_the_rest(self):
        """Everything that a daemon sent that is no longer there."""
        label = object()
        message = dbus.lowlevel.MethodCallMessage('org.freedesktop.DBus', '/org/freedesktop/DBus', PEER, 'Ping')
        self.connection.send_message_with_reply(message, lambda _: self.heard.append(('reply', label, [])), PATIENCE)
        self.wait(lambda: any(entry[1] is label for entry in self.heard))
        self.heard = [entry for entry in self.heard if entry[1] is not label]

    def signals(self, *members):
        """What was heard of these members, as (member, arguments)."""
        return [(name.rsplit('.', 1)[1], arguments) for kind, _, name, arguments in
                (entry for entry in self.heard if entry[0] == 'signal')
                if not members or name.rsplit('.', 1)[1] in members]

    def wait_for_end(self, profile_id, session):
        """The name of the session's last signal, and its arguments behind the session."""
        def end():
            return [(member, arguments[2:]) for member, arguments in self.signals('Completed', 'Stopped', 'Failed')
                    if arguments[:2] == [profile_id, session]]
        self.wait(end, f'the end of session {session}')
        return end()[0]


def plain(value):
    """Python's own types, so that comparisons and texts are readable."""
    if isinstance(value, dbus.Boolean):
        return bool(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, dict):
        return {plain(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(entry) for entry in value)
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return value


class TestCase(unittest.TestCase):
    def setUp(self):
        self.clients = []
        self.addCleanup(self.remove_everything)

    def client(self, uid=0):
        client = Client(uid)
        self.clients.append(client)
        return client

    def leave(self, *clients):
        """Closes these connections and waits until the bus has told everybody."""
        observer = Client()
        left = []
        for client in clients:
            observer.connection.watch_name_owner(client.name, lambda owner: owner or left.append(True))
            client.close()
            self.clients.remove(client)
        observer.wait(lambda: len(left) == len(clients))
        observer.close()

    def remove_everything(self):
        """Leaves the daemon as the next test wants it."""
        uids = {client.uid for client in self.clients} | {0}
        self.leave(*self.clients)
        for uid in uids:
            client = Client(uid)
            for profile_id in client.manager('GetAll'):
                client.manager('Remove', profile_id)
            for path in (CONTACTS, EVENTS):
                for item, _ in client.store('List', path=path):
                    client.store('Delete', item, path=path)
            client.close()

    def assertError(self, name, function, *arguments, **keywords):
        """The error's message."""
        with self.assertRaises(dbus.DBusException) as raised:
            function(*arguments, **keywords)
        self.assertEqual(raised.exception.get_dbus_name(), name, raised.exception.get_dbus_message())
        return raised.exception.get_dbus_message()


def polkit():
    """The controls of the mock of polkit."""
    connection = dbus.bus.BusConnection(os.environ['DBUS_SYSTEM_BUS_ADDRESS'])
    authority = connection.get_object('org.freedesktop.PolicyKit1', '/org/freedesktop/PolicyKit1/Authority')
    return dbus.Interface(authority, 'org.freedesktop.DBus.Mock')


def set_allowed(*actions):
    """What polkit grants from now on; as with-syncd leaves it: sync and manage."""
    polkit().SetAllowed(dbus.Array(['org.syncd1.' + action for action in actions], signature='s'))
