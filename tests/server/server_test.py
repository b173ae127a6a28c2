#!/usr/bin/python3
"""The reference server by itself, against a client written out by hand: what it answers, and
that its referee sees what it must see. A judge that sees nothing would pass every client."""
import unittest
import urllib.error
import urllib.request
import xml.etree.ElementTree as ElementTree

from hand_written_client import CARD, Client, alert, anchor_echo, chunk, item, mapping, next_message, put, status, sync
from reference_server import ControlError, ReferenceServer
from server_case import ServerTest


class Sessions(ServerTest):
    def test_a_first_two_way_sync_becomes_slow_and_moves_items_both_ways(self):
        guid = self.server.put('card', CARD.format('Ada', ''))
        first, second = self.session(200, item('Add', 4, '17', CARD.format('Bo', '')))
        self.assertEqual(first.status[('Alert', '2')], '508')
        self.assertEqual(first.alerts, [('201', 'card')])
        self.assertIsNone(first.last)
        self.assertEqual(second.status[('Add', '4')], '201')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in second.items], [('Add', guid)])
        self.assertEqual(second.syncs[0].findtext('NumberOfChanges'), '1')
        self.assertEqual(len(self.server.items('card')), 2)
        report = self.server.last_session()
        self.assertTrue(report['completed'])
        store = report['datastores']['card']
        self.assertEqual((store['requested'], store['agreed'], store['maps']), (200, 201, 1))
        self.assertEqual(store['from_client'], {'added': 1, 'updated': 0, 'removed': 0, 'failed': 0})
        self.assertEqual(store['to_client'], {'added': 1, 'updated': 0, 'removed': 0, 'failed': 0})
        self.assertClean()

    def test_known_anchors_make_a_two_way_sync_of_changes_only(self):
        kept = self.server.put('card', CARD.format('Ada', ''))
        gone = self.server.put('card', CARD.format('Eve', ''))
        self.session(201, item('Add', 4, '17', CARD.format('Bo', '')))
        anchors = self.server.call('anchors', store='card', device='device-1')
        self.server.put('card', CARD.format('Ada', 'new'), guid=kept)
        self.server.delete('card', gone)
        first, second = self.session(200, item('Replace', 4, '17', CARD.format('Bo', 'new')), last='c1', following='c2')
        self.assertEqual(first.status[('Alert', '2')], '200')
        self.assertEqual(first.last, anchors['server'])
        self.assertEqual(second.status[('Replace', '4')], '200')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in second.items],
                         [('Delete', 'm-' + gone), ('Replace', 'm-' + kept)])
        _, third = self.session(200, last='c2', following='c3')
        self.assertEqual(third.items, [])
        self.assertClean()

    def test_an_unknown_anchor_is_answered_by_508_and_a_refresh_of_the_same_direction(self):
        for asked, given in ((200, '201'), (202, '203'), (204, '205')):
            with self.subTest(asked=asked):
                client = Client(self.server, device=f'device-{asked}')
                answer = client.send(put(1, device=client.device) + alert(2, asked, 'lost', 'c9'))
                self.assertEqual(answer.status[('Alert', '2')], '508')
                self.assertEqual(answer.alerts, [(given, 'card')])

    def test_a_slow_sync_pairs_equal_items_and_those_of_one_name(self):
        equal = self.server.put('card', CARD.format('Ada', 'x'))
        other = self.server.put('card', CARD.format('Bo', 'server'))
        _, second = self.session(201, item('Replace', 4, '1', CARD.format('Ada', 'x').replace('\r', '')) +
                                 item('Replace', 5, '2', CARD.format('Bo', 'client')))
        self.assertEqual(second.status[('Replace', '4')], '200')
        self.assertEqual(second.status[('Replace', '5')], '419')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in second.items], [('Replace', '2')])
        self.assertEqual(set(self.server.items('card')), {equal, other})
        report = self.server.last_session()['datastores']['card']
        self.assertEqual((report['matched'], report['conflicts']), (1, 1))
        self.assertClean()

    def test_refresh_from_client_replaces_everything_and_needs_no_third_package(self):
        self.server.put('card', CARD.format('Ada', ''))
        _, second = self.session(203, item('Add', 4, '1', CARD.format('Bo', '')))
        self.assertEqual(second.syncs, [])
        self.assertEqual([text.count('Bo') > 0 for text in self.server.items('card').values()], [True])
        self.assertTrue(self.server.last_session()['completed'])
        self.assertClean()

    def test_refresh_from_server_sends_everything(self):
        guids = self.server.put_all('card', [CARD.format(name, '') for name in ('Ada', 'Bo')])
        self.session(201)
        _, second = self.session(205, last='c1', following='c2')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in second.items], [('Add', guid) for guid in guids])
        self.assertClean()

    def test_one_way_syncs_leave_the_other_direction_for_later(self):
        self.session(201, item('Add', 4, '1', CARD.format('Ada', '')))
        guid = self.server.put('card', CARD.format('Bo', ''))
        _, second = self.session(202, item('Add', 4, '2', CARD.format('Cy', '')), last='c1', following='c2')
        self.assertEqual(second.syncs, [])
        _, third = self.session(204, last='c2', following='c3')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in third.items], [('Add', guid)])
        self.assertClean()

    def test_conflicts_are_resolved_as_the_option_says(self):
        for policy, code, answers, texts in (
                ('server', '419', [('Replace', '1')], ['server']),
                ('client', '208', [], ['client']),
                ('duplicate', '209', [('Add', None)], ['client', 'server'])):
            with self.subTest(policy=policy):
                self.server.reset()
                self.server.options(conflict=policy)
                self.session(201, item('Add', 4, '1', CARD.format('Ada', '')))
                guid = list(self.server.items('card'))[0]
                self.server.put('card', CARD.format('Ada', 'server'), guid=guid)
                _, second = self.session(200, item('Replace', 4, '1', CARD.format('Ada', 'client')), last='c1',
                                         following='c2')
                self.assertEqual(second.status[('Replace', '4')], code)
                self.assertEqual([(verb, ref if verb == 'Replace' else None) for verb, _, ref, _ in second.items], answers)
                notes = sorted(text.split('NOTE:')[1].split()[0] for text in self.server.items('card').values())
                self.assertEqual(notes, texts)
                self.assertClean()

    def test_newer_wins_when_asked(self):
        self.server.options(conflict='newer')
        dated = 'BEGIN:VCARD\nVERSION:3.0\nUID:1\nN:A;;;;\nNOTE:{0}\nREV:2025010{0}T000000Z\nEND:VCARD\n'
        for mine, theirs, code in (('2', '3', '208'), ('3', '2', '419')):
            with self.subTest(server=mine, client=theirs):
                self.server.call('clear', store='card')
                self.session(201, item('Add', 4, '1', dated.format(1)))
                guid = list(self.server.items('card'))[0]
                self.server.put('card', dated.format(mine), guid=guid)
                _, second = self.session(200, item('Replace', 4, '1', dated.format(theirs)), last='c1', following='c2')
                self.assertEqual(second.status[('Replace', '4')], code)

    def test_a_change_survives_the_other_sides_delete(self):
        self.session(201, item('Add', 4, '1', CARD.format('Ada', '')) + item('Add', 5, '2', CARD.format('Bo', '')))
        ada, bo = self.server.items('card')
        self.server.put('card', CARD.format('Ada', 'server'), guid=ada)
        self.server.delete('card', bo)
        _, second = self.session(200, item('Delete', 4, '1') + item('Replace', 5, '2', CARD.format('Bo', 'client')),
                                 last='c1', following='c2')
        self.assertEqual(second.status[('Delete', '4')], '419')
        self.assertEqual(second.status[('Replace', '5')], '201')
        self.assertEqual([(verb, ref) for verb, _, ref, _ in second.items], [('Add', ada)])
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertClean()

    def test_answers_never_exceed_the_clients_max_msg_size(self):
        names = [f'Name{number:02}' for number in range(20)]
        self.server.put_all('card', [CARD.format(name, 'x' * 200) for name in names])
        client = Client(self.server)
        client.max_msg_size = 2048
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        answer = client.send(status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                                extra=anchor_echo(first.next)) + sync(3, ''))
        got = []
        self.assertEqual(answer.syncs[0].findtext('NumberOfChanges'), '20')
        while True:
            self.assertLessEqual(answer.size, 2048)
            got += [ref for _, _, ref, _ in answer.items]
            body = status(1, client.message, 0, 'SyncHdr') + status(2, client.message, answer.ids['Sync'], 'Sync')
            for place, (verb, command, _, _) in enumerate(answer.items):
                body += status(3 + place, client.message, command, verb, 201)
            if answer.final:
                break
            body += (f'<Alert><CmdID>90</CmdID><Data>222</Data><Item><Target><LocURI>{client.base}</LocURI></Target>'
                     f'<Source><LocURI>device-1</LocURI></Source></Item></Alert>')
            answer = client.send(body, final=False)
        last = client.send(body + mapping(99, [(guid, 'm-' + guid) for guid in got]))
        self.assertEqual(last.status[('Map', '99')], '200')
        self.assertEqual(len(set(got)), 20)
        self.assertClean()

    def test_a_package_of_several_messages_is_asked_for_with_222(self):
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next))
        answer = client.send(opening + sync(3, item('Add', 4, '1', CARD.format('Ada', '')), count=2), final=False)
        self.assertEqual([code for code, _ in answer.alerts], ['222'])
        self.assertFalse(answer.final)
        answer = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Alert'], 'Alert') +
                             sync(3, item('Add', 4, '2', CARD.format('Bo', ''))))
        self.assertTrue(answer.final)
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertClean()

    def test_the_same_bytes_again_get_the_same_answer_and_change_nothing(self):
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        text = client.text(status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                               extra=anchor_echo(first.next)) +
                           sync(3, item('Add', 4, '1', CARD.format('Ada', ''))))
        once, again = client.post(text), client.post(text)
        self.assertEqual(ElementTree.tostring(once.root), ElementTree.tostring(again.root))
        self.assertEqual(len(self.server.items('card')), 1)
        self.assertClean()

    def test_a_cached_map_of_a_broken_session_is_taken_and_the_item_not_sent_again(self):
        guid = self.server.put('card', CARD.format('Ada', ''))
        self.session(203)
        guid = self.server.put('card', CARD.format('Ada', ''))
        client = Client(self.server)
        first = client.send(alert(2, 200, 'c1', 'c2'))
        client.send(status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                        extra=anchor_echo(first.next)) + sync(3, '', count=0))
        client = Client(self.server, session='8')
        first = client.send(alert(2, 200, 'c1', 'c3'))
        second = client.send(status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                                 extra=anchor_echo(first.next)) +
                             mapping(3, [(guid, '5')]) + sync(4, '', count=0))
        self.assertEqual(second.items, [])
        self.assertEqual(second.status[('Map', '3')], '200')
        self.assertClean()

    def test_an_unknown_datastore_gets_404_and_the_other_goes_on(self):
        client = Client(self.server)
        answer = client.send(put(1) + alert(2, 201, '', 'c1', store='nowhere') + alert(3, 201, '', 'c1'))
        self.assertEqual((answer.status[('Alert', '2')], answer.status[('Alert', '3')]), ('404', '200'))
        self.assertEqual(answer.alerts, [('201', 'card')])

    def test_device_information_is_given_when_asked_and_asked_for_when_unknown(self):
        client = Client(self.server)
        answer = client.send('<Get><CmdID>1</CmdID><Meta><Type xmlns="syncml:metinf">application/vnd.syncml-devinf+xml'
                             '</Type></Meta><Item><Target><LocURI>./devinf12</LocURI></Target></Item></Get>' +
                             alert(2, 201, '', 'c1'))
        self.assertEqual(answer.status[('Get', '1')], '200')
        self.assertEqual([ref.text for ref in answer.root.iter('SourceRef') if ref.text in ('card', 'cal')], ['card', 'cal'])
        self.assertIn('Get', answer.ids)


