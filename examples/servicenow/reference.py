#!/usr/bin/env python3
"""Judges the incidents of the audit log plainly, to check Leadclock by.

    reference.py LOG.csv                      prints the table
    reference.py LOG.csv --compare FILE.jsonl
        compares each incident with the records of sla.outcomes, as JSON, one
        a line; lists those that disagree and exits with 1 if there are any

It reads the log itself and walks through each incident minute by minute, with
no calendar but a look at the weekday and the hour. It shares no rule with the
conversion or with Leadclock, only the layout of the table and the reading of
what was retracted (table.py).
"""

import argparse
import csv
import sys
from datetime import datetime, timedelta, timezone

import table

MINUTE = timedelta(minutes=1)
TARGET_HOURS = {"1 - Critical": 4, "2 - High": 8, "3 - Moderate": 24,
                "4 - Low": 40}
TARGET_HOURS_OTHERWISE = 4
STATES = ("New", "Active", "Resolved", "Closed")


class Verdict:
    """How one incident ended. Instants are None where there is none."""

    def __init__(self, priority):
        self.priority = priority
        self.kind = "running"  # or met, missed, stopped
        self.due = None  # foretold at the end, if it ended before
        self.answered = None
        self.closed = None
        self.counted = 0  # minutes, at the verdict


def parse(text):
    return datetime.strptime(text, "%d-%m-%Y %H:%M")


def is_open(minute):
    return minute.weekday() < 5 and 8 <= minute.hour < 18


def walk(opened, end):
    """The minutes from one instant up to another, or for ever."""
    minute = opened
    while end is None or minute < end:
        yield minute
        minute += MINUTE


def rows_by_incident(path):
    incidents = {}
    with open(path, newline="", encoding="utf-8") as file:
        for place, row in enumerate(csv.DictReader(file)):
            key = (parse(row["sys_updated_at"]), int(row["sys_mod_count"]),
                   place)
            incidents.setdefault(row["number"], []).append((key, row))
    for number, rows in incidents.items():
        yield number, [row for _, row in sorted(rows, key=lambda r: r[0])]


def changes_of_state(rows, opened):
    """(instant, state) of each row; none before the opening."""
    return [(max(parse(row["sys_updated_at"]), opened), row["incident_state"])
            for row in rows
            if row["incident_state"] in STATES
            or row["incident_state"].startswith("Awaiting")]


def end_of(changes):
    """The first row that resolves or closes: its instant and state."""
    for instant, state in changes:
        if state in ("Resolved", "Closed"):
            return instant, state
    return None, None


def judge(rows, present):
    opened = parse(rows[0]["opened_at"])
    changes = changes_of_state(rows, opened)
    end, how = end_of(changes)
    priority = rows[0]["priority"]
    verdict = Verdict("unknown" if priority == "?" else priority)
    target = 60 * TARGET_HOURS.get(priority, TARGET_HOURS_OTHERWISE)

    state = None
    waiting = list(changes)
    for minute in walk(opened, present):
        # What is true of this minute is what its last row says.
        while waiting and waiting[0][0] == minute:
            state = waiting.pop(0)[1]
        if minute == end:
            break
        if is_open(minute) and not (state or "").startswith("Awaiting"):
            verdict.counted += 1
        if verdict.counted == target:
            # Used up at the end of this minute; a row of the next may still
            # be in time.
            verdict.due = minute + MINUTE
            break

    if how == "Resolved":
        verdict.answered = end
    elif how == "Closed":
        verdict.closed = end
    if verdict.due and (end is None or end > verdict.due):
        verdict.kind = "missed"
    elif how:
        verdict.kind = "met" if how == "Resolved" else "stopped"
        verdict.due = verdict.due or foretell(end, target - verdict.counted)
    return verdict


def foretell(instant, missing):
    """When the clock would have been due, had it gone on."""
    for minute in walk(instant, None):
        missing -= is_open(minute)
        if missing == 0:
            return minute + MINUTE


def judge_all(path):
    present = datetime.now(timezone.utc).replace(tzinfo=None)
    return {number: judge(rows, present)
            for number, rows in rows_by_incident(path)}


# --- The comparison ----------------------------------------------------------


def expected_facts(verdict):
    """(kind, at, due, answered at, counted minutes), as should be said."""
    v = verdict
    if v.kind == "met":
        return [("MET", v.answered, v.due, v.answered, v.counted)]
    if v.kind == "stopped":
        return [("STOPPED", v.closed, v.due, None, v.counted)]
    facts = []
    if v.kind == "missed":
        facts.append(("MISSED", v.due, v.due, None, v.counted))
        if v.answered:
            facts.append(("ANSWERED_LATE", v.answered, v.due, v.answered, None))
        if v.closed:
            facts.append(("CLOSED", v.closed, v.due, None, None))
    return facts


def instant_of(event, field):
    milliseconds = int(event.get(field, 0))
    return (datetime.fromtimestamp(milliseconds / 1000, timezone.utc).replace(
        tzinfo=None) if milliseconds else None)


def said_facts(events):
    """The same of what Leadclock said, by incident."""
    facts = {}
    for event in table.net_facts(events).values():
        late = event["kind"] in ("ANSWERED_LATE", "CLOSED")
        facts.setdefault(event["leadId"], []).append((
            event["kind"], instant_of(event, "atMs"),
            instant_of(event, "dueMs"), instant_of(event, "answeredAtMs"),
            None if late else int(event.get("countedMs", 0)) / 60_000))
    return facts


def in_words(facts):
    return "; ".join(
        f"{kind} at {at}, due {due}, answered {answered}, counted {counted} min"
        for kind, at, due, answered, counted in facts) or "nothing"


def disagreements(verdicts, said):
    for number in sorted(verdicts.keys() | said.keys()):
        expected = (expected_facts(verdicts[number])
                    if number in verdicts else [])
        found = sorted(said.get(number, []), key=lambda fact: fact[1])
        if expected != found:
            yield (f"{number}:\n  expected {in_words(expected)}\n"
                   f"  said     {in_words(found)}")


def main():
    parser = argparse.ArgumentParser(
        description="Judges the incidents of the audit log, minute by minute.")
    parser.add_argument("log", metavar="LOG.csv")
    parser.add_argument("--compare", metavar="FILE.jsonl",
                        help="records of sla.outcomes, in JSON")
    arguments = parser.parse_args()

    verdicts = judge_all(arguments.log)
    if not arguments.compare:
        print(table.format_table([(v.priority, v.kind)
                                  for v in verdicts.values()]))
        return
    try:
        said = said_facts(table.read_events(arguments.compare))
    except ValueError as error:
        sys.exit(f"reference.py: {arguments.compare}: {error}")
    problems = list(disagreements(verdicts, said))
    if problems:
        print(*problems, sep="\n")
        sys.exit(f"reference.py: {len(problems)} of {len(verdicts)} incidents "
                 "disagree")
    print(f"the reference agrees on each of {len(verdicts)} incidents")


if __name__ == "__main__":
    main()
