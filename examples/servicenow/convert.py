#!/usr/bin/env python3
"""Turns the audit log of a service desk into what Leadclock reads.

    convert.py LOG.csv DIRECTORY [--report]

LOG.csv is ServiceNow's incident event log: a row for each update of an
incident. DIRECTORY receives two files of records, one a line, as
"key <tab> value":

    leads.created.tsv    lead_created, one for each incident
    leads.activity.tsv   status_changed, assigned and touch

Values are leadclock.v1.LeadEvent (proto/leadclock/v1/lead_event.proto) in
Protobuf's JSON mapping. They stand in the order of the log, not of time:
putting events into their order is Leadclock's work.

--report prints how often the log contradicts itself, and what becomes of it.
"""

import argparse
import csv
import dataclasses
import datetime
import json
import pathlib
import sys

SOURCE = "servicenow"
UNKNOWN = "?"
STATES = {
    "New", "Active", "Awaiting User Info", "Awaiting Problem",
    "Awaiting Vendor", "Awaiting Evidence", "Resolved", "Closed",
}
COLUMNS = (
    "number", "incident_state", "sys_mod_count", "opened_at",
    "sys_updated_at", "contact_type", "location", "category", "priority",
    "assignment_group", "assigned_to", "resolved_at",
)


@dataclasses.dataclass(frozen=True)
class Row:
    """One update of an incident. What the log does not know is None."""
    line: int  # in the file, from 1
    opened: datetime.datetime
    updated: datetime.datetime
    modification: int  # sys_mod_count
    state: str | None
    priority: str | None
    contact_type: str | None
    location: str | None
    category: str | None
    group: str | None
    assignee: str | None
    resolved: datetime.datetime | None  # what the row says of resolved_at


@dataclasses.dataclass
class Incident:
    """All that the log says of one incident."""
    number: str
    rows: list[Row]  # as they stand in the log
    repeated_rows: int = 0  # left out: the same row stands in the log before

    @property
    def history(self):
        """The rows in the order in which they happened."""
        return sorted(self.rows, key=lambda row: (row.updated,
                                                  row.modification, row.line))

    @property
    def opened(self):
        return self.history[0].opened


# --- Reading the log ---------------------------------------------------------


class BadLog(Exception):
    """The log is not what this program understands; says where and why."""


def known(text):
    return None if text == UNKNOWN else text


def instant(text):
    """Times have no zone in the log; they are taken for UTC."""
    return datetime.datetime.strptime(text, "%d-%m-%Y %H:%M").replace(
        tzinfo=datetime.timezone.utc)


def read_row(line, fields):
    resolved = known(fields["resolved_at"])
    state = fields["incident_state"]
    return Row(
        line=line,
        opened=instant(fields["opened_at"]),
        updated=instant(fields["sys_updated_at"]),
        modification=int(fields["sys_mod_count"]),
        state=state if state in STATES else None,
        priority=known(fields["priority"]),
        contact_type=known(fields["contact_type"]),
        location=known(fields["location"]),
        category=known(fields["category"]),
        group=known(fields["assignment_group"]),
        assignee=known(fields["assigned_to"]),
        resolved=instant(resolved) if resolved else None)


def read_log(path):
    """The incidents by number, in the order of their first rows."""
    incidents = {}
    seen = set()
    with open(path, newline="", encoding="utf-8") as file:
        log = csv.DictReader(file)
        missing = [c for c in COLUMNS if c not in (log.fieldnames or ())]
        if missing:
            raise BadLog(f"{path}: has no column {', '.join(missing)}; "
                         "is it the incident event log?")
        for fields in log:
            number = fields["number"]
            incident = incidents.setdefault(number, Incident(number, []))
            content = tuple(fields.values())
            if content in seen:
                incident.repeated_rows += 1
                continue
            seen.add(content)
            try:
                row = read_row(log.line_num, fields)
            except (TypeError, ValueError) as error:
                raise BadLog(f"{path}:{log.line_num}: {error}") from error
            incident.rows.append(row)
    return incidents


