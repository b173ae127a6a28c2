#!/usr/bin/python3
"""The comparison itself: what counts and what does not."""
import unittest

from normal_form import normal_form


def card(*lines):
    return '\r\n'.join(('BEGIN:VCARD', 'VERSION:3.0') + lines + ('END:VCARD', ''))


def event(*lines, zone=''):
    return '\r\n'.join(('BEGIN:VCALENDAR', 'VERSION:2.0') + ((zone,) if zone else ()) + ('BEGIN:VEVENT',) + lines +
                       ('END:VEVENT', 'END:VCALENDAR', ''))


class NormalForm(unittest.TestCase):
    def test_what_the_server_writes_in_its_own_way_does_not_count(self):
        for one, other in (
                (card('N:A;B;;;', 'NOTE:long te', ' xt'), card('NOTE:long text', 'N:A;B').replace('\r', '')),
                (card('N:A', 'REV:20250101T000000Z', 'UID:1'), card('N:A', 'PRODID:x', 'GEO:;', 'PHOTO:')),
                (card('TEL;TYPE=work;TYPE=VOICE:1'), card('TEL;TYPE=VOICE,WORK:1')),
                (card('BDAY:1970-03-04'), card('BDAY:19700304')),
                (card('PHOTO;ENCODING=b;TYPE=JPEG:/9j/4', '  AA='), card('PHOTO;TYPE=JPEG;ENCODING=B:/9j/4AA=')),
                (event('RRULE:FREQ=WEEKLY;BYDAY=MO'), event('RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=MO')),
                (event('SUMMARY:a', zone='BEGIN:VTIMEZONE\nTZID:Z\nEND:VTIMEZONE'),
                 event('SUMMARY:a', zone='BEGIN:VTIMEZONE\nTZID:Z\nX:1\nEND:VTIMEZONE'))):
            self.assertEqual(normal_form(one), normal_form(other))

    def test_everything_else_counts(self):
        for one, other in (
                (card('N:A;B'), card('N:B;A')),
                (card('N:A', 'NOTE:x'), card('N:A')),
                (card('TEL:1', 'TEL:1'), card('TEL:1')),
                (card('TEL;TYPE=WORK:1'), card('TEL;TYPE=HOME:1')),
                (card('NOTE:a\\nb'), card('NOTE:a b')),
                (card('BDAY:19700304'), card('BDAY:19700305')),
                (event('UID:1'), event('UID:2')),
                (event('DTSTART:20250101T000000Z'), event('DTSTART:20250101T000000')),
                (event('DTSTART;TZID=A:20250101T000000'), event('DTSTART;TZID=B:20250101T000000')),
                (event('DTSTART;VALUE=DATE:20250101'), event('DTSTART:20250101')),
                (event('RRULE:FREQ=WEEKLY;INTERVAL=2'), event('RRULE:FREQ=WEEKLY')),
                (event('BEGIN:VALARM', 'TRIGGER:-PT15M', 'END:VALARM'), event('TRIGGER:-PT15M'))):
            self.assertNotEqual(normal_form(one), normal_form(other))

    def test_a_broken_item_is_no_item(self):
        for text in ('BEGIN:VCARD\nN:A', 'BEGIN:VCARD\nN:A\nEND:VEVENT', 'BEGIN:VCARD\nnonsense\nEND:VCARD'):
            with self.assertRaises(ValueError):
                normal_form(text)


if __name__ == '__main__':
    unittest.main()
