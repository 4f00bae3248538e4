"""With very many open leads: a new process after kill -9, of the same name and
with the disk of the old one, until its first commit; and one with an empty
disk, until it has its states back.

Kafka Streams wipes its state after a process that did not end cleanly under
exactly_once_v2, so for it both are the same.
"""

import time

from harness import load
from harness.systems import KafkaStreams, Leadclock


def run(bench):
    leads = 200_000 if bench.quick else int(bench.keep_millions * 1_000_000)
    figures = {}
    for system_class in bench.measured(KafkaStreams, Leadclock):
        system = system_class(bench, f"restart-{system_class.name}.")
        bench.say(f"restart with {leads:,} open leads: {system.name}")
        try:
            figures[system.name] = _measure(bench, system, leads)
        finally:
            system.remove()
    return figures


def _measure(bench, system, leads):
    system.start()
    began = time.monotonic()
    load.preload(bench, system.inputs, "re", leads)
    load.await_read(bench, system, leads)
    loaded = time.monotonic() - began
    after_kill = _seconds_to_first_commit(bench, system, leads, 1)
    system.process.kill()
    disk = sum(path.stat().st_size
               for path in (system.folder / "data").rglob("*")
               if path.is_file())
    system.lose_disk()
    from_nothing = _seconds_to_first_commit(bench, system, leads, 2)
    return {
        "preload: records_per_second": round(leads / loaded),
        "state on disk, MiB": round(disk / 1024 / 1024),
        "after kill -9: first commit, s": round(after_kill, 2),
        "empty disk: first commit, s": round(from_nothing, 2),
        "empty disk: states_per_second": round(leads / from_nothing),
    }


def _seconds_to_first_commit(bench, system, leads, more):
    """Kills it, adds a record, and starts it again."""
    system.process.kill()
    load.preload(bench, system.inputs, f"re{more}", 1)
    began = time.monotonic()
    system.launch()
    load.await_read(bench, system, leads + more)
    return time.monotonic() - began