# --- Rows to events ----------------------------------------------------------


def event(incident, row, kind, occurred_at, sequence, body):
    """A LeadEvent. Its id is the row that says it, and what of the row."""
    return {
        "leadId": incident.number,
        "id": f"{row.line}/{kind}",
        "source": SOURCE,
        "occurredAtMs": str(int(occurred_at.timestamp()) * 1000),
        "sequence": str(sequence),
        kind: body,
    }


def without_unknowns(**fields):
    return {name: value for name, value in fields.items() if value is not None}


def creation(incident):
    """The incident comes into being, with what its first row knows of it."""
    first = incident.history[0]
    attributes = without_unknowns(
        priority=first.priority, team=first.group, market=first.location,
        leadSource=first.contact_type, serviceInterest=first.category)
    return event(incident, first, "leadCreated", incident.opened, 0,
                 {"attributes": attributes})


def activities(incident):
    """What each row changed, by the row's line in the log.

    The sequence number is the row's place in the history, so rows of the same
    minute keep the order of their sys_mod_count.
    """
    state = assignee = group = None
    changes = {}
    for sequence, row in enumerate(incident.history, start=1):
        bodies = {}
        if row.state and row.state != state:
            state = row.state
            bodies["statusChanged"] = {"status": state}
            if state == "Resolved":
                bodies["touch"] = {"direction": "OUTBOUND",
                                   "actorKind": "HUMAN", "meaningful": True}
        people = without_unknowns(
            ownerId=row.assignee if row.assignee != assignee else None,
            # The group stands in for a manager: an escalation goes to it.
            managerId=row.group if row.group != group else None)
        if people:
            assignee = row.assignee or assignee
            group = row.group or group
            bodies["assigned"] = people
        changes[row.line] = [
            event(incident, row, kind, row.updated, sequence, body)
            for kind, body in bodies.items()]
    return changes


def records(incidents):
    """The events of both topics, in the order of the log."""
    created = [creation(incident) for incident in incidents]
    by_line = {}
    for incident in incidents:
        by_line |= activities(incident)
    activity = [e for line in sorted(by_line) for e in by_line[line]]
    return created, activity


def write(path, events):
    with open(path, "w", encoding="utf-8") as file:
        for e in events:
            value = json.dumps(e, ensure_ascii=False, separators=(",", ":"))
            file.write(f"{e['leadId']}\t{value}\n")


# --- What the log contradicts ------------------------------------------------


def pairs(history):
    return zip(history, history[1:])


def states(incident):
    return [row.state for row in incident.history if row.state]


def first_resolved(incident):
    return next((r for r in incident.history if r.state == "Resolved"), None)


def before_opening(incident):
    return sum(row.updated < incident.opened for row in incident.rows)


def starts(incident, prefix):
    return int((incident.history[0].state or "").startswith(prefix))


def leaves_resolved(incident):
    over = ("Resolved", "Closed")
    named = states(incident)
    return sum(a in over and b not in over for a, b in zip(named, named[1:]))


def closed_unresolved(incident):
    return int("Closed" in states(incident) and not first_resolved(incident))


def never_ends(incident):
    return int(not {"Resolved", "Closed"} & set(states(incident)))


def resolved_at_differs(incident):
    row = first_resolved(incident)
    return int(row is not None and row.resolved not in (None, row.updated))


def resolved_at_unknown(incident):
    row = first_resolved(incident)
    return int(row is not None and row.resolved is None)


def priority_changes(incident):
    return sum(a.priority != b.priority for a, b in pairs(incident.history))


def loses_assignee(incident):
    return sum(a.assignee is not None and b.assignee is None
               for a, b in pairs(incident.history))


def out_of_order(incident):
    return sum(a.updated > b.updated for a, b in pairs(incident.rows))


