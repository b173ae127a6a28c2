"""Runs the packaged syncevo-http-server on a socket that is handed in.

usage: syncevolution_front.py LISTENING-FD READY-FD basic|md5 LOG-DIRECTORY URL

What the package needs to be of use in a test:
- its interpreter line still reads #!@PYTHON@, so it is loaded as a module;
- it binds every interface and has no option against that: it gets our socket;
- nothing tells when it listens: a line is written to READY-FD;
- nothing tells what credentials came: credentials.log gets a line for each first message, the type in its Cred and the
  status of its header, e.g. `syncml:auth-md5 212`;
- nothing stops it in the middle: with `N before` or `N after` in the file `hold` the Nth message of a session is never
  handed on, or its answer is never given out; with `N delayed` it is handed on when the FIFO `go` has been written to;
  that it has come so far is a line in the FIFO `held`;
- it takes MD5 and basic credentials but its challenge, fixed in the engine, is always for MD5: with `basic` others are
  taken out on their way in, and the challenge is rewritten on its way out.
"""
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import re
import shutil
import socket
import sys


# What is looked for in messages: in XML, and as the octets of WBXML, in which both write strings as they are.
CRED = re.compile(rb'<Cred>.*?</Cred>|\x4e\x5a\x00\x01.*?\x00\x00\x4f\x03[^\x00]*\x00\x01\x01', re.S)
SCHEME = re.compile(rb'syncml:auth-[a-z0-9]+')
STATUS = re.compile(rb'<Cmd>SyncHdr</Cmd>.*?<Data>(\d+)</Data>|\x4a\x03SyncHdr\x00.*?\x4f\x03(\d{3})\x00', re.S)
MD5_CHALLENGES = (re.compile(rb'(<Type [^>]*>)syncml:auth-md5(</Type>)<NextNonce.*?</NextNonce>', re.S),
                  re.compile(rb'(\x53\x03)syncml:auth-md5(\x00\x01)\x50\x03[^\x00]*\x00\x01'))


def watch_credentials(session, log, only_basic):
    packaged_start, packaged_reply = session.start, session.reply

    def start(self, request, *arguments):
        data = request.content.read()
        cred = CRED.search(data)
        scheme = SCHEME.search(cred.group()).group() if cred else b'none'
        if only_basic and cred and scheme != b'syncml:auth-basic':
            data = data[:cred.start()] + data[cred.end():]
        self.scheme = scheme.decode()
        request.content = io.BytesIO(data)
        packaged_start(self, request, *arguments)

    def reply(self, data, *arguments, **keywords):
        data = bytes(data)
        status = STATUS.search(data)
        if self.scheme and status:
            with open(log, 'a') as file:
                file.write(f'{self.scheme} {(status.group(1) or status.group(2)).decode()}\n')
            self.scheme = None
        if only_basic:
            for challenge in MD5_CHALLENGES:
                data = challenge.sub(rb'\1syncml:auth-basic\2', data)
        packaged_reply(self, data, *arguments, **keywords)

    session.start, session.reply = start, reply


def hold(session, directory):
    """Lets a client wait at the message that `hold` names."""
    packaged_start, packaged_process, packaged_reply = session.start, session.process, session.reply

    def place():
        file = directory / 'hold'
        number, _, when = file.read_text().partition(' ') if file.exists() else ('0', '', '')
        return int(number), when

    def tell():
        with open(directory / 'held', 'w') as fifo:
            fifo.write('held\n')

    def is_kept(number):
        """Whether this message is never to be handed on; a delayed one has had its time then."""
        if place() == (number, 'delayed'):
            tell()
            (directory / 'go').read_text()  # there is no other client that could wait meanwhile
        elif place() == (number, 'before'):
            tell()
            return True
        return False

    def start(self, request, *arguments):
        self.messages = 1
        if is_kept(1):
            return
        packaged_start(self, request, *arguments)

    def process(self, request, data):
        self.messages += 1
        if is_kept(self.messages):
            return
        packaged_process(self, request, data)

    def reply(self, data, *arguments, **keywords):
        if place() == (self.messages, 'after'):
            return tell()
        packaged_reply(self, data, *arguments, **keywords)

    session.start, session.process, session.reply = start, process, reply


def main():
    listening, ready, scheme, directory, url = int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
    directory = pathlib.Path(directory)
    script = shutil.which('syncevo-http-server')
    sys.argv = [script, '--quiet', url]

    from twisted.internet import posixbase  # does not install a reactor yet: the script does

    def listen(self, _port, factory, backlog=50, interface=''):
        port = self.adoptStreamPort(listening, socket.AF_INET, factory)
        os.write(ready, b'listening\n')
        os.close(ready)
        return port

    posixbase.PosixReactorBase.listenTCP = listen
    loader = importlib.machinery.SourceFileLoader('syncevo_http', script)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('syncevo_http', loader))
    loader.exec_module(module)
    watch_credentials(module.SyncMLSession, directory / 'credentials.log', only_basic=scheme == 'basic')
    hold(module.SyncMLSession, directory)
    module.main()


if __name__ == '__main__':
    main()
