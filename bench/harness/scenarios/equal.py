"""Both say the same of the same records: no figure counts else.

Both read the same live topics at the same time; some answers are logged late,
so that what was said must be taken back. The net facts of each must be those
of the plain derivation that bench_load makes of what it sent, hence equal.
(Every later run is held against that derivation too.)
"""

from harness import load
from harness.systems import KafkaStreams, Leadclock


def run(bench):
    bench.say("equal: both read the same records")
    both = []
    try:
        for system_class in (Leadclock, KafkaStreams):
            both.append(system_class(bench, "equal."))
            both[-1].start()
        seen = load.live(bench, both, "eq", max_rate=2_000, late_share=0.1,
                         warmup=2, seconds=10 if bench.quick else 60)
    finally:
        for system in both:
            system.remove()
    return {name: {"net facts, all equal": figures["facts"],
                   "retractions on the way": figures["retractions"]}
            for name, figures in seen.items()}
