"""From due to visible: how long after its instant (and the settling time) a
read_committed consumer has a fact, while records come in slowly and a million
leads are open. Answers are measured as well, from the instant they are sent;
and once more without those that stand so soon after a rung (less than the
settling time) that it must be said before them, and is not sure yet.
"""

from harness import load
from harness.systems import KafkaStreams, Leadclock

RATE = 200


def run(bench):
    leads = 20_000 if bench.quick else 1_000_000
    figures = {}
    for system_class in bench.measured(KafkaStreams, Leadclock):
        system = system_class(bench, f"latency-{system_class.name}.")
        bench.say(f"latency with {leads:,} open leads: {system.name}")
        try:
            system.start()
            load.preload(bench, system.inputs, "la", leads)
            load.await_read(bench, system, leads)
            seen = load.live(bench, [system], "la", preloaded=leads,
                             max_rate=RATE, late_share=0, warmup=bench.warmup,
                             seconds=bench.seconds)[system.name]
        finally:
            system.remove()
        figures[system.name] = {name: seen[name] for name in (
            "timed_p50_ms", "timed_p99_ms", "timed_max_ms",
            "answers_p50_ms", "answers_p99_ms",
            "answers_not_held_p50_ms", "answers_not_held_p99_ms")}
    return figures
