"""What syncd's processes use: the broker by /proc, its workers by measured_worker."""
import json
import os
import pathlib


class Broker:
    def __init__(self, pid):
        self.process = pathlib.Path('/proc', str(pid))

    def cpu_s(self):
        # Nanoseconds on a processor, of each thread; stat counts in hundredths of a second.
        return sum(int((task / 'schedstat').read_text().split()[0])
                   for task in (self.process / 'task').iterdir()) / 1e9

    def status(self, key):
        for line in (self.process / 'status').read_text().splitlines():
            if line.startswith(key + ':'):
                return int(line.split()[1])
        raise KeyError(key)

    def forget_peak(self):
        (self.process / 'clear_refs').write_text('5')  # proc(5): resets VmHWM

    def peak_mib(self):
        return self.status('VmHWM') / 1024

    def resident_mib(self):
        return self.status('VmRSS') / 1024

    def proportional_mib(self):
        """Its share of what it shares, too."""
        for line in (self.process / 'smaps_rollup').read_text().splitlines():
            if line.startswith('Pss:'):
                return int(line.split()[1]) / 1024
        raise KeyError('Pss')

    def switches(self):
        return self.status('voluntary_ctxt_switches') + self.status('nonvoluntary_ctxt_switches')


class Footprint:
    """From construction to `end`: what all processes used. One session at a time."""

    def __init__(self, broker, usage_file):
        self.broker, self.usage_file = broker, usage_file
        self.seen = self._lines()
        broker.forget_peak()
        self.cpu = broker.cpu_s()

    def _lines(self):
        return self.usage_file.read_text().splitlines() if self.usage_file.exists() else []

    def end(self):
        workers = [json.loads(line) for line in self._lines()[len(self.seen):]]
        if len(workers) != 1:
            raise RuntimeError(f'{len(workers)} workers ended where one was measured')
        broker_cpu = self.broker.cpu_s() - self.cpu
        worker, = workers
        return {'cpu_s': worker['cpu_s'] + broker_cpu,
                'peak_mib': worker['peak_kib'] / 1024 + self.broker.peak_mib(),
                'proportional_mib': worker['proportional_kib'] / 1024 + self.broker.proportional_mib()}


def of_this_daemon():
    """Broker and usage file of the syncd that scripts/with-syncd has started around us."""
    return (Broker(os.environ['SYNCD_PID']), pathlib.Path(os.environ['SYNCD_BUILD'], 'daemon/runner/usage'))
