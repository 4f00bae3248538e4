"""Very many leads due within one second: how long until all is visible, from
the first due and the settling time on, and how long answers that are sent
meanwhile wait to be visible: all of them, and without those that a rung less
than the settling time before them holds back, burst or not."""

from harness import load
from harness.systems import KafkaStreams, Leadclock


def run(bench):
    leads = 10_000 if bench.quick else 100_000
    figures = {}
    for system_class in bench.measured(KafkaStreams, Leadclock):
        system = system_class(bench, f"burst-{system_class.name}.")
        bench.say(f"burst of {leads:,} leads: {system.name}")
        try:
            system.start()
            seen = load.live(bench, [system], "bu", burst=leads, max_rate=1_000,
                             late_share=0, warmup=bench.warmup,
                             seconds=45)[system.name]
        finally:
            system.remove()
        figures[system.name] = {name: seen[name] for name in (
            "burst_ms", "answers_in_burst", "answers_in_burst_p50_ms",
            "answers_in_burst_p99_ms", "answers_in_burst_max_ms",
            "answers_not_held_in_burst", "answers_not_held_in_burst_p50_ms",
            "answers_not_held_in_burst_p99_ms",
            "answers_not_held_in_burst_max_ms")}
    return figures