class Authentication(ServerTest):
    options = ('--user', 'alice:s3cret')

    def test_missing_credentials_are_challenged_and_right_ones_accepted_for_the_session(self):
        client = Client(self.server)
        answer = client.send(put(1) + alert(2, 201, '', 'c1'))
        self.assertEqual(answer.status, {('SyncHdr', '0'): '407', ('Put', '1'): '407', ('Alert', '2'): '407'})
        answer = client.send(put(1) + alert(2, 201, '', 'c1'), cred=client.md5())
        self.assertEqual(answer.status[('SyncHdr', '0')], '212')
        self.assertEqual(answer.status[('Alert', '2')], '200')
        self.assertEqual(self.server.last_session()['user'], 'alice')
        self.assertClean()

    def test_a_nonce_serves_once_and_across_sessions(self):
        client = Client(self.server)
        client.send(put(1) + alert(2, 201, '', 'c1'))
        client.send(put(1) + alert(2, 201, '', 'c1'), cred=client.md5())
        stale = client.nonce
        again = Client(self.server, session='8', nonce=stale)
        self.assertEqual(again.send(alert(2, 201, '', 'c1'), cred=again.md5()).status[('SyncHdr', '0')], '212')
        replay = Client(self.server, session='9', nonce=stale)
        self.assertEqual(replay.send(alert(2, 201, '', 'c1'), cred=replay.md5()).status[('SyncHdr', '0')], '401')

    def test_wrong_passwords_unknown_users_and_unwanted_basic_get_401(self):
        for user, password, scheme in (('alice', 'wrong', 'md5'), ('bob', 's3cret', 'md5'), ('alice', 's3cret', 'basic')):
            with self.subTest(user=user, password=password, scheme=scheme):
                client = Client(self.server, user=user, password=password, session='1', device=user + password + scheme)
                client.send(alert(2, 201, '', 'c1'))
                answer = client.send(alert(2, 201, '', 'c1'), cred=getattr(client, scheme)())
                self.assertEqual(answer.status[('SyncHdr', '0')], '401')
                self.assertIsNotNone(answer.nonce)

    def test_basic_and_any(self):
        self.server.options(auth='basic')
        client = Client(self.server)
        answer = client.send(alert(2, 201, '', 'c1'))
        self.assertEqual(answer.root.findtext('.//Chal/Meta/Type'), 'syncml:auth-basic')
        self.assertEqual(client.send(alert(2, 201, '', 'c1'), cred=client.basic()).status[('SyncHdr', '0')], '212')
        self.server.options(auth='any')
        client = Client(self.server, session='8')
        self.assertEqual(client.send(alert(2, 201, '', 'c1'), cred=client.basic()).status[('SyncHdr', '0')], '212')
        self.assertClean()

    def test_credentials_for_one_message_only(self):
        self.server.options(auth_each_message=True)
        client = Client(self.server)
        client.send(alert(2, 201, '', 'c1'))
        first = client.send(put(1) + alert(2, 201, '', 'c1'), cred=client.md5())
        self.assertEqual(first.status[('SyncHdr', '0')], '200')
        body = status(1, 2, 0, 'SyncHdr') + status(2, 2, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next))
        second = client.send(body + sync(3, ''), cred=client.md5())
        self.assertEqual(second.status[('SyncHdr', '0')], '200')
        self.assertClean()

    def test_a_datastore_guarded_by_itself_wants_credentials_in_its_alert(self):
        self.server.options(auth='none', guards={'card': 'carol:own'})
        cred = Client(self.server, user='carol', password='own').basic()
        wrong = Client(self.server, user='carol', password='other').basic()
        for each_message, given, code in ((False, '', '407'), (False, wrong, '401'), (False, cred, '212'), (True, cred, '200')):
            self.server.options(auth_each_message=each_message)
            body = alert(2, 201, '', 'c1').replace('<Data>201', given + '<Data>201')
            answer = Client(self.server).send(put(1) + body + alert(3, 201, '', 'c1', store='cal'))
            self.assertEqual((answer.status[('Alert', '2')], answer.status[('Alert', '3')]), (code, '200'))

    def test_users_do_not_see_each_others_items(self):
        self.server.options(users={'alice': 's3cret', 'bob': 'hidden'})
        self.server.put('card', CARD.format('Ada', ''), user='alice')
        self.assertEqual(self.server.items('card', user='bob'), {})


