"""Runs bench_load: the load, and the eye on what comes of it."""

import json
import subprocess

from harness.machine import Failed
from harness.systems import SETTLE_MS


def preload(bench, inputs, run, leads):
    """Feeds leads that stay open; what reads them is still to do."""
    subprocess.run(
        [bench.binary("bench/bench_load"), "--brokers", bench.broker.address,
         "--inputs", inputs, "--run", run, "--preloaded", str(leads),
         "preload"], check=True)


def await_read(bench, system, records):
    """Until the system has read, and committed, that many records."""
    subprocess.run(
        [bench.binary("bench/bench_load"), "--brokers", bench.broker.address,
         "--inputs", system.inputs, "await", "--group", system.group,
         "--records", str(records)], check=True)


def live(bench, systems, run, **options):
    """Lets leads live in front of running systems; fails unless each says what
    must be said. Returns the figures of each, with its CPU and memory."""
    command = [bench.binary("bench/bench_load"), "--brokers",
               bench.broker.address, "--inputs", systems[0].inputs, "--run",
               run]
    if "preloaded" in options:
        command += ["--preloaded", str(options.pop("preloaded"))]
    command += ["live", "--settle-ms", str(SETTLE_MS)]
    for system in systems:
        command += ["--group", system.group, "--outputs", system.outputs]
    if systems[0].expects_records:
        command.append("--expect-records")
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            command.append(flag)
        elif value is not False:
            command += [flag, f"{value:g}"]
    return _figures(command, systems)


def _figures(command, systems):
    feed = subprocess.Popen([str(part) for part in command], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    cpu = {}
    warm = end = None
    figures = []
    for line in feed.stdout:
        said = json.loads(line)
        if said["event"] == "warm":
            warm = said
            for system in systems:
                cpu[system.name] = -system.process.cpu_seconds()
        elif said["event"] == "end":
            end = said
            for system in systems:
                cpu[system.name] += system.process.cpu_seconds()
        else:
            figures.append(said)
    why = feed.stderr.read()
    if feed.wait() != 0:
        logs = "\n".join(f"{system.name}:\n{system.process.log_tail()}"
                         for system in systems)
        raise Failed(f"{why}\n{logs}")
    committed = end["committed"] - warm["committed"]
    result = {}
    for system, seen in zip(systems, figures):
        del seen["event"]
        seen["cpu_us_per_record"] = round(cpu[system.name] / committed * 1e6, 2)
        seen["resident_mib"] = round(system.process.resident_mib())
        result[system.name] = seen
    return result
