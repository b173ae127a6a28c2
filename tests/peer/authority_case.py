"""What the tests with certificates have in common."""
import tempfile
import unittest

from authority import Authority
from device import start_devices


class AuthorityCase(unittest.TestCase):
    """For all tests of a class a device, an authority that its profiles may trust, a certificate of it, and another
    authority; each test begins with empty stores and no profile."""
    configuration = {}

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.ours = Authority(directory.name, 'ours')
        cls.theirs = Authority(directory.name, 'theirs')
        cls.good = cls.ours.issue('good')
        [cls.device] = start_devices(cls, 1, cls.configuration)

    def setUp(self):
        self.device.forget_everything()
