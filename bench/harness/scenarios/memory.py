"""With a million open leads: the smallest limit of memory, page cache included,
at which each system keeps 80 % of its speed.

The speed without a limit comes first; then a binary search over limits. Each
probe is the same process begun again on the same disk, in a cgroup of its own
(memory.max, or memory.limit_in_bytes of version 1), with its heap, caches and
buffers arranged for that limit. The page cache of its files is dropped before:
it is charged to whoever reads them first. A process that is killed for want of
memory, or that does not keep up, counts as too slow; then it catches up without
a limit.
"""

import time

from harness import load, machine
from harness.systems import KafkaStreams, Leadclock

KEPT = 0.8
LEAST, MOST = 128, 2048  # MiB
STEPS = 5  # which find it to within 9 %
# From the creation of a lead to what is said of it last, in seconds.
LAST_RUNG = 30


def run(bench):
    if machine.MemoryLimit.version() == 0:
        raise machine.Failed(
            "memory: cgroups of memory cannot be made here; run as root on a "
            "machine that has them")
    leads = 100_000 if bench.quick else 1_000_000
    figures = {}
    for system_class in bench.measured(KafkaStreams, Leadclock):
        system = system_class(bench, f"memory-{system_class.name}.")
        bench.say(f"memory with {leads:,} open leads: {system.name}")
        try:
            figures[system.name] = _search(bench, system, leads)
        finally:
            system.remove()
    return figures


def _search(bench, system, leads):
    system.start()
    load.preload(bench, system.inputs, "me", leads)
    load.await_read(bench, system, leads)
    system.end()
    run = Probes(bench, system, leads)
    speed = run.speed(None)
    too_small, enough = LEAST, MOST
    for _ in range(STEPS):
        middle = int((too_small * enough) ** 0.5)
        reached = run.speed(middle)
        bench.say(f"  {middle} MiB: {reached:,.0f} records/s "
                  f"({reached / speed:.0%})")
        if reached >= KEPT * speed:
            enough = middle
        else:
            too_small = middle
    return {"records_per_second without a limit": speed,
            "smallest limit, MiB": enough}


class Probes:
    def __init__(self, bench, system, leads):
        self._bench = bench
        self._system = system
        self._leads = leads
        self._count = 0

    def speed(self, mebibytes):
        """Records a second under a limit; 0: it did not live."""
        bench, system = self._bench, self._system
        self._count += 1
        machine.forget_cached(system.folder)
        limit = mebibytes and machine.MemoryLimit(mebibytes)
        try:
            system.start(limit or None, mebibytes)
            speed = load.live(
                bench, [system], f"me{self._count}", preloaded=self._leads,
                preloaded_run="me", warmup=bench.warmup, patience=60,
                seconds=bench.seconds / 2)[system.name]["records_per_second"]
        except machine.Failed as failed:
            bench.say(f"  failed: {str(failed).splitlines()[0]}")
            system.process.kill()
            speed = 0
        finally:
            system.end()
            if limit:
                limit.remove()
        if speed == 0:
            self._catch_up()
        return speed

    def _catch_up(self):
        """Lets it do what is left of a probe that failed: the next one would
        take that for its own."""
        self._system.start()
        load.await_read(self._bench, self._system)
        time.sleep(LAST_RUNG)
        self._system.end()
