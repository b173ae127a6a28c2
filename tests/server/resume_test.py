#!/usr/bin/python3
"""How the reference server suspends and resumes, against a client written out by hand."""
import unittest
import urllib.error

from hand_written_client import (CARD, Client, alert, anchor_echo, chunk, item, mapping, next_message, put, status,
                                 suspend, sync)
from server_case import ServerTest

ADA, BO, CY, DI = (CARD.format(name, '') for name in ('Ada', 'Bo', 'Cy', 'Di'))
BIG = CARD.format('Ada', 'x' * 500)


class Resuming(ServerTest):
    def open(self, code, last='', following='c1', number='7', flags='<SupportNumberOfChanges/>', size=65536):
        """The first message and its answer, and what the next one begins with."""
        client = Client(self.server, session=number)
        client.max_msg_size = size
        first = client.send(put(1, flags=flags) + alert(2, code, last, following))
        opening = status(1, 1, 0, 'SyncHdr') + status(2, 1, first.ids.get('Alert'), 'Alert', extra=anchor_echo(first.next))
        return client, first, opening

    def in_step(self):
        """A first sync without an item."""
        client, _, opening = self.open(201)
        answer = client.send(opening + sync(3, '', count=0))
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync'))

    def assertLeft(self, **expected):
        left, = self.server.unfinished()
        self.assertEqual({key: left[key] for key in expected}, expected)

    def finish(self, client, answer, maps=()):
        body = status(1, client.message, 0, 'SyncHdr') + status(2, client.message, answer.ids['Sync'], 'Sync')
        for place, (verb, command, _, _) in enumerate(answer.items):
            body += status(3 + place, client.message, command, verb, 201)
        client.send(body + (mapping(900, maps) if maps else ''))
        self.assertTrue(self.server.last_session()['completed'])
        self.assertEqual(self.server.unfinished(), [])
        self.assertClean()


class FromTheClient(Resuming):
    def test_what_stands_behind_the_suspension_is_not_run_and_the_rest_goes_on(self):
        guid = self.server.put('card', DI)
        client, _, opening = self.open(201)
        client.send(opening + sync(3, item('Add', 4, '1', ADA), count=3), final=False)
        answer = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, 4, 'Alert') +
                             sync(3, item('Add', 4, '2', BO)) + suspend(5) + sync(6, item('Add', 7, '3', CY)))
        self.assertEqual(answer.status, {('SyncHdr', '0'): '200', ('Sync', '3'): '200', ('Add', '4'): '201',
                                         ('Alert', '5'): '200', ('Sync', '6'): '514', ('Add', '7'): '514'})
        self.assertEqual((answer.final, answer.alerts, answer.syncs), (True, [], []))
        self.assertEqual(len(self.server.items('card')), 3)
        self.assertTrue(self.server.last_session()['suspended'])
        self.assertLeft(store='card', device='device-1', type=201, asked=True, begun=True, answered=2)

        client, first, opening = self.open(225, following='c2', number='8')
        self.assertEqual((first.status[('Alert', '2')], first.alerts), ('200', [('225', 'card')]))
        answer = client.send(opening + sync(3, item('Add', 4, '2', BO) + item('Add', 5, '3', CY), count=2))
        self.assertEqual((answer.status[('Add', '4')], answer.status[('Add', '5')]), ('201', '201'))
        self.assertEqual([ref for _, _, ref, _ in answer.items], [guid])
        self.finish(client, answer, [(guid, '9')])
        self.assertEqual(len(self.server.items('card')), 4)
        report = self.server.last_session()['datastores']['card']
        self.assertEqual((report['requested'], report['agreed'], report['resumed']), (225, 201, True))
        self.assertEqual((report['repeated']['added'], report['from_client']['added']), (1, 1))
        self.assertEqual(self.server.call('anchors', store='card', device='device-1')['client'], 'c2')

    def test_what_comes_again_changed_is_carried_out(self):
        self.in_step()
        client, _, opening = self.open(200, 'c1', 'c2', '8')
        client.send(opening + sync(3, item('Add', 4, '1', ADA) + item('Add', 5, '2', BO), count=2), final=False)
        client, _, opening = self.open(225, 'c1', 'c3', '9')
        changed = CARD.format('Ada', 'changed')
        answer = client.send(opening + sync(3, item('Replace', 4, '1', changed) + item('Delete', 5, '2'), count=2))
        self.assertEqual((answer.status[('Replace', '4')], answer.status[('Delete', '5')]), ('200', '200'))
        self.finish(client, answer)
        self.assertEqual(list(self.server.items('card').values()), [changed])

    def test_418_to_what_comes_again_when_told_to(self):
        self.server.options(repeats_statuses=False)
        client, _, opening = self.open(201)
        client.send(opening + sync(3, item('Add', 4, '1', ADA), count=2), final=False)
        client, _, opening = self.open(225, following='c2', number='8')
        answer = client.send(opening + sync(3, item('Add', 4, '1', ADA), count=1))
        self.assertEqual(answer.status[('Add', '4')], '418')
        self.finish(client, answer)
        self.assertEqual(len(self.server.items('card')), 1)

    def test_a_refresh_does_not_begin_again(self):
        self.server.put('card', DI)
        client, _, opening = self.open(203)
        client.send(opening + sync(3, item('Add', 4, '1', ADA), count=2), final=False)
        client, _, opening = self.open(225, following='c2', number='8')
        client.send(opening + sync(3, item('Add', 4, '2', BO), count=1))
        self.assertEqual(len(self.server.items('card')), 2)
        self.assertEqual(self.server.unfinished(), [])
        self.assertClean()

    def test_a_large_object_goes_on_wherever_the_client_believes_it_was(self):
        size = len(BIG)
        for resume_at, kept in ((200, 200), (100, 200), (0, 200)):
            with self.subTest(resume_at=resume_at):
                self.server.reset()
                client, _, opening = self.open(201)
                client.send(opening + sync(3, chunk('Add', 4, '1', BIG[:100], size), count=1), final=False)
                client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, 4, 'Alert') +
                            sync(3, chunk('Add', 4, '1', BIG[100:200])), final=False)
                self.assertLeft(octets_from_client=200, asked=False)
                client, _, opening = self.open(225, following='c2', number='8')
                answer = client.send(opening + sync(3, chunk('Add', 4, '1', BIG[resume_at:resume_at + 150],
                                                             size if resume_at == 0 else None), count=1), final=False)
                self.assertEqual(answer.status[('Add', '4')], '213')
                answer = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, 4, 'Alert') +
                                     sync(3, chunk('Add', 4, '1', BIG[resume_at + 150:], more=False)))
                self.assertEqual(answer.status[('Add', '4')], '201')
                self.finish(client, answer)
                self.assertEqual(list(self.server.items('card').values()), [BIG])
                self.assertEqual(self.server.last_session()['datastores']['card']['kept_octets'], kept)

    def test_412_to_a_large_object_that_goes_on_and_was_forgotten(self):
        self.server.options(keeps_partial_objects=False)
        client, _, opening = self.open(201)
        client.send(opening + sync(3, chunk('Add', 4, '1', BIG[:100], len(BIG)), count=1), final=False)
        client, _, opening = self.open(225, following='c2', number='8')
        answer = client.send(opening + sync(3, chunk('Add', 4, '1', BIG[100:200]), count=1), final=False)
        self.assertEqual(answer.status[('Add', '4')], '412')

    def test_an_item_that_became_small_replaces_the_beginning_of_a_large_one(self):
        client, _, opening = self.open(201)
        client.send(opening + sync(3, chunk('Add', 4, '1', BIG[:100], len(BIG)), count=1), final=False)
        client, _, opening = self.open(225, following='c2', number='8')
        answer = client.send(opening + sync(3, item('Add', 4, '1', ADA), count=1))
        self.finish(client, answer)
        self.assertEqual(len(self.server.items('card')), 1)


