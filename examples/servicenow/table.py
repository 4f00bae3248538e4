#!/usr/bin/env python3
"""Counts how the incidents ended, by priority, from what Leadclock wrote.

    table.py DIRECTORY

DIRECTORY holds, as `run` leaves them:

    leads.created.tsv   what was fed
    sla.outcomes.jsonl  the records of that topic, as JSON, one a line
    sla.leads.bin       the values of that topic, as Protobuf, each after its
                        length in four bytes (kcat's format %R%s)

Exits with 1, and says what is missing, unless every incident is accounted
for: met + missed + stopped + running + excluded, the same on both topics.
"""

import argparse
import collections
import json
import pathlib
import struct
import sys

CLOCK = "resolution"
COLUMNS = ("met", "missed", "stopped", "running", "excluded")
PEOPLE = ("ownerId", "backupId", "managerId", "recipients")


def format_table(fates):
    """The table. `fates`: of each incident, its priority and its column."""
    counts = collections.Counter(fates)
    priorities = sorted({priority for priority, _ in fates})

    def line(name, numbers):
        return f"{name:14}" + "".join(f"{n:>10}" for n in numbers)

    def row(name, of):
        numbers = [sum(counts[p, c] for p in of) for c in COLUMNS]
        return line(name, [sum(numbers), *numbers])

    return "\n".join([
        line("priority", ["incidents", *COLUMNS]),
        *(row(priority, [priority]) for priority in priorities),
        row("total", priorities)])


# --- What stands of what was said --------------------------------------------


def net_facts(events):
    """The facts that stand after retractions and corrections, by id.

    `events` are leadclock.v1.SlaEvent in Protobuf's JSON mapping, in any
    order that keeps that of each lead.
    """
    facts = {}
    ids = set()
    for event in events:
        if event["id"] in ids:
            raise ValueError(f"{event['leadId']}: the id {event['id']} "
                             "was written twice")
        ids.add(event["id"])
        if event["form"] == "SAID":
            facts[event["id"]] = event
            continue
        fact = facts.pop(event["corrects"], None)
        if fact is None:
            raise ValueError(f"{event['leadId']}: {event['id']} takes back or "
                             "mends what was not said")
        if event["form"] == "CORRECTED":
            facts[event["corrects"]] = with_people_of(event, fact)
    return facts


def with_people_of(event, fact):
    """A corrected fact. Fields that are not set do not stand in the JSON."""
    others = {k: v for k, v in fact.items() if k not in PEOPLE}
    return others | {k: event[k] for k in PEOPLE if k in event}


def read_events(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# --- The public part of sla.leads --------------------------------------------


def varint(data, at):
    """The number that begins at `at`, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            return number, at


def fields(message):
    """The fields of a Protobuf message of numbers, texts and messages."""
    at = 0
    while at < len(message):
        tag, at = varint(message, at)
        value, at = varint(message, at)
        if tag & 7 == 2:
            value, at = message[at:at + value], at + value
        elif tag & 7 != 0:
            raise ValueError(f"wire type {tag & 7} is not expected here")
        yield tag >> 3, value


# The numbers of the fields in proto/leadclock/v1/lead_state.proto.
STATUS, LEAD_ID, STANDING, CLOCKS, NAME, VERDICT = 1, 1, 2, 5, 1, 4
EXCLUDED = 6
VERDICTS = {1: "met", 2: "missed", 3: "stopped"}


def fate(status):
    """The column of a LeadStatus."""
    for number, value in fields(status):
        if number != CLOCKS:
            continue
        clock = dict(fields(value))
        if clock[NAME].decode() == CLOCK:
            return VERDICTS.get(clock.get(VERDICT), "running")
    standing = dict(fields(status)).get(STANDING)
    return "excluded" if standing == EXCLUDED else "no clock"


def read_leads(path):
    """The fate of each lead, by the last value of its key."""
    fates = {}
    with open(path, "rb") as file:
        while length := file.read(4):
            value = file.read(struct.unpack(">i", length)[0])
            status = dict(fields(value))[STATUS]
            lead = dict(fields(status))[LEAD_ID].decode()
            fates[lead] = fate(status)
    return fates


# --- The table ---------------------------------------------------------------


def read_priorities(path):
    with open(path, encoding="utf-8") as file:
        births = [json.loads(line.split("\t", 1)[1]) for line in file]
    return {
        birth["leadId"]:
        birth["leadCreated"]["attributes"].get("priority", "unknown")
        for birth in births
    }


def read_verdicts(path):
    return {
        event["leadId"]: event["kind"].lower()
        for event in net_facts(read_events(path)).values()
        if event["clock"] == CLOCK and event["kind"] in ("MET", "MISSED",
                                                         "STOPPED")
    }


def disagreements(priorities, verdicts, fates):
    """Leads of which the two topics do not say the same, or nothing."""
    for lead in priorities:
        stands = fates.get(lead, "not there")
        said = verdicts.get(lead, "no verdict")
        undecided = stands in ("running", "excluded") and said == "no verdict"
        if stands != said and not undecided:
            yield f"{lead}: {stands} on sla.leads, {said} on sla.outcomes"


def main():
    parser = argparse.ArgumentParser(
        description="Counts how the incidents ended, by priority.")
    parser.add_argument("directory", type=pathlib.Path, metavar="DIRECTORY")
    directory = parser.parse_args().directory

    try:
        priorities = read_priorities(directory / "leads.created.tsv")
        verdicts = read_verdicts(directory / "sla.outcomes.jsonl")
        fates = read_leads(directory / "sla.leads.bin")
    except (OSError, ValueError) as error:
        sys.exit(f"table.py: {error}")
    problems = list(disagreements(priorities, verdicts, fates))
    if problems:
        print(*problems[:10], sep="\n", file=sys.stderr)
        sys.exit(f"table.py: {len(problems)} of {len(priorities)} incidents "
                 "are not accounted for")
    print(format_table([(priorities[lead], fates[lead])
                        for lead in priorities]))


if __name__ == "__main__":
    main()