class Referee(ServerTest):
    def begin(self):
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next))
        return client, first, opening

    def test_it_sees_every_broken_rule(self):
        ada = CARD.format('Ada', '')
        cases = {
            'cmd-id': lambda opening, first: opening + sync(3, item('Add', 3, '1', ada)),
            'status-order': lambda opening, first: sync(3, '') + opening,
            'status': lambda opening, first: status(1, 1, 0, 'SyncHdr') + sync(3, ''),
            'anchor-echo': lambda opening, first: status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert') +
            sync(3, ''),
            'sync': lambda opening, first: opening,
            'item': lambda opening, first: opening + sync(3, item('Add', 4, '1')),
            'item-type': lambda opening, first: opening + sync(3, item('Add', 4, '1', ada).replace('text/vcard', 'text/plain')),
            'number-of-changes': lambda opening, first: opening + sync(3, item('Add', 4, '1', ada), count=2),
            'map': lambda opening, first: opening + mapping(3, [('g-77', '1')]) + sync(4, ''),
            'large-object': lambda opening, first: opening +
            sync(3, item('Add', 4, '1', ada).replace('</Data>', '</Data><MoreData/>')),
            'next-message': lambda opening, first: opening + '<Alert><CmdID>9</CmdID><Data>222</Data><Item><Target><LocURI>'
            'a</LocURI></Target><Source><LocURI>b</LocURI></Source></Item></Alert>' + sync(10, ''),
            'alert': lambda opening, first: opening + alert(9, 200, '', 'c1', store='cal') + sync(10, ''),
            'command': lambda opening, first: opening + '<Exec><CmdID>9</CmdID><Item/></Exec>' + sync(10, ''),
            'add-twice': lambda opening, first: opening + sync(3, item('Add', 4, '1', ada) + item('Add', 5, '1', ada)),
        }
        for rule, body in cases.items():
            with self.subTest(rule=rule):
                self.server.reset()
                client, first, opening = self.begin()
                client.send(body(opening, first))
                self.assertEqual(self.rules(), {rule})

    def test_it_puts_chunks_together_and_sees_wrong_ones(self):
        ada = CARD.format('Ada', 'x')
        size = len(ada)
        cases = {  # the commands of two Syncs, the second with Final; the status of the last, what is wrong
            'right': (chunk('Add', 4, '1', ada[:50], size), chunk('Add', 4, '1', ada[50:], more=False), '201', ''),
            'size': (chunk('Add', 4, '1', ada[:50], size + 1), chunk('Add', 4, '1', ada[50:], more=False), '424', 'Size of'),
            'no size': (chunk('Add', 4, '1', ada[:50]), item('Add', 4, '2', ada), '201', 'no Size'),
            'size again': (chunk('Add', 4, '1', ada[:50], size), chunk('Add', 4, '1', ada[50:], size, more=False), '201',
                           'Size in a later chunk'),
            'too large': (chunk('Add', 4, '1', ada[:50], 5 << 20), item('Add', 4, '2', ada), '201', 'above our MaxObjSize'),
            'no end': (chunk('Add', 4, '1', ada[:50], size), item('Add', 4, '2', ada), '201', 'did not come before 2'),
            'final': (chunk('Add', 4, '1', ada[:50], size), chunk('Add', 4, '1', ada[50:60]), '213', 'Final before the end'),
            'behind': (chunk('Add', 4, '1', ada[:50], size) + item('Add', 5, '2', ada), item('Add', 4, '3', ada), '201',
                       'behind a chunk'),
        }
        for name, (before, after, code, wrong) in cases.items():
            with self.subTest(name):
                self.server.reset()
                client, first, opening = self.begin()
                client.send(opening + sync(3, before, count=1), final=False)
                answer = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, 5, 'Alert') + sync(3, after))
                self.assertEqual(answer.status[('Add', '4')], code)
                seen = [text for text in self.server.violations() if text.startswith('large-object')]
                self.assertEqual(any(wrong in text for text in seen), bool(wrong), seen)
                if code == '201':
                    self.assertEqual(sorted(self.server.items('card').values())[0].replace('\r', ''), ada.replace('\r', ''))

    def test_it_sends_chunks_to_clients_that_declare_them(self):
        text = CARD.format('Ada', 'x' * 4000)
        for flags, chunks in (('<SupportLargeObjs/>', True), ('', False)):
            with self.subTest(flags=flags):
                self.server.reset()
                self.server.put('card', text)
                client = Client(self.server)
                client.max_msg_size = 3000
                first = client.send(put(1, flags=flags) + alert(2, 201, '', 'c1'))
                opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                              extra=anchor_echo(first.next))
                answer = client.send(opening + sync(3, ''))
                self.assertLessEqual(answer.size, 3000)
                self.assertEqual((len(answer.items), answer.final), (1, False) if chunks else (0, True))
                if not chunks:
                    continue
                data = ''
                while answer.items[0][3] and answer.root.find('.//MoreData') is not None:
                    self.assertEqual(answer.root.findtext('.//Item/Meta/Size'), str(len(text)) if not data else None)
                    data += answer.items[0][3]
                    answer = client.send(status(1, client.message, 0, 'SyncHdr') +
                                         status(2, client.message, answer.ids['Sync'], 'Sync') +
                                         status(3, client.message, answer.items[0][1], 'Add', 213) + next_message(4),
                                         final=False)
                self.assertEqual((data + answer.items[0][3]).replace('\n', '\r\n'), text)
                self.assertTrue(answer.final)
                self.assertEqual(self.rules(), set())

    def test_it_sees_broken_envelopes_and_headers(self):
        cases = {
            'after-final': lambda text: text.replace('<Final/>', '<Final/><Alert><CmdID>99</CmdID><Data>100</Data></Alert>'),
            'version': lambda text: text.replace('SyncML/1.2<', 'SyncML/1.1<'),
            'session-id': lambda text: text.replace('<SessionID>7<', '<SessionID>8<'),
            'source': lambda text: text.replace('<Source><LocURI>device-1<', '<Source><LocURI>device-2<'),
            'target': lambda text: text.replace(f'<Target><LocURI>{self.server.url}<', '<Target><LocURI>elsewhere<'),
            'msg-id': lambda text: text.replace('<MsgID>2<', '<MsgID>5<'),
            'max-msg-size': lambda text: text.replace('</SyncBody>', ' ' * 65536 + '</SyncBody>'),
        }
        for rule, change in cases.items():
            with self.subTest(rule=rule):
                self.server.reset()
                client, first, opening = self.begin()
                client.post(change(client.text(opening + sync(3, ''))))
                self.assertEqual(self.rules(), {rule})

    def test_it_sees_a_missing_map_and_missing_answers_at_the_end(self):
        self.server.put('card', CARD.format('Ada', ''))
        client, first, opening = self.begin()
        second = client.send(opening + sync(3, ''))
        verb, command, _, _ = second.items[0]
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, command, verb, 201))
        self.assertEqual(self.rules(), {'map', 'status'})

    def test_it_sees_an_empty_message_and_repeated_credentials(self):
        client, first, opening = self.begin()
        client.send(opening + sync(3, ''))
        client.send(status(1, 2, 0, 'SyncHdr'))
        self.assertIn('empty-message', self.rules())

    def test_it_sees_items_in_a_sync_from_the_server(self):
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 205, '', 'c1'))
        opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next))
        answer = client.send(opening + sync(3, item('Add', 4, '1', CARD.format('Ada', ''))))
        self.assertEqual(answer.status[('Add', '4')], '405')
        self.assertEqual(self.rules(), {'direction'})


