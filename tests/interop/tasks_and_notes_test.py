#!/usr/bin/python3
"""Tasks, which it keeps as iCalendar 2.0, and notes, which it keeps as plain text."""
import unittest

from interop_case import EVERYTHING, NOTHING, InteropCase
from device import NOTE, TASK
from items import task

DONE = 'STATUS:COMPLETED\r\nCOMPLETED:20250309T080000Z\r\nPERCENT-COMPLETE:100\r\n'


class TasksAndNotes(InteropCase, unittest.TestCase):
    stores = {TASK: 'todo', NOTE: 'memo'}

    def test_changes_of_both_sides_arrive(self):
        for file, name in enumerate(('Mine', 'Gone', 'Theirs', 'Lost')):
            self.server_put(name, str(file), note='old')
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='SLOW'), NOTHING, (4, 0, 0))
        self.put(self.a, 'Mine', self.keys_of(self.a, 'Mine'), note='changed here')
        self.delete(self.a, self.keys_of(self.a, 'Gone'))
        self.put(self.a, 'Fresh', note='new here')
        self.server_put('Theirs', '2', note='changed there')
        self.server_delete('3')
        self.server_put('Added', '99', note='new there')
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, EVERYTHING)
        both = {'Mine': 'changed here', 'Theirs': 'changed there', 'Fresh': 'new here', 'Added': 'new there'}
        self.assert_holds(self.here(self.a), both.items())
        self.assert_holds(self.there(), both.items())
        self.assert_counts(self.sync(self.b, ran='TWO_WAY'), NOTHING, (2, 2, 2))
        self.assert_equal_everywhere(4)
        for device in self.devices:
            self.assert_counts(self.sync(device, ran='TWO_WAY'), NOTHING, NOTHING)

    def test_a_slow_sync_of_equal_items_moves_nothing(self):
        self.put(self.a, 'Ada')
        self.settle()
        for device in self.devices:
            self.assert_counts(self.sync(device, 'SLOW', ran='SLOW'), (0, 1, 0), NOTHING)
        self.assert_equal_everywhere(1)

    def test_a_task_that_is_done_arrives_as_done(self):
        self.put(self.a, 'Ada')
        self.settle()
        self.a.put(task('Ada', more=DONE), self.keys_of(self.a, 'Ada')[TASK], TASK)
        self.sync(self.a, ran='TWO_WAY')
        self.sync(self.b, ran='TWO_WAY')
        for text in (*self.there()[TASK].values(), *self.b.items(TASK).values()):
            for line in DONE.splitlines():
                self.assertIn(line, text)


class Wbxml(TasksAndNotes):
    keys = {'Encoding': 'WBXML'}


if __name__ == '__main__':
    unittest.main()
