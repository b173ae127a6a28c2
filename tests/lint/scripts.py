#!/usr/bin/python3
"""Every script parses, is executable, and Python scripts ask for Debian's interpreter.

usage: scripts.py SOURCE_ROOT
"""
import pathlib
import subprocess
import sys

root = pathlib.Path(sys.argv[1])
problems, checked = [], 0
for path in sorted([*root.glob('scripts/*'), *root.glob('.ci/*'), *root.glob('tests/**/*')]):
    if not path.is_file() or path.suffix not in {'', '.py', '.sh'}:
        continue
    try:
        first = path.read_text().split('\n', 1)[0]
    except UnicodeDecodeError:
        continue
    if not first.startswith('#!'):
        continue
    checked += 1
    name = path.relative_to(root)
    if not path.stat().st_mode & 0o111:
        problems.append(f'{name}: starts with #! but is not executable')
    if 'python' in first:
        # The python3 of PATH may be another one that lacks Debian's modules.
        if first != '#!/usr/bin/python3':
            problems.append(f'{name}: {first} instead of #!/usr/bin/python3')
        try:
            compile(path.read_text(), str(name), 'exec')
        except SyntaxError as error:
            problems.append(f'{name}: {error}')
    else:
        shell = 'bash' if 'bash' in first else 'sh'
        result = subprocess.run([shell, '-n', path], capture_output=True, text=True)
        if result.returncode != 0:
            problems.append(f'{name}: {result.stderr.strip()}')
if checked == 0:
    problems.append('no script found')
print('\n'.join(problems) or f'{checked} scripts parse')
sys.exit(1 if problems else 0)