class Misbehaviour(ServerTest):
    def test_it_misbehaves_once_at_the_message_named_or_always(self):
        self.server.misbehave('http-500@2')
        client = Client(self.server)
        body = put(1) + alert(2, 201, '', 'c1')
        self.assertEqual(client.send(body).status[('Alert', '2')], '200')
        with self.assertRaises(urllib.error.HTTPError) as caught:
            client.send(body)
        self.assertEqual(caught.exception.code, 500)
        caught.exception.close()
        self.server.misbehave('http-404*')
        for session in ('1', '2'):
            with self.assertRaises(urllib.error.HTTPError) as caught:
                Client(self.server, session=session).send(body)
            self.assertEqual(caught.exception.code, 404)
            caught.exception.close()
        self.server.behave()
        self.assertEqual(Client(self.server, session='3').send(body).status[('Alert', '2')], '200')

    def test_a_status_for_a_command_and_a_failure_that_is_not_carried_out(self):
        self.server.misbehave('415:Add@2')
        self.server.misbehave('207:Replace')
        self.server.misbehave('516:Alert@1')
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 201, '', 'c1') + alert(3, 201, '', 'c1', store='cal'))
        self.assertEqual((first.status[('Alert', '2')], first.status[('Alert', '3')]), ('516', '200'))
        client = Client(self.server, session='8')
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        second = client.send(status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert',
                                                                 extra=anchor_echo(first.next)) +
                             sync(3, item('Add', 4, '1', CARD.format('Ada', '')) + item('Add', 5, '2', CARD.format('Bo', '')) +
                                  item('Replace', 6, '3', CARD.format('Cy', ''))))
        self.assertEqual([second.status[key] for key in (('Add', '4'), ('Add', '5'), ('Replace', '6'))], ['415', '201', '207'])
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertClean()

    def test_answers_that_are_spoiled(self):
        for fault, check in (('wrong-msgref', lambda good, bad: all(s.findtext('MsgRef') == '8' for s in bad.iter('Status'))),
                             ('double-status', lambda good, bad: len(list(bad.iter('Status'))) == 2 * len(list(good.iter('Status')))),
                             ('no-header-status', lambda good, bad: bad.findtext('SyncBody/Status/Cmd') == 'Put'),
                             ('backwards', lambda good, bad: [e.tag for e in bad.find('SyncBody')][:-1] ==
                              [e.tag for e in good.find('SyncBody')][-2::-1])):
            with self.subTest(fault):
                good = Client(self.server).send(put(1) + alert(2, 201, '', 'c1'))
                self.server.misbehave(fault)
                bad = Client(self.server, session='8').send(put(1) + alert(2, 201, '', 'c1'))
                self.assertTrue(check(good.root, bad.root), ElementTree.tostring(bad.root))

    def test_an_old_answer_and_a_new_address(self):
        client = Client(self.server)
        first = client.send(put(1) + alert(2, 201, '', 'c1'))
        self.server.misbehave('repeated-reply@2')
        self.server.misbehave('other-resp-uri@2')
        opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids['Alert'], 'Alert', extra=anchor_echo(first.next))
        text = client.text(opening + sync(3, ''))
        old = client.url
        self.assertEqual(ElementTree.tostring(client.post(text).root), ElementTree.tostring(first.root))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            client.post(text)
        self.assertEqual(caught.exception.code, 404)
        caught.exception.close()
        self.assertEqual(client.url, old)

    def test_connections_close_before_or_after_the_message_was_processed(self):
        self.server.misbehave('drop-before@1')
        self.server.misbehave('drop-after@1')
        for known in (False, True):
            client = Client(self.server)
            with self.assertRaises(OSError):
                client.send(put(1) + alert(2, 201, '', 'c1'))
            self.assertEqual(len(self.server.sessions()), int(known))

    def test_a_message_is_held_until_released(self):
        import threading
        self.server.call('hold', message=1)
        answers = []
        thread = threading.Thread(target=lambda: answers.append(Client(self.server).send(put(1) + alert(2, 201, '', 'c1'))))
        thread.start()
        self.server.call('await-held')
        self.assertEqual((answers, self.server.sessions()), ([], []))
        self.server.call('release')
        thread.join()
        self.assertEqual(answers[0].status[('Alert', '2')], '200')

    def test_a_huge_reply_is_200_mib(self):
        self.server.misbehave('huge-reply')
        client = Client(self.server)
        request = urllib.request.Request(client.url, data=client.text(put(1)).encode(), method='POST')
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        size = 0
        with opener.open(request, timeout=60) as reply:
            while chunk := reply.read(1 << 20):
                size += len(chunk)
        self.assertGreaterEqual(size, 200 << 20)

    def test_senseless_control_calls_are_refused(self):
        for name, arguments in (('nothing', {}), ('misbehave', {'fault': 'nicely'}), ('misbehave', {'fault': 'hang@0'}),
                                ('put', {'data': 'x'}), ('delete', {'store': 'card', 'guid': 'g-1'}),
                                ('options', {'auth': 'maybe'})):
            with self.subTest(name=name, arguments=arguments), self.assertRaises(ControlError):
                self.server.call(name, **arguments)


class Persistence(unittest.TestCase):
    def test_data_in_a_file_survives_a_restart(self):
        import tempfile
        with tempfile.TemporaryDirectory() as place:
            options = ('--data', place + '/server.db')
            with ReferenceServer(*options) as server:
                guid = server.put('card', CARD.format('Ada', ''))
            with ReferenceServer(*options) as server:
                self.assertEqual(server.items('card'), {guid: CARD.format('Ada', '')})


if __name__ == '__main__':
    unittest.main()
