"""Server alerted notifications (package #0) as a server writes them, made from the specification."""
import base64
import hashlib
from xml.sax.saxutils import escape

BACKGROUND, INFORMATIVE, ASK = 1, 2, 3
# WSP's numbers of media types, and those that servers use for the newer ones
TYPES = {'': 0, 'text/plain': 0x03, 'text/x-vcalendar': 0x06, 'text/x-vcard': 0x07, 'text/calendar': 0x0305,
         'text/vcard': 0x0309}


class Bits:
    """Fields of so many bits each, the most significant first."""

    def __init__(self):
        self.text = ''

    def add(self, value, size):
        assert 0 <= value < 1 << size, (value, size)
        self.text += format(value, f'0{size}b')
        return self

    def octets(self):
        assert len(self.text) % 8 == 0
        return bytes(int(self.text[at:at + 8], 2) for at in range(0, len(self.text), 8))


def digest(server, password, nonce, notification):
    def b64_md5(octets):
        return base64.b64encode(hashlib.md5(octets).digest())
    return hashlib.md5(b64_md5(f'{server}:{password}'.encode()) + b':' + nonce + b':' + b64_md5(notification)).digest()


def san(server, password=None, syncs=(), session=0, ui=BACKGROUND, initiator=1, nonce=b'', version=12, vendor=b''):
    """The notification of DS 1.2. `syncs`: (206…210, database, media type). Without a password its digest is zero."""
    bits = Bits().add(version, 10).add(ui, 2).add(initiator, 1).add(0, 27).add(session, 16)
    body = bits.add(len(server.encode()), 8).octets() + server.encode()
    body += Bits().add(len(syncs), 4).add(0, 4).octets()
    for code, database, kind in syncs:
        uri = database.encode()
        body += Bits().add(code - 200, 4).add(0, 4).add(TYPES[kind], 24).add(len(uri), 8).octets() + uri
    body += vendor
    return (bytes(16) if password is None else digest(server, password, nonce, body)) + body


def alerts(server, password=None, syncs=(), session='1', version='1.1', nonce=b''):
    """The notification of DS 1.0 and 1.1: a message of Alerts."""
    cred = ''
    if password is not None:
        inner = base64.b64encode(hashlib.md5(f'{server}:{password}'.encode()).digest())
        proof = base64.b64encode(hashlib.md5(inner + b':' + nonce).digest()).decode()
        cred = (f'<Cred><Meta><Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">syncml:auth-md5</Type>'
                f'</Meta><Data>{proof}</Data></Cred>')
    body = ''.join(
        f'<Alert><CmdID>{number}</CmdID><Data>{code}</Data><Item><Source><LocURI>{escape(database)}</LocURI></Source>'
        f'<Meta><Type xmlns="syncml:metinf">{kind}</Type></Meta></Item></Alert>'
        for number, (code, database, kind) in enumerate(syncs, 1))
    return (f'<?xml version="1.0" encoding="UTF-8"?><SyncML xmlns="SYNCML:SYNCML{version}"><SyncHdr><VerDTD>{version}</VerDTD>'
            f'<VerProto>SyncML/{version}</VerProto><SessionID>{escape(session)}</SessionID><MsgID>1</MsgID>'
            f'<Target><LocURI>/</LocURI></Target><Source><LocURI>{escape(server)}</LocURI></Source>{cred}</SyncHdr>'
            f'<SyncBody>{body}<Final/></SyncBody></SyncML>').encode()
