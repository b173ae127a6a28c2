#!/usr/bin/python3
"""`syncctl diff`, `undo` and `why`: what a sync changed here, and taking it back."""
import unittest

import ctl
from ctl import card

CHANGE_KEYS = ['profile_id', 'session', 'undone', 'time', 'service_type', 'item_id', 'what', 'rule', 'is_last', 'before',
               'after', 'sent', 'name', 'answer', 'status']


class Changes(ctl.TestCase):
    def setUp(self):
        super().setUp()
        self.profile = self.add(services=['contact=card'])
        guids = [self.server.put('card', text) for text in
                 (card('Ann', TEL='1', NOTE='same'), card('Bob'), card('Cleo'))]
        self.first = self.sync()
        self.server.put('card', card('Ann', TEL='2', NOTE='same'), guid=guids[0])
        self.server.delete('card', guids[1])
        self.server.put('card', card('Dora \x9b Evil'))
        self.session = self.sync()
        self.ids = {item['name']: item['id'] for item in self.json('item', 'list', '--service', 'contact')}

    def sync(self):
        return self.json('start', 'Work')['session']

    def names(self):
        return sorted(item['name'] for item in self.json('item', 'list', '--service', 'contact'))

    def names_there(self):
        return sorted(line[3:] for text in self.server.items('card').values() for line in text.splitlines()
                      if line.startswith('FN:'))

    def test_diff_shows_each_item_and_what_an_edit_changed(self):
        head, titles, *lines, hint = self.text('diff', self.session).splitlines()
        self.assertRegex(head, rf'^Session {self.session} of \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d:$')
        self.assertEqual(titles.split(), ['SERVICE', 'ID', 'WHAT', 'NAME', 'WHY'])
        self.assertRegex(lines[0], r'^contact +\d+  changed  Ann +the server changed it$')
        self.assertEqual(lines[1:3], ['      - TEL:1', '      + TEL:2'])
        self.assertRegex(lines[3], r'^contact +\d+  deleted  Bob +the server deleted it$')
        self.assertRegex(lines[4], r'^contact +\d+  added    Dora \? Evil +the server added it$')
        self.assertEqual(len(lines), 5)
        self.assertEqual(hint, f'Take it back with: syncctl undo {self.session}')

    def test_diff_as_a_document(self):
        changed, deleted, added = self.json('diff', self.session)
        for change in (changed, deleted, added):
            self.assertEqual(list(change), CHANGE_KEYS)
            self.assertEqual((change['profile_id'], change['session'], change['undone'], change['service_type']),
                             (self.profile, self.session, None, 'CONTACT'))
            self.assertEqual((change['sent'], change['name'], change['answer'], change['status']),
                             (False, None, None, None))
        self.assertEqual((changed['item_id'], changed['what'], changed['rule'], changed['before'], changed['after']),
                         (self.ids['Ann'], 'UPDATED', 'SERVER_CHANGED', card('Ann', TEL='1', NOTE='same'),
                          card('Ann', TEL='2', NOTE='same')))
        self.assertEqual((deleted['what'], deleted['before'], deleted['after']), ('DELETED', card('Bob'), None))
        self.assertEqual((added['what'], added['rule'], added['before']), ('ADDED', 'SERVER_ADDED', None))
        self.assertEqual(self.json('diff', self.session, '--profile', 'Work'), [changed, deleted, added])

    def test_undo_puts_back_both_sides_and_can_be_undone(self):
        told = self.json('undo', self.session)
        self.assertEqual(list(told), ['session', 'restored', 'reverted', 'removed', 'left_alone', 'left_alone_items'])
        self.assertEqual((told['restored'], told['reverted'], told['removed'], told['left_alone']), (1, 1, 1, 0))
        self.assertEqual(self.names(), ['Ann', 'Bob', 'Cleo'])
        self.sync()
        self.assertEqual(self.names_there(), ['Ann', 'Bob', 'Cleo'])
        newest, undone, *_ = self.json('history', 'Work')
        self.assertEqual((newest['changes'], newest['undone']), (0, None))
        self.assertEqual((undone['session'], undone['trigger'], undone['changes'], undone['undone']),
                         (told['session'], 'undo', 3, self.session))
        self.assertIn(f'undid session {self.session}', self.text('history', 'Work'))
        self.assertIn(f'undid session {self.session}', self.text('diff', told['session']))
        self.assertEqual(self.text('undo', self.session), f'Nothing was to be undone of session {self.session}.\n')
        said = self.text('undo', told['session'])
        self.assertRegex(said, rf'^Session {told["session"]} is undone: 1 item brought back, 1 item as before, 1 item '
                               r'removed.\nThe servers are told with the next syncs. To have it again: syncctl undo \d+\n$')
        self.sync()
        self.assertEqual(self.names_there(), ['Ann', 'Cleo', 'Dora \x9b Evil'])

    def test_undo_names_what_it_leaves_alone(self):
        edited = self.directory / 'edited.vcf'
        edited.write_text(card('Anna'))
        self.json('item', 'put', '--service', 'contact', self.ids['Ann'], edited)
        self.assertIn('changed again since', self.text('diff', self.session))
        self.assertIn(f'Left alone, because it was changed again after that sync: contact {self.ids["Ann"]}.\n',
                      self.text('undo', self.session))
        self.assertEqual(self.names(), ['Anna', 'Bob', 'Cleo'])

    def test_why_tells_which_session_did_what(self):
        ann = self.ids['Ann']
        lines = self.text('why', ann).splitlines()
        self.assertEqual(lines[:2], [f'contact {ann}, Ann', f'It is as session {self.session} of Work left it.'])
        self.assertRegex(lines[2], rf'^  \S+ \S+  session {self.session} of Work: changed, the server changed it$')
        self.assertEqual(lines[3:5], ['      - TEL:1', '      + TEL:2'])
        self.assertRegex(lines[5], rf'^  \S+ \S+  session {self.first} of Work: added, the server added it$')
        self.assertEqual(lines[6:], ['It came from Work at first.'])
        told = self.json('why', ann)
        self.assertEqual(list(told), ['content', 'revision', 'writer', 'creator', 'changes', 'sent', 'service_type',
                                      'item_id'])
        self.assertEqual(told['sent'], [])
        self.assertEqual([change['session'] for change in told['changes']], [self.session, self.first])
        self.json('item', 'delete', '--service', 'contact', ann)
        self.assertEqual(self.text('why', ann).splitlines()[:2],
                         [f'contact {ann}, Ann: deleted', 'It was deleted here after that, not in a sync.'])
        undone = self.json('undo', self.session)['session']
        self.assertIn(f'It is as session {undone} left it, in which session {self.session} was undone.',
                      self.text('why', self.ids['Dora \x9b Evil']))

    def test_diff_and_why_tell_what_was_sent(self):
        ann = self.ids['Ann']
        for name, command in (('Anna', ('put', ann)), ('Emil \x9b Evil', ('import',))):
            file = self.directory / 'one.vcf'
            file.write_text(card(name))
            self.run_ctl('item', *command, '--service', 'contact', file)
        self.run_ctl('item', 'delete', '--service', 'contact', self.ids['Cleo'])
        session = self.sync()
        head, titles, *lines = self.text('diff', session).splitlines()
        self.assertRegex(head, rf'^Session {session} of \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d sent to the server:$')
        self.assertEqual(titles.split(), ['SERVICE', 'ID', 'AS', 'NAME', 'ANSWER'])
        self.assertRegex(lines[0], r'^contact +\d+  changed  Anna +taken \(status 200: done\)$')
        self.assertRegex(lines[1], r'^contact +\d+  deleted  \S+ +taken \(status 200: done\)$')
        self.assertRegex(lines[2], r'^contact +\d+  new      Emil Evil +taken \(status 201: added\)$')
        self.assertEqual(len(lines), 3)
        changed, deleted, added = self.json('diff', session)
        for item in (changed, deleted, added):
            self.assertEqual(list(item), CHANGE_KEYS)
            self.assertEqual((item['sent'], item['rule'], item['is_last'], item['before'], item['after']),
                             (True, None, None, None, None))
        self.assertEqual((changed['item_id'], changed['what'], changed['name'], changed['answer'], changed['status']),
                         (ann, 'UPDATED', 'Anna', 'TAKEN', 200))
        self.assertEqual((deleted['what'], added['what'], added['status']), ('DELETED', 'ADDED', 201))
        lines = self.text('why', ann).splitlines()
        self.assertRegex(lines[2], rf'session {session} of Work: sent to the server as changed, taken \(status 200: done\)$')
        self.assertRegex(lines[3], rf'session {self.session} of Work: changed, the server changed it$')
        [sent] = self.json('why', ann)['sent']
        self.assertEqual((sent['session'], sent['answer']), (session, 'TAKEN'))

    def test_what_is_not_there_is_3_and_what_is_no_number_2(self):
        self.assertRegex(self.error(3, 'diff', 999999), '^syncctl: diff: of session 999999 no changes are kept')
        self.assertRegex(self.error(3, 'undo', 999999), '^syncctl: undo: of session 999999 no changes are kept')
        self.assertRegex(self.error(3, 'why', 999999), 'there is no item with the id "999999"')
        for wrong in ('x', '0', '-1', '1x'):
            self.run_ctl('diff', wrong, status=2)
        self.error(3, 'diff', self.session, '--profile', 'Nobody')


if __name__ == '__main__':
    unittest.main(verbosity=2)
