"""How many records a second each system sustains, and the CPU of a record.

The rate of the feed rises until the system is a second behind (a closed loop
on its committed offsets) and stays there: the greatest rate at which the lag
is bounded. Everything is live, so rungs fall while records are counted. Keys
uniform, and again with 80 % of the activities on 20 % of the open leads.
"""

from harness import load
from harness.systems import KafkaStreams, Leadclock, PassThrough


def run(bench):
    figures = {}
    for keys in ("uniform",) if bench.quick else ("uniform", "hot"):
        for system_class in bench.measured(PassThrough, KafkaStreams,
                                           Leadclock):
            system = system_class(
                bench, f"throughput-{keys}-{system_class.name}.")
            bench.say(f"throughput, keys {keys}: {system.name}")
            try:
                system.start()
                seen = load.live(bench, [system], f"t{keys[0]}{system.name[0]}",
                                 hot=keys == "hot", warmup=bench.warmup,
                                 seconds=bench.seconds)[system.name]
            finally:
                system.remove()
            bench.say(f"  {seen['records_per_second']:,} records/s, "
                      f"{seen['cpu_us_per_record']} us of CPU each")
            own = figures.setdefault(system.name, {})
            for name in ("records_per_second", "cpu_us_per_record",
                         "resident_mib", "reminded", "breached"):
                own[f"{keys}: {name}"] = seen[name]
    return figures
