#!/usr/bin/python3
"""docs/conformance.md: every rule has one id and a state, and the code and the tests that it names exist.
docs/behaviours.md: so do the tests that it names.

usage: conformance.py SOURCE_ROOT
"""
import collections
import functools
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
page = root / 'docs' / 'conformance.md'
columns = ['Id', 'Specification', 'Rule', 'State', 'Code', 'Test']
states = re.compile(r'(supported|not applicable|not yet(?=$|:)|refused(?=:))(: .+)?$')
none = '–'

problems = []


@functools.cache
def read(path: pathlib.Path) -> str | None:
    return path.read_text() if path.is_file() else None


# ---- code -------------------------------------------------------------------------
def defines(text: str, name: str) -> bool:
    """Whether a source defines the function, with its class when it has one, or the type."""
    body = r'\([^;{]*\{'  # a call or declaration comes to its semicolon first
    scope, _, last = name.rpartition('::')
    if not scope:
        return re.search(rf'^(?:[^\s#/].*\b{name}{body}|(?:struct|class|enum class) {name}\b)', text, re.M) is not None
    if re.search(rf'\b{name}{body}', text):
        return True
    inside = re.search(rf'^(?:struct|class) {scope}\b[^;{{]*\{{(.*?)^\}};', text, re.M | re.S)
    return inside is not None and re.search(rf'^ +\S.*\b{last}{body}', inside[1], re.M) is not None


def check_code(where: str, cell: str) -> None:
    for reference in cell.split('<br>'):
        parts = re.fullmatch(r'`([\w/.]+)` `([\w:]+)`', reference)
        if parts is None:
            problems.append(f'{where}: write code as `room/file` `function`, not {reference}')
        elif (text := read(root / 'daemon' / parts[1])) is None:
            problems.append(f'{where}: there is no daemon/{parts[1]}')
        elif not defines(text, parts[2]):
            problems.append(f'{where}: daemon/{parts[1]} does not define {parts[2]}')


# ---- tests ------------------------------------------------------------------------
@functools.cache
def tests_in(path: pathlib.Path) -> set[str]:
    text = read(path) or ''
    if path.suffix == '.py':
        return set(re.findall(r'^ +def (test\w*)\(self\)', text, re.M))
    return set(re.findall(r'\bTEST_CASE(?:_METHOD)?\(\s*(?:\w+,\s*)?"((?:[^"\\]|\\.)*)"', text))


def check_tests(where: str, cell: str) -> None:
    for reference in cell.split('<br>'):
        parts = re.fullmatch(r'`([\w/.]+)` (?:"(.+)"|`(test\w*)`)', reference)
        if parts is None:
            problems.append(f'{where}: write tests as `suite/file` "name" or `suite/file` `test_name`, not {reference}')
        elif read(path := root / 'tests' / parts[1]) is None:
            problems.append(f'{where}: there is no tests/{parts[1]}')
        elif (name := parts[2] or parts[3]) not in tests_in(path):
            problems.append(f'{where}: tests/{parts[1]} has no test "{name}"')


# ---- rows -------------------------------------------------------------------------
counts = collections.Counter()
rules: dict[str, str] = {}
for number, line in enumerate((read(page) or '').splitlines(), 1):
    if not line.startswith('|') or line.startswith('|---'):
        continue
    cells = [cell.strip() for cell in line.strip('|').split('|')]
    if cells == columns:
        continue
    where = f'docs/conformance.md:{number}: {cells[0]}'
    if len(cells) != len(columns) or not re.fullmatch(r'[A-Z]+-\w+', cells[0]):
        problems.append(f'{where}: a row is {" | ".join(columns)}')
        continue
    rule, _, text, state, code, tests = cells
    if rule in rules:
        problems.append(f'{where}: the id stands twice')
    rules[rule] = text
    known = states.match(state)
    if known is None:
        problems.append(f'{where}: "{state}" is no state')
        continue
    counts[known[1]] += 1
    counts['untested'] += tests == 'untested'
    works = known[1] in {'supported', 'refused'}
    if works and none in (code, tests):
        problems.append(f'{where}: what is {known[1]} is so in some code, and has a test or is untested')
    if code != none:
        check_code(where, code)
    if tests not in (none, 'untested'):
        check_tests(where, tests)

prefixes = {rule.split('-')[0] for rule in rules}
for rule, text in rules.items():
    for mention in re.findall(r'\b[A-Z]+-\w+\b', text):
        if mention.split('-')[0] in prefixes and mention not in rules:
            problems.append(f'docs/conformance.md: {rule} refers to {mention}, which is no rule')
for decision in re.findall(r'\bdecision (\d{4})\b', read(page) or ''):
    if not list((root / 'docs' / 'decisions').glob(decision + '-*.md')):
        problems.append(f'docs/conformance.md: there is no decision {decision}')
for number, line in enumerate((read(root / 'docs' / 'behaviours.md') or '').splitlines(), 1):
    if line.startswith('|') and not line.startswith(('|---', '| No ')):
        cells = [cell.strip() for cell in line.strip('|').split('|')]
        if cells[-1] != none:
            check_tests(f'docs/behaviours.md:{number}: {cells[0]}', cells[-1])
if not rules:
    problems.append('docs/conformance.md holds no rule')
summary = ', '.join(f'{count} {what}' for what, count in counts.most_common())
print('\n'.join(problems) or f'{len(rules)} rules: {summary}')
sys.exit(1 if problems else 0)
