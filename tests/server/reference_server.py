"""syncd-test-server as an object: starts it, speaks to its control interface, ends it."""
import json
import os
import ssl
import subprocess
import urllib.error
import urllib.request

# Loopback is never behind a proxy.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ControlError(Exception):
    """The server does not know the call, or its arguments make no sense."""


class ReferenceServer:
    """A server of the given options, e.g. ReferenceServer('--user', 'alice:s3cret'). `tls`: it
    serves HTTPS. `stderr`: where its trace goes."""

    def __init__(self, *options, tls=False, stderr=None):
        program = os.environ['SYNCD_TEST_SERVER']
        self.process = subprocess.Popen([program, '--until-eof', *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=stderr, text=True)
        word, _, self.url = self.process.stdout.readline().strip().partition(' ')
        if word != 'READY':
            raise RuntimeError(f'{program} did not start: {self.process.wait()}')
        self.port = int(self.url.rpartition(':')[2].partition('/')[0])
        self._control = self.url[:-len('/sync')] + '/_control/'
        self._opener = _opener
        if tls:
            # A test server on loopback that we started ourselves, often with a certificate made to be refused.
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}),
                                                       urllib.request.HTTPSHandler(context=context))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def call(self, name, **arguments):
        request = urllib.request.Request(self._control + name, data=json.dumps(arguments).encode(), method='POST')
        try:
            with self._opener.open(request, timeout=60) as reply:
                return json.loads(reply.read())
        except urllib.error.HTTPError as error:
            with error:
                raise ControlError(json.loads(error.read())['error']) from None

    # ---- the user's data on the server -------------------------------------------

    def items(self, store, **more):
        """guid → text"""
        return {item['guid']: item['data'] for item in self.call('list', store=store, **more)['items']}

    def put(self, store, data, guid=None, **more):
        if guid is not None:
            more['guid'] = guid
        return self.call('put', store=store, data=data, **more)['guid']

    def put_all(self, store, texts, **more):
        return self.call('put-all', store=store, items=list(texts), **more)['guids']

    def delete(self, store, guid, **more):
        self.call('delete', store=store, guid=guid, **more)

    # ---- what it saw ----------------------------------------------------------------

    def sessions(self):
        return self.call('sessions')['sessions']

    def last_session(self):
        return self.sessions()[-1]

    def violations(self):
        return [f"{v['rule']}: {v['text']} (session {v['session']}, message {v['message']})"
                for v in self.call('violations')['violations']]

    def unfinished(self):
        """The syncs that have begun and not come to their end."""
        return self.call('unfinished')['syncs']

    # ---- how it behaves ---------------------------------------------------------------

    def misbehave(self, fault):
        self.call('misbehave', fault=fault)

    def behave(self):
        """Forgets all faults; how many were left, because what they are for never came or they are for ever."""
        return self.call('behave')['left']

    def options(self, **options):
        self.call('options', **options)

    def reset(self):
        self.call('reset')
