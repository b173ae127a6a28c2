#!/usr/bin/python3
"""What `meson install` puts where, and an application built from nothing else. usage: BUILD_DIRECTORY"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

BUILD = sys.argv.pop(1)
FILES = '''
usr/bin/syncctl
usr/bin/syncd
usr/include/syncd/changes.hpp
usr/include/syncd/client.hpp
usr/include/syncd/conflicts.hpp
usr/include/syncd/descriptor.hpp
usr/include/syncd/device_information.hpp
usr/include/syncd/enums.hpp
usr/include/syncd/error.hpp
usr/include/syncd/export.hpp
usr/include/syncd/plan.hpp
usr/include/syncd/profile.hpp
usr/include/syncd/quarantine.hpp
usr/include/syncd/session.hpp
usr/include/syncd/statistics.hpp
usr/include/syncd/store.hpp
usr/include/syncd/syncd.hpp
usr/lib/ARCH/libsyncd.so
usr/lib/ARCH/libsyncd.so.0
usr/lib/ARCH/libsyncd.so.0.1.0
usr/lib/ARCH/pkgconfig/syncd.pc
usr/lib/systemd/system/syncd.service
usr/lib/systemd/user/syncd.service
usr/lib/sysusers.d/syncd.conf
usr/libexec/syncd/syncd-eds
usr/libexec/syncd/syncd-session
usr/share/dbus-1/interfaces/org.syncd1.Manager.xml
usr/share/dbus-1/interfaces/org.syncd1.Profile.xml
usr/share/dbus-1/interfaces/org.syncd1.Store.xml
usr/share/dbus-1/services/org.syncd1.service
usr/share/dbus-1/system-services/org.syncd1.service
usr/share/dbus-1/system.d/org.syncd1.conf
usr/share/doc/syncd/examples/syncd_example.cpp
usr/share/man/man1/syncctl.1
usr/share/man/man5/syncd-peers.5
usr/share/man/man5/syncd.conf.5
usr/share/man/man8/syncd.8
usr/share/polkit-1/actions/org.syncd1.policy
usr/share/syncd/peers.d/10-known-servers.conf
'''.split()
EXECUTABLES = {'usr/bin/syncctl', 'usr/bin/syncd', 'usr/libexec/syncd/syncd-eds', 'usr/libexec/syncd/syncd-session'}
if not (pathlib.Path(BUILD) / 'daemon/runner/syncd-eds').exists():
    FILES.remove('usr/libexec/syncd/syncd-eds')


class Layout(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.root = pathlib.Path(directory.name)
        subprocess.run(['meson', 'install', '--no-rebuild', '--quiet', '-C', BUILD], check=True,
                       env={**os.environ, 'DESTDIR': directory.name}, capture_output=True)
        [cls.arch] = [path.name for path in (cls.root / 'usr/lib').glob('*-linux-gnu*')]

    def test_everything_is_where_the_system_looks_for_it(self):
        found = {str(path.relative_to(self.root)).replace(self.arch, 'ARCH'): path
                 for path in (self.root / 'usr').rglob('*') if not path.is_dir()}
        self.assertEqual(sorted(found), sorted(FILES))
        for name, path in found.items():
            mode = path.stat().st_mode & 0o7777
            # Nothing is writable by others, and nothing changes its user.
            self.assertEqual(mode, 0o755 if name in EXECUTABLES or '.so' in name else 0o644, name)

    def test_the_installed_files_name_each_other(self):
        text = lambda name: (self.root / name).read_text()  # noqa: E731
        self.assertIn('/usr/bin/syncd --system', text('usr/lib/systemd/system/syncd.service'))
        self.assertIn('/usr/bin/syncd --user', text('usr/lib/systemd/user/syncd.service'))
        for services in ('system-services', 'services'):
            self.assertIn('SystemdService=syncd.service', text(f'usr/share/dbus-1/{services}/org.syncd1.service'))
        self.assertIn(b'/usr/libexec/syncd/syncd-session', (self.root / 'usr/bin/syncd').read_bytes())

    def test_an_application_is_built_with_pkg_config_alone(self):
        configuration = {**os.environ, 'PKG_CONFIG_SYSROOT_DIR': str(self.root),
                         'PKG_CONFIG_PATH': str(self.root / f'usr/lib/{self.arch}/pkgconfig')}
        flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'syncd'], check=True, capture_output=True,
                               text=True, env=configuration).stdout.split()
        self.assertIn('-lsyncd', flags)
        program = self.root / 'example'
        source = self.root / 'usr/share/doc/syncd/examples/syncd_example.cpp'
        # An instrumented library wants its sanitizers' symbols from the program.
        built = subprocess.run(['c++', '-Wall', '-Wextra', '-Werror', source, '-o', program, *flags,
                                '-Wl,--unresolved-symbols=ignore-in-shared-libs'], capture_output=True, text=True)
        self.assertEqual(built.returncode, 0, built.stderr)
        needed = subprocess.run(['readelf', '--dynamic', program], check=True, capture_output=True, text=True).stdout
        self.assertIn('[libsyncd.so.0]', needed)
        self.assertNotIn('sdbus', needed)


if __name__ == '__main__':
    unittest.main(verbosity=2)
