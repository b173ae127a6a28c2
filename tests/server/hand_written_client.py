"""A client put together by hand, message by message: it knows nothing of when to send what."""
import base64
import hashlib
import urllib.request
import xml.etree.ElementTree as ElementTree

CARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{0}\r\nN:{0};;;;\r\nFN:{0}\r\nNOTE:{1}\r\nEND:VCARD\r\n'


def escape(text):
    return text.replace('&', '&amp;').replace('<', '&lt;').replace('\r', '&#13;')


class Client:
    def __init__(self, server, device='device-1', session='7', user='alice', password='s3cret', nonce=None,
                 version='1.2'):
        self.base = self.url = server.url
        self.device, self.session, self.user, self.password, self.nonce = device, session, user, password, nonce
        self.version = version
        self.message = 0
        self.max_msg_size = 65536

    def md5(self):
        if self.version == '1.0':
            text = f'{self.user}:{self.password}:'.encode() + base64.b64decode(self.nonce)
            return self.credentials('syncml:auth-md5', base64.b64encode(hashlib.md5(text).digest()).decode())
        inner = base64.b64encode(hashlib.md5(f'{self.user}:{self.password}'.encode()).digest())
        outer = hashlib.md5(inner + b':' + base64.b64decode(self.nonce)).digest()
        return self.credentials('syncml:auth-md5', base64.b64encode(outer).decode())

    def basic(self):
        return self.credentials('syncml:auth-basic',
                                base64.b64encode(f'{self.user}:{self.password}'.encode()).decode())

    @staticmethod
    def credentials(kind, data):
        return (f'<Cred><Meta><Format xmlns="syncml:metinf">b64</Format><Type xmlns="syncml:metinf">{kind}</Type></Meta>'
                f'<Data>{data}</Data></Cred>')

    def text(self, body, cred='', final=True):
        self.message += 1
        return (f'<SyncML xmlns="SYNCML:SYNCML{self.version}"><SyncHdr><VerDTD>{self.version}</VerDTD>'
                f'<VerProto>SyncML/{self.version}</VerProto>'
                f'<SessionID>{self.session}</SessionID><MsgID>{self.message}</MsgID>'
                f'<Target><LocURI>{self.base}</LocURI></Target>'
                f'<Source><LocURI>{self.device}</LocURI><LocName>{self.user}</LocName></Source>{cred}'
                f'<Meta><MaxMsgSize xmlns="syncml:metinf">{self.max_msg_size}</MaxMsgSize></Meta></SyncHdr>'
                f'<SyncBody>{body}{"<Final/>" if final else ""}</SyncBody></SyncML>')

    def post(self, text):
        request = urllib.request.Request(self.url, data=text.encode(), method='POST',
                                         headers={'Content-Type': 'application/vnd.syncml+xml'})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as reply:
            answer = Answer(reply.read())
        if answer.resp_uri:
            self.url = answer.resp_uri
        if answer.nonce:
            self.nonce = answer.nonce
        return answer

    def send(self, body, **options):
        return self.post(self.text(body, **options))


class Answer:
    def __init__(self, document):
        self.size = len(document)
        self.root = ElementTree.fromstring(document)
        self.namespace = self.root.tag.partition('}')[0][1:]
        for element in self.root.iter():
            element.tag = element.tag.rpartition('}')[2]
        self.version = self.root.findtext('SyncHdr/VerDTD'), self.root.findtext('SyncHdr/VerProto')
        self.resp_uri = self.root.findtext('SyncHdr/RespURI')
        self.nonce = self.root.findtext('.//Chal/Meta/NextNonce')
        self.final = self.root.find('SyncBody/Final') is not None
        body = self.root.find('SyncBody')
        # (Cmd, CmdRef) → code
        self.status = {(s.findtext('Cmd'), s.findtext('CmdRef')): s.findtext('Data') for s in body.findall('Status')}
        self.alerts = [(a.findtext('Data'), a.findtext('Item/Source/LocURI')) for a in body.findall('Alert')]
        self.ids = {element.tag: element.findtext('CmdID') for element in body if element.tag not in ('Status', 'Final')}
        self.last = body.findtext('Alert/Item/Meta/Anchor/Last')
        self.next = body.findtext('Alert/Item/Meta/Anchor/Next')
        self.syncs = body.findall('Sync')
        self.items = [(c.tag, c.findtext('CmdID'), c.findtext('Item/Source/LocURI') or c.findtext('Item/Target/LocURI'),
                       c.findtext('Item/Data')) for sync in self.syncs for c in sync if c.find('Item') is not None]


