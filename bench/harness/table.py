"""Figures as tables for people."""

_OURS, _THEIRS, _LIMIT = "leadclock", "kafka-streams", "pass-through"


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float) and abs(value) < 100:
        return f"{value:.2f}"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else str(value)


def _ratio(ours, theirs):
    if not isinstance(ours, (int, float)) or not theirs:
        return None
    return f"{ours / theirs:.2f}x"


def of_scenario(name, figures):
    """A row for each figure, a column for each system, and Leadclock's ratio
    to each of the others."""
    columns = [system for system in (_OURS, _THEIRS, _LIMIT)
               if system in figures]
    others = [system for system in columns if system != _OURS]
    rows = [[name, *columns, *(f"to {other}" for other in others)]]
    for what in dict.fromkeys(w for system in columns for w in figures[system]):
        values = [figures[system].get(what) for system in columns]
        ours = figures.get(_OURS, {}).get(what)
        rows.append([what, *map(_cell, values),
                     *(_cell(_ratio(ours, figures[other].get(what)))
                       for other in others)])
    return _aligned(rows)


def _aligned(rows):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(
        [row[0].ljust(widths[0]),
         *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))])
        + " |" for row in rows]
    rule = "| " + " | ".join(
        ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])])
    return "\n".join(["", lines[0], rule + " |", *lines[1:]])


def of_machine(report):
    machine = report["machine"]
    return (f"\n{machine['processor']}, {machine['cores']} cores, "
            f"{machine['memory GiB']} GiB, Linux {machine['kernel']}; load "
            f"average {machine['load average']} before, "
            f"{report['load average at the end']} after.")
