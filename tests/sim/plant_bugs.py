#!/usr/bin/env python3
"""Puts the bugs of tests/sim/bugs.txt into copies of the sources.

    plant_bugs.py list ROOT            prints the files that get bugs
    plant_bugs.py plant ROOT OUT       writes their copies under OUT
    plant_bugs.py hunt ROOT BINARY [NAME...]
                                       runs each bug until it is found

Each bug is behind a switch, so that one binary has them all and shows the one
that it is told to.
"""

import pathlib
import re
import subprocess
import sys
import time

BUG = re.compile(
    r"^bug (?P<name>\w+) within (?P<within>\d+)\nin (?P<file>\S+)\n"
    r"<<<\n(?P<old>.*?)\n===\n(?P<new>.*?)\n>>>$",
    re.MULTILINE | re.DOTALL)


def read_bugs(root):
    text = (root / "tests/sim/bugs.txt").read_text(encoding="utf-8")
    bugs = list(BUG.finditer(text))
    named = re.findall(r"^bug (\w+)", text, re.MULTILINE)
    if [bug["name"] for bug in bugs] != named:
        sys.exit(f"tests/sim/bugs.txt: not all of {named} are understood")
    return bugs


def files_of(bugs):
    return sorted({bug["file"] for bug in bugs})


def plant(root, out, bugs):
    for file in files_of(bugs):
        text = (root / file).read_text(encoding="utf-8")
        for bug in bugs:
            if bug["file"] != file:
                continue
            if text.count(bug["old"]) != 1:
                sys.exit(
                    f"tests/sim/bugs.txt: what the bug {bug['name']} changes "
                    f"is not there exactly once in {file}. The file has "
                    "changed: write the bug anew")
            text = text.replace(bug["old"], bug["new"])
        copy = out / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(f'#include "tests/sim/sim_bug.h"\n#line 1 "{file}"\n'
                        + text, encoding="utf-8")


def hunt(binary, bugs):
    """Whether each bug was found within its number of seeds."""
    missed = []
    for bug in bugs:
        began = time.monotonic()
        run = subprocess.run(
            [binary, "--bug", bug["name"], "--runs", bug["within"],
             "--stop-at-failure", "--quiet"],
            stdout=subprocess.PIPE, text=True, check=False)
        seconds = time.monotonic() - began
        seeds = re.search(r"^(\d+) runs", run.stdout, re.MULTILINE)
        found = run.returncode == 1 and seeds is not None
        what = re.search(r"What is wrong:\n\s*(.*)", run.stdout)
        print(f"{bug['name']:32} "
              + (f"found by seed {seeds[1]:>4}" if found else
                 f"NOT FOUND within {bug['within']}")
              + f"  {seconds:6.1f} s  "
              + (what[1][:60] if what else ""), flush=True)
        if not found:
            missed.append(bug["name"])
    return missed


def main(arguments):
    command, root = arguments[1], pathlib.Path(arguments[2])
    bugs = read_bugs(root)
    if command == "list":
        print(";".join(files_of(bugs)), end="")
    elif command == "plant":
        plant(root, pathlib.Path(arguments[3]), bugs)
    elif command == "hunt":
        names = arguments[4:]
        wanted = [b for b in bugs if not names or b["name"] in names]
        if missed := hunt(arguments[3], wanted):
            sys.exit(f"not found: {', '.join(missed)}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv)