def status(number, message, reference, command, code=200, extra=''):
    return (f'<Status><CmdID>{number}</CmdID><MsgRef>{message}</MsgRef><CmdRef>{reference}</CmdRef>'
            f'<Cmd>{command}</Cmd><Data>{code}</Data>{extra}</Status>')


def anchor_echo(anchor):
    return f'<Item><Data><Anchor xmlns="syncml:metinf"><Next>{anchor}</Next></Anchor></Data></Item>'


def alert(number, code, last, following, store='card'):
    last = f'<Last>{last}</Last>' if last else ''
    return (f'<Alert><CmdID>{number}</CmdID><Data>{code}</Data><Item><Target><LocURI>{store}</LocURI></Target>'
            f'<Source><LocURI>contacts</LocURI></Source><Meta><Anchor xmlns="syncml:metinf">{last}'
            f'<Next>{following}</Next></Anchor></Meta></Item></Alert>')


def next_message(number):
    return (f'<Alert><CmdID>{number}</CmdID><Data>222</Data><Item><Target><LocURI>server</LocURI></Target>'
            f'<Source><LocURI>client</LocURI></Source></Item></Alert>')


def suspend(number):
    return next_message(number).replace('<Data>222', '<Data>224')


def put(number, flags='<SupportNumberOfChanges/>', device='device-1', version='1.2'):
    return (f'<Put><CmdID>{number}</CmdID><Meta><Type xmlns="syncml:metinf">application/vnd.syncml-devinf+xml</Type></Meta>'
            f'<Item><Source><LocURI>./devinf{version.replace(".", "")}</LocURI></Source><Data>'
            f'<DevInf xmlns="syncml:devinf"><VerDTD>{version}</VerDTD>'
            f'<DevID>{device}</DevID><DevTyp>workstation</DevTyp>{flags}<DataStore><SourceRef>contacts</SourceRef>'
            f'<Rx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Rx-Pref>'
            f'<Tx-Pref><CTType>text/vcard</CTType><VerCT>3.0</VerCT></Tx-Pref>'
            f'<SyncCap><SyncType>1</SyncType></SyncCap></DataStore></DevInf></Data></Item></Put>')


def sync(number, commands, count=None, store='card'):
    count = f'<NumberOfChanges>{count}</NumberOfChanges>' if count is not None else ''
    return (f'<Sync><CmdID>{number}</CmdID><Target><LocURI>{store}</LocURI></Target>'
            f'<Source><LocURI>contacts</LocURI></Source>{count}{commands}</Sync>')


def item(verb, number, luid, data=None):
    data = f'<Data>{escape(data)}</Data>' if data else ''
    kind = '<Meta><Type xmlns="syncml:metinf">text/vcard</Type></Meta>' if data else ''
    return (f'<{verb}><CmdID>{number}</CmdID>{kind}<Item><Source><LocURI>{luid}</LocURI></Source>{data}</Item></{verb}>')


def chunk(verb, number, luid, data, size=None, more=True):
    size = f'<Meta><Size xmlns="syncml:metinf">{size}</Size></Meta>' if size is not None else ''
    return (f'<{verb}><CmdID>{number}</CmdID><Meta><Type xmlns="syncml:metinf">text/vcard</Type></Meta><Item><Source>'
            f'<LocURI>{luid}</LocURI></Source>{size}<Data>{escape(data)}</Data>{"<MoreData/>" * more}</Item></{verb}>')


def mapping(number, pairs):
    pairs = ''.join(f'<MapItem><Target><LocURI>{guid}</LocURI></Target><Source><LocURI>{luid}</LocURI></Source></MapItem>'
                    for guid, luid in pairs)
    return (f'<Map><CmdID>{number}</CmdID><Target><LocURI>card</LocURI></Target>'
            f'<Source><LocURI>contacts</LocURI></Source>{pairs}</Map>')
