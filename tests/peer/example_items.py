"""Items for the tests, and how their texts are compared."""


def contact(name, note='', **more):
    lines = ['BEGIN:VCARD', 'VERSION:3.0', f'N:{name};Test;;;', f'FN:Test {name}']
    if note:
        lines.append(f'NOTE:{note}')
    lines += [f'{key.upper()}:{value}' for key, value in more.items()]
    return '\r\n'.join(lines + ['END:VCARD', ''])


def event(summary, day=1, note='', uid=None):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//syncd//tests//EN', 'BEGIN:VEVENT', f'UID:{uid or summary}',
             'DTSTAMP:20250101T000000Z', f'DTSTART:202503{day:02}T090000Z', f'DTEND:202503{day:02}T100000Z',
             f'SUMMARY:{summary}']
    if note:
        lines.append(f'DESCRIPTION:{note}')
    return '\r\n'.join(lines + ['END:VEVENT', 'END:VCALENDAR', ''])


def task(summary, due='20250301T090000Z', note='', more=''):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//syncd//tests//EN', 'BEGIN:VTODO', f'UID:{summary}',
             'DTSTAMP:20250101T000000Z', f'DUE:{due}', f'SUMMARY:{summary}']
    if note:
        lines.append(f'DESCRIPTION:{note}')
    if more:
        lines.append(more)
    return '\r\n'.join(lines + ['END:VTODO', 'END:VCALENDAR', ''])


def note(title, note=''):
    """In plain text."""
    return '\r\n'.join([title, *([note] if note else []), ''])


def journal(title, note='', more=''):
    lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//syncd//tests//EN', 'BEGIN:VJOURNAL', f'UID:{title}',
             'DTSTAMP:20250101T000000Z', f'SUMMARY:{title}']
    if note:
        lines.append(f'DESCRIPTION:{note}')
    if more:
        lines.append(more)
    return '\r\n'.join(lines + ['END:VJOURNAL', 'END:VCALENDAR', ''])


def texts(items):
    """The content of a store without ids and order; line ends are those of the carrier."""
    return sorted('\n'.join(text.splitlines()) for text in items.values())
