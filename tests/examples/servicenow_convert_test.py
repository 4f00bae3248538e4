#!/usr/bin/env python3
"""What becomes of an audit log's rows, and of its contradictions."""

import csv
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "servicenow"

sys.path.insert(0, str(EXAMPLE))
import convert  # noqa: E402  The example's own; they are no packages.
import reference  # noqa: E402

MORNING = "07-03-2016 "  # A Monday.


def row(minute, state, modification, **others):
    """A row of an incident that was opened on Monday at 09:00."""
    return {
        "number": "INC1", "incident_state": state,
        "sys_mod_count": str(modification), "opened_at": MORNING + "09:00",
        "sys_updated_at": MORNING + minute, "contact_type": "Phone",
        "location": "?", "category": "?", "priority": "2 - High",
        "assignment_group": "?", "assigned_to": "?", "resolved_at": "?",
    } | others


class WithALog(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "log.csv"

    def write(self, *rows):
        with open(self.log, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, convert.COLUMNS)
            writer.writeheader()
            writer.writerows(rows)


class Conversion(WithALog):

    def convert(self, *rows):
        self.write(*rows)
        self.incidents = list(convert.read_log(self.log).values())
        self.created, self.activity = convert.records(self.incidents)

    def said(self):
        """(time of day, kind, text) of the activity, as Leadclock orders it."""
        ordered = sorted(self.activity, key=lambda e: (
            int(e["occurredAtMs"]), int(e["sequence"])))
        return [self.in_short(event) for event in ordered]

    def in_short(self, event):
        at = datetime.datetime.fromtimestamp(
            int(event["occurredAtMs"]) / 1000, datetime.timezone.utc)
        body = event.get("statusChanged") or event.get("assigned") or {
            "touch": event["touch"]["direction"]}
        return f"{at:%H:%M} " + " ".join(body.values())

    def count(self, name):
        return sum(count(incident)
                   for label, count, _ in convert.CONTRADICTIONS
                   if label == name for incident in self.incidents)

    def test_an_incident_begins_when_it_was_opened_with_its_first_priority(
            self):
        self.convert(row("09:10", "New", 0),
                     row("09:20", "New", 1, priority="1 - Critical"))

        [created] = self.created
        self.assertEqual("INC1", created["leadId"])
        self.assertEqual("1457341200000", created["occurredAtMs"])
        self.assertEqual(
            {"priority": "2 - High", "leadSource": "Phone"},
            created["leadCreated"]["attributes"])
        self.assertEqual(1, self.count("priority changes"))

    def test_only_what_changes_is_said(self):
        self.convert(
            row("09:10", "New", 0, assignment_group="Group 1"),
            row("09:20", "New", 1, assignment_group="Group 1"),
            row("09:30", "Active", 2, assignment_group="Group 1",
                assigned_to="Resolver 1"))

        self.assertEqual(["09:10 New", "09:10 Group 1", "09:30 Active",
                          "09:30 Resolver 1"], self.said())

    def test_each_turn_to_resolved_is_an_answer(self):
        self.convert(row("09:10", "Resolved", 0), row("09:20", "Resolved", 1),
                     row("09:30", "Active", 2), row("09:40", "Resolved", 3))

        self.assertEqual(
            ["09:10 Resolved", "09:10 OUTBOUND", "09:30 Active",
             "09:40 Resolved", "09:40 OUTBOUND"], self.said())
        self.assertEqual(1, self.count("first state is Resolved"))
        self.assertEqual(1, self.count("works again after Resolved"))

    def test_rows_of_one_minute_are_ordered_by_sys_mod_count(self):
        self.convert(row("09:10", "Resolved", 10), row("09:10", "Active", 9))

        self.assertEqual(
            ["09:10 Active", "09:10 Resolved", "09:10 OUTBOUND"], self.said())
        self.assertEqual(["2", "2", "1"],
                         [event["sequence"] for event in self.activity])

    def test_an_unknown_assignee_is_nobody_new(self):
        self.convert(row("09:10", "New", 0, assigned_to="Resolver 1"),
                     row("09:20", "New", 1),
                     row("09:30", "New", 2, assigned_to="Resolver 1"))

        self.assertEqual(["09:10 New", "09:10 Resolver 1"], self.said())
        self.assertEqual(1, self.count("assigned_to becomes unknown"))

    def test_a_row_before_the_opening_keeps_its_date(self):
        self.convert(row("08:10", "New", 0))

        self.assertEqual(["08:10 New"], self.said())
        self.assertEqual(1, self.count("update dated before the opening"))

    def test_a_row_that_is_there_twice_is_taken_once(self):
        self.convert(row("09:10", "New", 0), row("09:10", "New", 0))

        self.assertEqual(["09:10 New"], self.said())
        self.assertEqual(1, self.count("row that is there twice"))

    def test_ids_are_unique(self):
        self.convert(row("09:10", "New", 0, assigned_to="Resolver 1"),
                     row("09:10", "Resolved", 1))

        ids = [event["id"] for event in self.created + self.activity]
        self.assertEqual(len(ids), len(set(ids)))

    def test_what_is_no_such_log_is_refused_with_the_place(self):
        self.write(row("9 o'clock", "New", 0))
        command = [EXAMPLE / "convert.py", self.log, self.directory]
        result = subprocess.run(command, stderr=subprocess.PIPE, text=True)

        self.assertEqual(1, result.returncode)
        self.assertIn("log.csv:2: ", result.stderr)

    def test_the_files_have_the_key_and_the_value_of_each_record(self):
        self.write(row("09:10", "New", 0))
        subprocess.run([EXAMPLE / "convert.py", self.log, self.directory],
                       check=True)

        text = (self.directory / "leads.activity.tsv").read_text()
        key, value = text.rstrip("\n").split("\t")
        self.assertEqual("INC1", key)
        self.assertEqual({"status": "New"}, json.loads(value)["statusChanged"])


class TheReference(WithALog):
    """High: 8 hours of the desk's days, 08:00 to 18:00, from 09:00."""

    def verdict(self, *rows):
        self.write(*rows)
        return reference.judge_all(self.log)["INC1"]

    def assert_verdict(self, kind, due, verdict):
        self.assertEqual((kind, due),
                         (verdict.kind, f"{verdict.due:%d %H:%M}"))

    def test_exactly_at_due_is_met(self):
        self.assert_verdict("met", "07 17:00",
                            self.verdict(row("17:00", "Resolved", 0)))

    def test_a_minute_later_is_missed(self):
        self.assert_verdict("missed", "07 17:00",
                            self.verdict(row("17:01", "Resolved", 0)))

    def test_awaiting_stands_still(self):
        self.assert_verdict("missed", "08 08:30", self.verdict(
            row("10:00", "Awaiting Vendor", 0), row("11:30", "Active", 1),
            row("12:00", "Closed", 2, sys_updated_at="08-03-2016 12:00")))

    def test_a_pause_at_due_comes_too_late(self):
        self.assert_verdict("missed", "07 17:00", self.verdict(
            row("17:00", "Awaiting Vendor", 0), row("17:30", "Resolved", 1)))

    def test_nights_and_weekends_do_not_count(self):
        friday = {"opened_at": "04-03-2016 17:00"}
        self.assert_verdict("met", "07 15:00", self.verdict(
            row("14:00", "Resolved", 0, **friday)))

    def test_closed_without_an_answer_is_stopped(self):
        self.assert_verdict("stopped", "07 17:00",
                            self.verdict(row("12:00", "Closed", 0)))

    def test_what_waits_for_ever_runs(self):
        self.assertEqual("running", self.verdict(
            row("09:00", "Awaiting Problem", 0)).kind)

    def test_the_first_resolved_counts(self):
        verdict = self.verdict(row("10:00", "Resolved", 0),
                               row("11:00", "Active", 1),
                               row("12:00", "Resolved", 2))
        self.assertEqual("10:00", f"{verdict.answered:%H:%M}")

    def test_what_happened_before_the_opening_counts_at_the_opening(self):
        verdict = self.verdict(row("08:00", "Resolved", 0))
        self.assertEqual(("met", "09:00"),
                         (verdict.kind, f"{verdict.answered:%H:%M}"))


if __name__ == "__main__":
    unittest.main()