def no_modification_zero(incident):
    return int(all(row.modification != 0 for row in incident.rows))


def repeated_modifications(incident):
    counts = [row.modification for row in incident.rows]
    return len(counts) - len(set(counts))


def skipped_modifications(incident):
    counts = {row.modification for row in incident.rows}
    return max(counts) - min(counts) + 1 - len(counts)


def same_place(incident):
    keys = [(row.updated, row.modification) for row in incident.rows]
    return len(keys) - len(set(keys))


def another_opening(incident):
    return sum(row.opened != incident.opened for row in incident.rows)


# What is counted in each incident, and what becomes of it.
CONTRADICTIONS = (
    ("update dated before the opening", before_opening,
     "counts at the opening, after it"),
    ("first state is Resolved", lambda i: starts(i, "Resolved"),
     "answered by that row"),
    ("first state is Awaiting", lambda i: starts(i, "Awaiting"),
     "counts from the opening, paused from that row on"),
    ("works again after Resolved", leaves_resolved,
     "the first Resolved is the answer"),
    ("Closed, never Resolved", closed_unresolved,
     "stopped: closed_unresolved"),
    ("neither Resolved nor Closed", never_ends, "runs on"),
    ("resolved_at is not the first Resolved", resolved_at_differs,
     "the row decides"),
    ("Resolved, but resolved_at unknown", resolved_at_unknown,
     "the row decides"),
    ("priority changes", priority_changes, "that of the first row stays"),
    ("assigned_to becomes unknown", loses_assignee, "the last known stays"),
    ("stands before an earlier row", out_of_order, "the minute decides"),
    ("no row has sys_mod_count 0", no_modification_zero,
     "the earliest row is the first"),
    ("sys_mod_count comes again", repeated_modifications,
     "the minute decides"),
    ("sys_mod_count left out", skipped_modifications,
     "nothing is made up for it"),
    ("same minute and sys_mod_count", same_place, "the log's order decides"),
    ("another opened_at", another_opening, "that of the first row stays"),
    ("state that is none", lambda i: sum(r.state is None for r in i.rows),
     "the last known stays"),
    ("row that is there twice", lambda i: i.repeated_rows, "taken once"),
)


def report(incidents, created, activity):
    rows = sum(len(i.rows) + i.repeated_rows for i in incidents)
    yield f"{rows} rows of {len(incidents)} incidents"
    kinds = ("statusChanged", "assigned", "touch")
    counts = ", ".join(f"{sum(k in e for e in activity)} {k}" for k in kinds)
    yield f"{len(created)} leadCreated, {counts}"
    yield ""
    yield f"{'contradiction':38} {'times':>6} {'incidents':>9}  becomes"
    for name, count, outcome in CONTRADICTIONS:
        counts = [count(incident) for incident in incidents]
        touched = sum(c > 0 for c in counts)
        yield f"{name:38} {sum(counts):6} {touched:9}  {outcome}"


def main():
    parser = argparse.ArgumentParser(
        description="Turns a service desk's audit log into Leadclock's input.")
    parser.add_argument("log", metavar="LOG.csv")
    parser.add_argument("directory", type=pathlib.Path, metavar="DIRECTORY",
                        help="where leads.created.tsv and leads.activity.tsv "
                        "are written")
    parser.add_argument("--report", action="store_true",
                        help="print how often the log contradicts itself")
    arguments = parser.parse_args()

    try:
        incidents = list(read_log(arguments.log).values())
        created, activity = records(incidents)
        arguments.directory.mkdir(parents=True, exist_ok=True)
        write(arguments.directory / "leads.created.tsv", created)
        write(arguments.directory / "leads.activity.tsv", activity)
    except (BadLog, OSError, UnicodeDecodeError) as error:
        sys.exit(f"convert.py: {error}")
    if arguments.report:
        print(*report(incidents, created, activity), sep="\n")


if __name__ == "__main__":
    main()
