"""With a million open leads: the smallest limit of memory, page cache included,
at which each system keeps 80 % of its speed.

The speed without a limit comes first; then a binary search over limits. Each
probe begins with the same million leads and nothing else: it loads them without
a limit, ends, and begins again on the same disk, in a cgroup of its own
(memory.max, or memory.limit_in_bytes of version 1), with its heap, caches and
buffers arranged for that limit. The page cache of its files is dropped before:
it is charged to whoever reads them first. A process that is killed for want of
memory, or that does not keep up, counts as too slow.
"""

from harness import load, machine
from harness.systems import KafkaStreams, Leadclock

KEPT = 0.8
LEAST, MOST = 128, 2048  # MiB
STEPS = 5  # which find it to within 9 %


def run(bench):
    if machine.MemoryLimit.version() == 0:
        raise machine.Failed(
            "memory: cgroups of memory cannot be made here; run as root on a "
            "machine that has them")
    leads = 100_000 if bench.quick else 1_000_000
    return {system_class.name: _search(bench, system_class, leads)
            for system_class in bench.measured(KafkaStreams, Leadclock)}


def _search(bench, system_class, leads):
    bench.say(f"memory with {leads:,} open leads: {system_class.name}")
    speed = _speed(bench, system_class, leads, None)
    bench.say(f"  no limit: {speed:,.0f} records/s")
    too_small, enough = LEAST, MOST
    for _ in range(STEPS):
        middle = int((too_small * enough) ** 0.5)
        reached = _speed(bench, system_class, leads, middle)
        bench.say(f"  {middle} MiB: {reached:,.0f} records/s "
                  f"({reached / speed:.0%})")
        if reached >= KEPT * speed:
            enough = middle
        else:
            too_small = middle
    return {"records_per_second without a limit": speed,
            "smallest limit, MiB": enough}


def _speed(bench, system_class, leads, mebibytes):
    """Records a second under a limit; 0: it did not live."""
    system = system_class(bench, f"memory-{system_class.name}-{mebibytes}.")
    limit = None
    try:
        system.start()
        load.preload(bench, system.inputs, "me", leads)
        load.await_read(bench, system, leads)
        system.end()
        machine.forget_cached(system.folder)
        limit = mebibytes and machine.MemoryLimit(mebibytes)
        system.start(limit or None, mebibytes)
        return load.live(
            bench, [system], "me", preloaded=leads, warmup=bench.warmup,
            patience=60, seconds=bench.seconds / 2)[
                system.name]["records_per_second"]
    except machine.Failed as failed:
        bench.say(f"  failed: {str(failed).splitlines()[0]}")
        return 0
    finally:
        system.remove()
        if limit:
            limit.remove()
