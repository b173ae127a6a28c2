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
        self.change_on_both_sides()
        self.assert_counts(self.sync(self.a, ran='TWO_WAY'), EVERYTHING, EVERYTHING)
        self.assert_holds(self.here(self.a), self.BOTH.items())
        self.assert_holds(self.there(), self.BOTH.items())
        self.finish(b_here=(2, 2, 2))

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
