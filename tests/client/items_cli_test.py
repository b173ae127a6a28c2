#!/usr/bin/python3
"""`syncctl item`: contacts and events in and out."""
import os
import unittest

import ctl
from ctl import card, event


class Items(ctl.TestCase):
    def file(self, name, text):
        path = self.directory / name
        path.write_bytes(text.encode())
        return path

    def contacts(self):
        return {item['name']: item['id'] for item in self.json('item', 'list', '--service', 'contact')}

    def test_a_file_comes_in_and_goes_out_again(self):
        cards = [card('Ann Example'), card('Zoë Müller', NOTE='two\\nlines'), card('名前')]
        path = self.file('in.vcf', ''.join(cards))
        self.assertEqual(self.json('item', 'import', '--service', 'contact', path), {'count': 3})
        self.assertEqual(set(self.contacts()), {'Ann Example', 'Zoë Müller', '名前'})
        out = self.directory / 'out.vcf'
        self.assertEqual(self.text('item', 'export', '--service', 'contact', out), f'Exported 3 contacts to {out}.\n')
        exported = out.read_bytes().decode()
        for one in cards:
            self.assertIn(one, exported)
        self.assertEqual(len(exported), sum(map(len, cards)))
        # It was put in place as a whole.
        self.assertEqual(sorted(os.listdir(self.directory)), ['in.vcf', 'out.vcf', 'password'])

    def test_standard_input_and_output_do_as_well(self):
        text = event('1', 'Tea') + event('2', 'Cake')
        said = self.run_ctl('item', 'import', '--service', 'event', '-', input=text).stdout
        self.assertEqual(said, 'Imported 2 events.\n')
        exported = self.text('item', 'export', '--service', 'event', '-')
        self.assertEqual(exported.count('BEGIN:VEVENT'), 2)
        self.assertIn('both go to standard output',
                      self.run_ctl('--json', 'item', 'export', '--service', 'event', '-', status=2).stderr)

    def test_one_item_is_shown_replaced_added_and_deleted(self):
        self.json('item', 'import', '--service', 'contact', self.file('a.vcf', card('Ann')))
        [item] = self.json('item', 'list', '--service', 'contact')
        self.assertEqual(list(item), ['id', 'revision', 'name'])
        self.assertEqual(self.run_ctl('item', 'show', '--service', 'contact', item['id']).stdout,
                         card('Ann').replace('\r\n', '\n'))  # as text=True reads it
        self.assertEqual(self.json('item', 'show', '--service', 'contact', item['id']),
                         {'id': item['id'], 'service_type': 'CONTACT', 'data': card('Ann')})
        self.json('item', 'put', '--service', 'contact', item['id'], self.file('b.vcf', card('Anna')))
        new = self.run_ctl('--json', 'item', 'put', '--service', 'contact', '', '-', input=card('Bob'))
        self.assertEqual(set(self.contacts()), {'Anna', 'Bob'})
        self.assertEqual(self.contacts()['Anna'], item['id'])
        self.assertGreater(self.json('item', 'list', '--ids', '--service', 'contact')[0]['revision'], item['revision'])
        self.assertEqual(self.text('item', 'delete', '--service', 'contact', *self.contacts().values()),
                         'Deleted 2 contacts.\n')
        self.assertEqual(self.text('item', 'list', '--service', 'contact'), 'There are no contacts.\n')
        del new

    def test_tasks_and_notes_are_services_like_the_others(self):
        calendar = ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTODO\r\nUID:1\r\nSUMMARY:Call\r\nEND:VTODO\r\n'
                    'BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Lunch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')
        self.assertEqual(self.text('item', 'import', '--service', 'task', self.file('a.ics', calendar)), 'Imported 1 task.\n')
        self.text('item', 'import', '--service', 'note', self.file('shopping.txt', '\n Milk\nand bread\n'))
        self.assertEqual([item['name'] for item in self.json('item', 'list', '--service', 'task')], ['Call'])
        [note] = self.json('item', 'list', '--service', 'note')
        self.assertEqual(note['name'], 'Milk')
        self.assertEqual(self.json('item', 'show', '--service', 'note', note['id'])['data'], '\r\n Milk\r\nand bread\r\n')
        self.assertIn('SUMMARY', self.run_ctl('item', 'export', '--service', 'note', '-').stdout)
        self.assertIn('note ' + note['id'] + ', Milk', self.text('why', note['id']))
        self.assertIn('is no task', self.error(8, 'item', 'put', '--service', 'task', '',
                                               self.file('b.ics', calendar.replace('VTODO', 'VJOURNAL'))))
        self.assertEqual(self.text('item', 'list', '--service', 'event'), 'There are no events.\n')

    def test_many_items_are_listed_with_their_names(self):
        names = [f'Person {number}' for number in range(300)]
        self.json('item', 'import', '--service', 'contact', self.file('many.vcf', ''.join(map(card, names))))
        self.assertEqual(sorted(self.contacts()), sorted(names))
        self.assertEqual(len(self.text('item', 'list', '--ids', '--service', 'contact').splitlines()), 300)

    def test_a_stream_with_one_bad_item_brings_none(self):
        path = self.file('bad.vcf', card('Ann') + 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:never ends\r\n')
        self.assertEqual(self.json('item', 'import', '--service', 'contact', path, status=8)['error']['name'],
                         'org.syncd1.Error.InvalidValue')
        self.assertEqual(self.contacts(), {})

    def test_files_that_cannot_be_read_or_written_are_named(self):
        missing = self.directory / 'missing.vcf'
        self.assertEqual(self.error(1, 'item', 'import', '--service', 'contact', missing),
                         f'syncctl: item import: cannot read {missing}: No such file or directory\n')
        self.assertIn('Is a directory', self.error(1, 'item', 'import', '--service', 'contact', self.directory))
        nowhere = self.directory / 'nowhere/out.vcf'
        self.assertIn(f'cannot write {nowhere}', self.error(1, 'item', 'export', '--service', 'contact', nowhere))

    def test_an_export_replaces_a_file_and_keeps_its_mode(self):
        self.json('item', 'import', '--service', 'contact', self.file('a.vcf', card('Ann')))
        out = self.file('out.vcf', 'what was there before, and longer than the new content will ever be' * 20)
        out.chmod(0o640)
        self.text('item', 'export', '--service', 'contact', out)
        self.assertEqual(out.read_bytes().decode(), card('Ann'))
        self.assertEqual(out.stat().st_mode & 0o777, 0o640)

    def test_what_came_from_a_server_does_not_steer_the_terminal(self):
        self.json('item', 'import', '--service', 'contact', self.file('a.vcf', card('Ann\x9b2J')))
        [[_, item]] = self.contacts().items()
        terminal = ctl.Terminal('item', 'show', '--service', 'contact', item)
        self.assertEqual(terminal.finish(), 0)
        self.assertIn('FN:Ann?2J', terminal.output)
        self.assertNotIn('\x9b', terminal.output)
        self.assertNotIn('\x9b', self.text('item', 'list', '--service', 'contact'))


if __name__ == '__main__':
    unittest.main(verbosity=2)
