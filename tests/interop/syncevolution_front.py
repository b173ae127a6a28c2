"""Runs the packaged syncevo-http-server on a socket that is handed in.

usage: syncevolution_front.py LISTENING-FD READY-FD basic|md5 URL

What the package needs to be of use in a test:
- its interpreter line still reads #!@PYTHON@, so it is loaded as a module;
- it binds every interface and has no option against that: it gets our socket;
- nothing tells when it listens: a line is written to READY-FD;
- it takes basic credentials but its challenge, fixed in the engine, is always for MD5: with
  `basic` the challenge is rewritten on its way out.
"""
import importlib.machinery
import importlib.util
import os
import re
import shutil
import socket
import sys


def challenge_basic(session):
    packaged = session.reply

    def reply(self, data, *arguments, **keywords):
        data = re.sub(rb'(<Type [^>]*>)syncml:auth-md5(</Type>)<NextNonce.*?</NextNonce>', rb'\1syncml:auth-basic\2',
                      bytes(data))
        packaged(self, data, *arguments, **keywords)

    session.reply = reply


def main():
    listening, ready, scheme, url = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
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
    if scheme == 'basic':
        challenge_basic(module.SyncMLSession)
    module.main()


if __name__ == '__main__':
    main()
