"""A web server before the reference server, for what web servers do by themselves: TLS that wants to see a certificate,
HTTP authentication, compression, cookies, relative addresses. It writes down what the client said below SyncML."""
import base64
import gzip
import hashlib
import http.client
import http.server
import re
import ssl
import threading
import urllib.parse

NONCE = '5f2b1c'


class WebFront:
    """`certificate`, `key`: it serves HTTPS; `client_ca`: to clients with a certificate of it alone. `login`:
    ('Basic' or 'Digest', user, password) that every request must show. `compress`: replies travel in gzip.
    `relative`: RespURI has no host. `cookies`: every reply sets one, and every later request must bring it."""

    def __init__(self, server, certificate=None, key=None, client_ca=None, login=None, compress=False, relative=False,
                 cookies=False):
        self.login, self.compress, self.relative, self.cookies = login, compress, relative, cookies
        self.busy = None         # (status, Retry-After): what every request is answered by; with 200 it is passed on
        self.requests = []       # headers of each, as a dictionary
        self.names = []          # by which TLS clients asked for us
        self._server = server.url
        self._http = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self._handler())
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        scheme = 'http'
        if certificate:
            scheme = 'https'
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            context.sni_callback = lambda _socket, name, _context: self.names.append(name)
            if client_ca:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(client_ca)
            # The handshake is the handler's: one that fails must not end the server.
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f'{scheme}://127.0.0.1:{self.port}/sync'
        self._thread = threading.Thread(target=self._http.serve_forever)
        self._thread.start()

    def stop(self):
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def credentials(self):
        """The Authorization headers, in the order in which they came; None for a request without."""
        return [request.get('Authorization') for request in self.requests]

    # ---- one request -------------------------------------------------------------------------

    def _admits(self, header, path):
        if not self.login:
            return True
        scheme, user, password = self.login
        if scheme == 'Basic':
            return header == 'Basic ' + _base64(f'{user}:{password}')
        if not header or not header.startswith('Digest '):
            return False
        said = {name: quoted or bare for name, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^", ]*))', header)}
        who = _md5(f'{user}:sync:{password}')
        expected = _md5(':'.join([who, NONCE, said['nc'], said['cnonce'], 'auth', _md5(f'POST:{path}')]))
        return (said['username'], said['nonce'], said['uri'], said['response']) == (user, NONCE, path, expected)

    def _challenge(self):
        if self.login[0] == 'Basic':
            return 'Basic realm="sync"'
        return f'Digest realm="sync", qop="auth", nonce="{NONCE}"'

    def _pass_on(self, path, headers, body):
        """The reference server's reply: status, type and body."""
        path = re.sub(r'^http://[^/]*', '', path)  # a proxy is asked for a whole URL
        server = urllib.parse.urlsplit(self._server)
        connection = http.client.HTTPConnection(server.hostname, server.port, timeout=60)
        own = re.compile(rb'https?://[^/<]*:%d/sync' % self.port)
        connection.request('POST', path, own.sub(self._server.encode(), body), {'Content-Type': headers['Content-Type']})
        reply = connection.getresponse()
        here = f'{urllib.parse.urlsplit(self.url).scheme}://{headers["Host"]}/sync'  # by the client's name for us
        answer = reply.read().replace(self._server.encode(), here.encode())
        connection.close()
        if self.relative:
            answer = re.sub(rb'<RespURI>[^?]*/sync', b'<RespURI>sync', answer)
        return reply.status, reply.getheader('Content-Type'), answer

    def _handler(self):
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:  # a handshake that fails, a client that goes
                    self.close_connection = True

            def answer(self, status, headers, body):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                front.requests.append(dict(self.headers))
                if not front._admits(self.headers['Authorization'], self.path):
                    return self.answer(401, {'WWW-Authenticate': front._challenge()}, b'<html>Who are you?</html>')
                more = {'Retry-After': str(front.busy[1])} if front.busy else {}
                if front.busy and front.busy[0] != 200:
                    return self.answer(front.busy[0], more, b'busy')
                number = len(front.requests)
                if front.cookies and number > 1 and f'turn={number - 1}' not in self.headers.get('Cookie', ''):
                    return self.answer(400, {}, b'')
                status, kind, answer = front._pass_on(self.path, self.headers, body)
                headers = {'Content-Type': kind, **more}
                if front.cookies:
                    headers['Set-Cookie'] = f'turn={number}; Path=/; HttpOnly'
                if front.compress:
                    answer = gzip.compress(answer)
                    headers['Content-Encoding'] = 'gzip'
                return self.answer(status, headers, answer)

        return Handler


def _md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def _base64(text):
    return base64.b64encode(text.encode()).decode()
