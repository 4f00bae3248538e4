#!/usr/bin/env python3
"""The example on real input, on a real broker: undisturbed, and killed.

    servicenow_test.py LEADCLOCK_BINARY

The log is LEADCLOCK_SERVICENOW_CSV, else where DEFAULT_LOG says. Without it
the test is skipped (exit code 77).
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "servicenow"
DEFAULT_LOG = (ROOT.parent / "shared" / "data" / "servicenow-incidents" /
               "incident_event_log.csv")
SKIPPED = 77
TOPICS = ("sla.outcomes", "sla.warnings", "sla.breaches", "sla.escalations")

sys.path.insert(0, str(EXAMPLE))
import table  # noqa: E402  The example's own; it is no package.

binary = None
log = pathlib.Path(os.environ.get("LEADCLOCK_SERVICENOW_CSV", DEFAULT_LOG))


def output_of(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                          text=True).stdout


def run_example(directory, *options):
    """The table that is printed; what was written is kept in `directory`."""
    return output_of(EXAMPLE / "run", log, "--leadclock", binary,
                     "--keep", directory, *options)


def events_of(directory):
    """All that was written of each lead, in the order in which it was said."""
    events = [event for topic in TOPICS
              for event in table.read_events(directory / f"{topic}.jsonl")]
    return sorted(events, key=lambda e: (e["leadId"], int(e["leadSeq"])))


def net_facts(directory):
    """What stands, without what may differ from one run to another."""
    identity = ("leadId", "clock", "cycle", "startedBySource", "startedById",
                "kind", "rung", "atMs", "dueMs", "answeredAtMs", "countedMs",
                "policyVersion", *table.PEOPLE)
    return {
        json.dumps({field: fact.get(field) for field in identity})
        for fact in table.net_facts(events_of(directory)).values()
    }


class TheServiceDesk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.work.cleanup)
        cls.calm = pathlib.Path(cls.work.name) / "calm"
        cls.killed = pathlib.Path(cls.work.name) / "killed"
        cls.calm_table = run_example(cls.calm)
        cls.killed_table = run_example(cls.killed, "--kill")

    def test_the_table_is_that_of_the_reference(self):
        self.assertEqual(output_of(EXAMPLE / "reference.py", log),
                         self.calm_table)

    def test_the_readme_shows_what_is_printed(self):
        readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
        report = output_of(EXAMPLE / "convert.py", log, self.work.name,
                           "--report")
        self.assertIn(self.calm_table, readme)
        self.assertIn(report, readme)

    def test_a_kill_in_the_middle_changes_nothing_in_the_table(self):
        self.assertEqual(self.calm_table, self.killed_table)

    def test_a_kill_in_the_middle_changes_no_net_fact(self):
        differences = net_facts(self.calm) ^ net_facts(self.killed)
        self.assertEqual([], sorted(differences)[:4])

    def test_the_kill_came_when_something_had_been_said_and_not_all(self):
        retractions = [e for e in events_of(self.killed)
                       if e["form"] == "RETRACTED"]
        self.assertTrue(retractions)

    def test_the_reference_agrees_on_every_incident(self):
        for directory in (self.calm, self.killed):
            output_of(EXAMPLE / "reference.py", log, "--compare",
                      directory / "sla.outcomes.jsonl")

    def test_nobody_is_told_of_what_happened_years_ago(self):
        told = [e for e in events_of(self.calm) if e.get("notify")]
        self.assertEqual([], told)

    def test_what_is_said_of_a_lead_is_counted_without_a_gap(self):
        for directory in (self.calm, self.killed):
            last = {}
            for event in events_of(directory):
                lead = event["leadId"]
                self.assertEqual(last.get(lead, 0) + 1, int(event["leadSeq"]))
                last[lead] = int(event["leadSeq"])


def main():
    global binary
    binary = sys.argv.pop(1)
    if not log.exists():
        if "LEADCLOCK_SERVICENOW_CSV" in os.environ:
            sys.exit(f"LEADCLOCK_SERVICENOW_CSV names no file: {log}")
        print("skipped: the audit log is not there; set "
              "LEADCLOCK_SERVICENOW_CSV to its path "
              "(examples/servicenow/README.md says where it is from)")
        sys.exit(SKIPPED)
    unittest.main()


if __name__ == "__main__":
    main()
