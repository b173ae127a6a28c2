"""vCard and iCalendar items brought to one form, so that two items of the same content are equal.

What does not count, and why. SyncEvolution reads an item into fields of its own and writes it anew:
- folding, line ends, the order of properties and of parameters, upper and lower case of names and TYPEs;
- PRODID, REV, DTSTAMP, LAST-MODIFIED: it writes its own;
- properties without a value: it writes one for every field it knows (`PHOTO:`, `GEO:;`, `X-GENDER:`);
- trailing empty parts of a structured value: it writes every part it knows (`ORG:a;b;;`);
- UID of a vCard: its address book has no field for it and drops it;
- hyphens in a BDAY: it writes the basic form of the date;
- white space inside base64;
- INTERVAL=1 in RRULE and VALUE=DURATION in TRIGGER: both are the defaults, and it writes them out;
- blank lines at the end of plain text: it adds one;
- VTIMEZONE: it puts in its own definition of a zone it knows by name. The TZIDs count, where they are used.
"""
import re
import textwrap

_WRITTEN_ANEW = {'PRODID', 'REV', 'DTSTAMP', 'LAST-MODIFIED'}
_STRUCTURED = {'N', 'ADR', 'ORG', 'GEO'}


def _unfold(text):
    return re.sub(r'\n[ \t]', '', text.replace('\r\n', '\n').replace('\r', '\n')).split('\n')


def _split(line):
    """Name, parameters and value; a colon inside quotes ends nothing."""
    match = re.match(r'((?:"[^"]*"|[^":])*):(.*)$', line, re.S)
    if not match:
        raise ValueError(f'no content line: {line!r}')
    head, value = match.groups()
    name, *parameters = re.findall(r'(?:"[^"]*"|[^";])+', head)
    return name.upper(), parameters, value


def _parameters(parameters):
    result = set()
    for parameter in parameters:
        key, equals, values = parameter.partition('=')
        if not equals:  # vCard 2.1 writes the value of TYPE alone
            key, values = 'TYPE', key
        for value in values.split(','):
            value = value.strip('"')
            result.add((key.upper(), value.upper() if key.upper() in ('TYPE', 'ENCODING', 'VALUE') else value))
    return result


def _property(name, parameters, value, inside):
    parameters = _parameters(parameters)
    if name in _WRITTEN_ANEW or (name == 'UID' and inside == ('VCARD',)):
        return None
    if name in _STRUCTURED:
        value = value.rstrip(';')
    if ('ENCODING', 'B') in parameters:
        value = re.sub(r'\s', '', value)
    if name == 'BDAY':
        value = value.replace('-', '')
    if name == 'RRULE':
        value = ';'.join(sorted(part for part in value.split(';') if part != 'INTERVAL=1'))
    if name == 'TRIGGER':
        parameters.discard(('VALUE', 'DURATION'))
    if name == 'CATEGORIES':
        value = ','.join(sorted(value.split(',')))
    if value == '':
        return None
    return name, tuple(sorted(parameters)), value


def normal_form(text):
    """A sorted list of (components around, name, parameters, value); of plain text its lines."""
    if not text.startswith('BEGIN:'):
        return [((), 'TEXT', (), '\n'.join(text.splitlines()).rstrip())]
    around, found = [], []
    for line in _unfold(text):
        if not line:
            continue
        name, parameters, value = _split(line)
        if name == 'BEGIN':
            around.append(value.upper())
        elif name == 'END':
            if around.pop() != value.upper():
                raise ValueError(f'END:{value} closes another component')
        elif 'VTIMEZONE' not in around:
            made = _property(name, parameters, value, tuple(around))
            if made:
                found.append((tuple(around), *made))
    if around:
        raise ValueError(f'{around[-1]} is not closed')
    return sorted(found)


def describe(text):
    """The normal form for a person, e.g. in a failed comparison."""
    return '\n'.join(textwrap.shorten('/'.join(around) + ' ' + name + ''.join(f';{key}={word}' for key, word in parameters) +
                                      ':' + value, 200) for around, name, parameters, value in normal_form(text))
