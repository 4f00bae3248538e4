"""Records a second with very many open leads against few, by the distribution
of keys: the activities that change no fact (45 % of all records) are of the
open leads."""

from harness import load
from harness.systems import Leadclock

FEW = 100_000


def run(bench):
    many = 1_000_000 if bench.quick else int(bench.keep_millions * 1_000_000)
    own = {}
    for leads in (FEW, many):
        for keys in ("uniform", "hot"):
            bench.say(f"size: {leads:,} open leads, keys {keys}")
            own[f"{leads:,} leads, {keys}: records_per_second"] = _measure(
                bench, leads, keys)
    for keys in ("uniform", "hot"):
        few, more = (own[f"{leads:,} leads, {keys}: records_per_second"]
                     for leads in (FEW, many))
        own[f"{keys}: many against few"] = round(more / few, 2)
    return {"leadclock": own}


def _measure(bench, leads, keys):
    system = Leadclock(bench, f"size-{leads}-{keys}.")
    try:
        system.start()
        load.preload(bench, system.inputs, "si", leads)
        load.await_read(bench, system, leads)
        return load.live(bench, [system], "si", preloaded=leads,
                         hot=keys == "hot", warmup=bench.warmup,
                         seconds=bench.seconds)[system.name][
                             "records_per_second"]
    finally:
        system.remove()
