"""A CA of a test's own."""
import pathlib
import subprocess


class Authority:
    """The authority, and the certificates it gives out."""

    def __init__(self, directory, name):
        self.directory = pathlib.Path(directory)
        self.certificate = self.directory / f'{name}.pem'
        self.key = self.directory / f'{name}.key'
        self.run('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', f'/CN={name}', '-keyout', self.key,
                 '-out', self.certificate)

    @staticmethod
    def run(*words):
        subprocess.run(['openssl', *map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def issue(self, name, address='127.0.0.1', days=2, host='localhost'):
        """Certificate and key of a server of that address and host name, or of a client."""
        key, request, certificate = (self.directory / f'{name}.{kind}' for kind in ('key', 'csr', 'pem'))
        extensions = self.directory / f'{name}.ext'
        extensions.write_text(f'subjectAltName=IP:{address},DNS:{host}\n')
        self.run('req', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={name}', '-keyout', key, '-out', request)
        self.run('x509', '-req', '-in', request, '-CA', self.certificate, '-CAkey', self.key, '-CAcreateserial', '-days',
                 days, '-extfile', extensions, '-out', certificate)
        return certificate, key