class ToTheClient(Resuming):
    def test_what_was_acknowledged_is_not_sent_again(self):
        guids = self.server.put_all('card', [ADA, BO])
        client, _, opening = self.open(201)
        answer = client.send(opening + sync(3, '', count=0))
        (_, command, _, _), _ = answer.items
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync') +
                    status(3, 2, command, 'Add', 201) + suspend(4))
        self.assertLeft(unmapped=1)
        client, _, opening = self.open(225, following='c2', number='8')
        answer = client.send(opening + sync(3, '', count=0))
        self.assertEqual([ref for _, _, ref, _ in answer.items], [guids[1]])
        self.assertEqual(answer.syncs[0].findtext('NumberOfChanges'), '1')
        self.finish(client, answer, [(guids[0], '1'), (guids[1], '2')])

    def test_cached_maps_come_first(self):
        guids = self.server.put_all('card', [ADA, BO])
        client, _, opening = self.open(201)
        answer = client.send(opening + sync(3, '', count=0))
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync') +
                    ''.join(status(3 + place, 2, command, verb, 201)
                            for place, (verb, command, _, _) in enumerate(answer.items)) +
                    mapping(8, [(guids[0], '1')]) + suspend(9))
        client, _, opening = self.open(225, following='c2', number='8')
        self.server.put('card', CARD.format('Bo', 'changed'), guid=guids[1])
        answer = client.send(opening + mapping(3, [(guids[1], '2')]) + sync(4, '', count=0))
        self.assertEqual([(verb, ref) for verb, _, ref, _ in answer.items], [('Replace', '2')])
        self.finish(client, answer)

    def test_a_large_object_goes_on_behind_the_last_chunk_acknowledged(self):
        text = CARD.format('Ada', 'x' * 4000)
        guid = self.server.put('card', text)
        flags = '<SupportLargeObjs/>'
        client, _, opening = self.open(201, flags=flags, size=2500)
        answer = client.send(opening + sync(3, ''))
        begun = answer.items[0][3].replace('\n', '\r\n')
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync') +
                    status(3, 2, answer.items[0][1], 'Add', 213) + next_message(4), final=False)  # its answer is lost
        self.assertLeft(octets_to_client=len(begun))
        client, _, opening = self.open(225, following='c2', number='8', flags=flags, size=2500)
        answer = client.send(opening + sync(3, ''))
        self.assertEqual(answer.root.findtext('.//Item/Meta/Size'), str(len(text)))
        while answer.root.find('.//MoreData') is not None:
            begun += answer.items[0][3].replace('\n', '\r\n')
            answer = client.send(status(1, client.message, 0, 'SyncHdr') +
                                 status(2, client.message, answer.ids['Sync'], 'Sync') +
                                 status(3, client.message, answer.items[0][1], 'Add', 213) + next_message(4), final=False)
        self.assertEqual(begun + answer.items[0][3].replace('\n', '\r\n'), text)
        self.finish(client, answer, [(guid, '1')])

    def test_all_of_a_large_object_comes_again_when_the_client_has_lost_its_beginning(self):
        text = CARD.format('Ada', 'x' * 7000)
        self.server.put('card', text)
        flags = '<SupportLargeObjs/>'
        client, _, opening = self.open(201, flags=flags, size=2500)
        answer = client.send(opening + sync(3, ''))
        beginning = answer.items[0][3]
        client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync') +
                    status(3, 2, answer.items[0][1], 'Add', 213) + next_message(4), final=False)
        client, _, opening = self.open(225, following='c2', number='8', flags=flags, size=2500)
        answer = client.send(opening + sync(3, ''))
        self.assertNotEqual(answer.items[0][3][:100], beginning[:100])
        answer = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Sync'], 'Sync') +
                             status(3, 2, answer.items[0][1], 'Add', 412) + next_message(4), final=False)
        self.assertEqual(answer.items[0][3][:100], beginning[:100])

    def test_the_server_suspends_when_told_to(self):
        self.server.put('card', ADA)
        client, _, opening = self.open(201)
        self.server.misbehave('suspend@2')
        answer = client.send(opening + sync(3, '', count=0))
        self.assertEqual((answer.alerts[0][0], answer.final, answer.syncs), ('224', True, []))
        self.assertLeft(asked=True)
        last = client.send(status(1, 2, 0, 'SyncHdr') + status(2, 2, answer.ids['Alert'], 'Alert'))
        self.assertEqual((last.status, last.final), ({('SyncHdr', '0'): '200'}, True))
        with self.assertRaises(urllib.error.HTTPError) as caught:
            client.send(status(1, 3, 0, 'SyncHdr'))
        self.assertEqual(caught.exception.code, 404)
        caught.exception.close()
        self.assertClean()


