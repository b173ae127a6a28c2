#!/usr/bin/python3
"""SyncML 1.1 and 1.0 with the reference server, against a client written out by hand."""
import unittest
import urllib.request

from hand_written_client import CARD, Client, alert, anchor_echo, chunk, item, mapping, put, status, suspend, sync
from server_case import ServerTest

ADA = CARD.format('Ada', '')
GET = ('<Get><CmdID>8</CmdID><Meta><Type xmlns="syncml:metinf">application/vnd.syncml-devinf+xml</Type></Meta>'
       '<Item><Target><LocURI>./devinf{0}</LocURI></Target></Item></Get>')


class Versions(ServerTest):
    options = ('--user', 'alice:s3cret')

    def open(self, version, extra='', flags='', number='7'):
        """A first message whose credentials are right, its answer, and what the next message begins with."""
        client = Client(self.server, version=version, session=number)
        client.send(alert(2, 201, '', 'c1'))
        first = client.send(put(1, flags=flags, version=version) + alert(2, 201, '', 'c1') + extra, cred=client.md5())
        opening = status(1, 2, 0, 'SyncHdr')
        number = 2
        for name in ('Results', 'Alert'):
            if name in first.ids:
                opening += status(number, 2, first.ids[name], name, extra=anchor_echo(first.next) if name == 'Alert' else '')
                number += 1
        return client, first, opening

    def test_a_session_in_each_version(self):
        for version in ('1.0', '1.1', '1.2'):
            with self.subTest(version=version):
                self.server.reset()
                guid = self.server.put('card', ADA)
                client, first, opening = self.open(version)
                self.assertEqual((first.version, first.namespace), ((version, 'SyncML/' + version), 'SYNCML:SYNCML' + version))
                self.assertEqual(first.status[('SyncHdr', '0')], '212')
                self.assertEqual(first.root.find('.//MaxObjSize') is not None, version != '1.0')
                second = client.send(opening + sync(5, item('Add', 6, '1', CARD.format('Bo', ''))))
                third = client.send(status(1, 3, 0, 'SyncHdr') + status(2, 3, second.ids['Sync'], 'Sync') +
                                    status(3, 3, second.items[0][1], 'Add', 201) + mapping(4, [(guid, '2')]))
                self.assertTrue(third.final)
                self.assertEqual(third.version, (version, 'SyncML/' + version))
                report = self.server.last_session()
                self.assertEqual((report['completed'], report['version']), (True, version))
                self.assertEqual(len(self.server.items('card')), 2)
                self.assertClean()

    def test_device_information_has_the_place_and_the_flags_of_its_version(self):
        flags = {'1.0': set(), '1.1': {'UTC', 'SupportLargeObjs', 'SupportNumberOfChanges'}}
        for version, expected in flags.items():
            with self.subTest(version=version):
                self.server.reset()
                digits = version.replace('.', '')
                _, first, _ = self.open(version, GET.format(digits))
                self.assertEqual(first.status[('Get', '8')], '200')
                self.assertEqual(first.root.findtext('.//Results/Item/Source/LocURI'), './devinf' + digits)
                devinf = first.root.find('.//DevInf')
                self.assertEqual(devinf.findtext('VerDTD'), version)
                self.assertEqual({flag for flag in ('UTC', 'SupportLargeObjs', 'SupportNumberOfChanges')
                                  if devinf.find(flag) is not None}, expected)
                _, first, _ = self.open(version, GET.format('12'), number='8')
                self.assertEqual(first.status[('Get', '8')], '404')

    def test_large_objects_and_counts_from_1_1_on(self):
        both = '<SupportNumberOfChanges/><SupportLargeObjs/>'
        for version, code in (('1.0', '406'), ('1.1', '213')):
            with self.subTest(version=version):
                self.server.reset()
                self.server.put('card', CARD.format('Bo', 'x' * 5000))
                self.server.put('card', CARD.format('Cy', ''))
                client, _, opening = self.open(version, flags=both)
                client.max_msg_size = 3000
                answer = client.send(opening + sync(5, chunk('Add', 6, '1', ADA[:50], len(ADA))), final=False)
                self.assertEqual(answer.status[('Add', '6')], code)
                answer = client.send(status(1, 3, 0, 'SyncHdr') + status(2, 3, answer.ids['Alert'], 'Alert') +
                                     sync(5, chunk('Add', 6, '1', ADA[50:], more=False)))
                self.assertEqual(answer.root.find('.//MoreData') is not None, version == '1.1')
                self.assertEqual(answer.syncs[0].findtext('NumberOfChanges'), '2' if version == '1.1' else None)

    def test_nothing_is_suspended_or_resumed_before_1_2(self):
        client, _, opening = self.open('1.1')
        answer = client.send(opening + sync(5, item('Add', 6, '1', ADA)) + suspend(8))
        self.assertEqual(answer.status[('Alert', '8')], '406')
        client = Client(self.server, version='1.1', session='9')
        client.send(alert(2, 225, '', 'c1'))
        answer = client.send(alert(2, 225, '', 'c1'), cred=client.md5())
        self.assertEqual(answer.status[('Alert', '2')], '406')

    def test_the_md5_of_each_version_is_taken_in_it_alone(self):
        for version in ('1.0', '1.1'):
            client = Client(self.server, version=version, session=version[-1] + '1')
            client.send(alert(2, 201, '', 'c1'))
            client.version = '1.1' if version == '1.0' else '1.0'
            cred = client.md5()
            client.version = version
            self.assertEqual(client.send(alert(2, 201, '', 'c1'), cred=cred).status[('SyncHdr', '0')], '401')

    def test_other_versions_get_505_or_513_and_the_list(self):
        self.server.options(versions='1.1,1.0')
        client = Client(self.server)
        answer = client.send(put(1) + alert(2, 201, '', 'c1'))
        self.assertEqual(answer.status, {('SyncHdr', '0'): '505'})
        self.assertEqual((answer.root.findtext('.//Status/Item/Data'), answer.final), ('1.0,1.1', True))
        self.assertEqual(answer.version, ('1.1', 'SyncML/1.1'))
        self.assertEqual((self.server.items('card'), self.server.unfinished()), ({}, []))
        # The next one in the same session, as after a refusal of credentials.
        client.version = '1.1'
        answer = client.send(put(1, version='1.1') + alert(2, 201, '', 'c1'))
        self.assertEqual(answer.status[('SyncHdr', '0')], '407')
        client = Client(self.server, session='8', version='1.1')
        answer = client.post(client.text(alert(2, 201, '', 'c1')).replace('SyncML/1.1', 'SyncML/1.3'))
        self.assertEqual(answer.status, {('SyncHdr', '0'): '513'})
        self.assertEqual(answer.root.findtext('.//Status/Item/Data'), 'SyncML/1.0,SyncML/1.1')

    def test_other_refusals_of_a_version(self):
        self.server.options(versions='1.0')
        for refusal, code in (('513', '513'), ('400', '400'), ('501', '501')):
            self.server.options(version_refusal=refusal)
            answer = Client(self.server).send(alert(2, 201, '', 'c1'))
            self.assertEqual(answer.status, {('SyncHdr', '0'): code})
        self.server.options(version_refusal='page')
        client = Client(self.server)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                urllib.request.Request(client.url, data=client.text('').encode(), method='POST')) as reply:
            self.assertEqual((reply.status, reply.headers.get_content_type()), (200, 'text/html'))

    def test_the_referee_sees_what_a_version_has_not(self):
        client, _, opening = self.open('1.0')
        client.send(opening + sync(5, '', count=0))
        self.assertEqual(self.rules(), {'version'})
        self.server.call('clear-violations')
        client = Client(self.server, version='1.1', session='8')
        client.post(client.text(alert(2, 201, '', 'c1')).replace('SYNCML1.1', 'SYNCML1.2'))
        self.assertEqual(self.rules(), {'version'})


if __name__ == '__main__':
    unittest.main()
