"""What the tests sync: contacts and events with what real ones have."""
import base64
import random


def contact(name, note='', more=''):
    return (f'BEGIN:VCARD\r\nVERSION:3.0\r\nN:{name};Jörg;;Dr.;\r\nFN:Dr. Jörg {name}\r\nORG:Beispiel GmbH;Entwicklung\r\n'
            f'TEL;TYPE=CELL:+49 151 5550100\r\nTEL;TYPE=WORK,FAX:+49 30 5550101\r\n'
            f'EMAIL;TYPE=INTERNET,HOME:{name.lower()}@example.org\r\n'
            f'ADR;TYPE=HOME:;;Große Straße 1;Köln;NRW;50667;Deutschland\r\nBDAY:1970-03-04\r\n'
            f'NOTE:{note or "line one" + chr(92) + "nline" + chr(92) + ", two"}\r\nCATEGORIES:Friends,Work\r\n{more}'
            'END:VCARD\r\n')


PHOTO = ('PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgK\r\n'
         ' CgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k=\r\n')


def photo(name, size):
    """Of so many octets, another one for each name."""
    text = base64.b64encode(random.Random(name).randbytes(size)).decode()
    return 'PHOTO;ENCODING=b;TYPE=JPEG:\r\n ' + '\r\n '.join(text[at:at + 74] for at in range(0, len(text), 74)) + '\r\n'


def event(summary, note='Notes', when='DTSTART:20250310T130000Z\r\nDTEND:20250310T140000Z\r\n', zone='', more=''):
    return (f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//syncd//tests//EN\r\n{zone}BEGIN:VEVENT\r\nUID:{summary}-uid\r\n'
            f'DTSTAMP:20250101T000000Z\r\n{when}SUMMARY:Überprüfung {summary}\r\nDESCRIPTION:{note}\r\nLOCATION:Zürich\r\n'
            f'{more}END:VEVENT\r\nEND:VCALENDAR\r\n')


def task(summary, note='Notes', due='20250310T130000Z', more=''):
    return (f'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//syncd//tests//EN\r\nBEGIN:VTODO\r\nUID:{summary}-uid\r\n'
            f'DTSTAMP:20250101T000000Z\r\nDUE:{due}\r\nSUMMARY:Überprüfung {summary}\r\nDESCRIPTION:{note}\r\nPRIORITY:5\r\n'
            f'{more}END:VTODO\r\nEND:VCALENDAR\r\n')


def note(title, note='Notes'):
    """Plain text."""
    return f'Überprüfung {title}\r\n\r\n  {note}; <&> "x", 1\r\n'


BERLIN = ('BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\nTZOFFSETFROM:+0200\r\n'
          'TZOFFSETTO:+0100\r\nTZNAME:CET\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n'
          'DTSTART:19700329T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n'
          'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n')
ALL_DAY = 'DTSTART;VALUE=DATE:20250501\r\nDTEND;VALUE=DATE:20250502\r\n'
WEEKLY = ('DTSTART;TZID=Europe/Berlin:20250310T090000\r\nDTEND;TZID=Europe/Berlin:20250310T093000\r\n'
          'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20251231T080000Z\r\nEXDATE;TZID=Europe/Berlin:20250312T090000\r\n')
ALARM = 'BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n'