class Answers(Resuming):
    def suspended(self):
        self.server.reset()
        self.in_step()
        client, _, opening = self.open(200, 'c1', 'c2', '8')
        client.send(opening + sync(3, item('Add', 4, '1', ADA), count=2), final=False)

    def test_what_it_says_to_225(self):
        for resume, code, alerts in (('yes', '200', ['225']), ('original-code', '200', ['200']), ('unknown', '406', []),
                                     ('fail', '500', []), ('refuse', '508', ['201']), ('override', '509', ['200'])):
            with self.subTest(resume=resume):
                self.server.options(resume=resume)
                self.suspended()
                _, first, _ = self.open(225, 'c1', 'c3', '9')
                self.assertEqual((first.status[('Alert', '2')], [code for code, _ in first.alerts]), (code, alerts))

    def test_508_when_there_is_nothing_to_resume(self):
        self.in_step()
        for last in ('c1', 'other'):
            _, first, _ = self.open(225, last, 'c2', '8')
            self.assertEqual((first.status[('Alert', '2')], first.alerts), ('508', [('201', 'card')]))

    def test_508_to_another_last_anchor_and_200_to_none(self):
        self.suspended()
        _, first, _ = self.open(225, '', 'c3', '9')
        self.assertEqual(first.status[('Alert', '2')], '200')
        self.suspended()
        _, first, _ = self.open(225, 'c2', 'c3', '9')
        self.assertEqual(first.status[('Alert', '2')], '508')

    def test_before_the_first_sync_it_says_again_which_type_runs(self):
        self.open(200)
        _, first, _ = self.open(225, following='c2', number='8')
        self.assertEqual((first.status[('Alert', '2')], first.alerts), ('508', [('201', 'card')]))
        self.server.reset()
        self.in_step()
        self.open(200, 'c1', 'c2', '8')
        _, first, _ = self.open(225, 'c1', 'c3', '9')
        self.assertEqual((first.status[('Alert', '2')], first.alerts), ('200', [('200', 'card')]))

    def test_another_sync_forgets_what_was_suspended(self):
        self.suspended()
        client, _, opening = self.open(200, 'c1', 'c3', '9')
        answer = client.send(opening + sync(3, item('Replace', 4, '1', ADA), count=1))
        self.finish(client, answer)
        self.assertFalse(self.server.last_session()['datastores']['card']['resumed'])


if __name__ == '__main__':
    unittest.main()
