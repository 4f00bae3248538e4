#!/usr/bin/env python3
"""docs/tutorial-policy.md and docs/calendar.md print what the program prints.

  tutorial_test.py LEADCLOCK          does what the pages say, and compares
  tutorial_test.py LEADCLOCK --write  puts what is printed into the pages

A yaml block begins with its file's name: its sections take the place of those
of one name, or stand where the line says. Lines that begin with $ in a console
block are run; the rest of the block is what they print.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TUTORIAL = ROOT / "docs" / "tutorial-policy.md"
CALENDAR = ROOT / "docs" / "calendar.md"
EXAMPLES = ROOT / "examples" / "policies"
BLOCK = re.compile(r"^```(yaml|console)\n(.*?)^```$", re.M | re.S)
SCENARIO = "  - scenario:"


def sections(text):
    """[(key, text)], each with the comment above it."""
    parts = []
    comment = ""
    for line in text.splitlines(keepends=True):
        key = re.match(r"(\w+):", line)
        if key:
            parts.append([key[1], comment + line])
            comment = ""
        elif line.startswith("#") or (comment and not line.strip()):
            comment += line
        elif parts:
            parts[-1][1] += line
    return parts


def edited(text, where, block):
    """The file after the reader has done what the block says."""
    if where == "one more scenario":
        return text + block
    if where == "in place of the first scenario":
        first = text.index(SCENARIO)
        second = text.index("\n" + SCENARIO, first)
        return text[:first] + block + text[second:]
    parts = sections(text)
    for key, part in sections(block):
        names = [name for name, _ in parts]
        if key in names:
            # Blank lines below it stay.
            old = parts[names.index(key)][1]
            blank = old[len(old.rstrip("\n")):]
            parts[names.index(key)][1] = part.rstrip("\n") + blank
        elif where:
            # "in front of the comment above responses"
            place = names.index(where.split()[-1])
            parts.insert(place, [key, part])
        else:
            parts.append([key, part])
    return "".join(part for _, part in parts)


def follow(text, directory, leadclock):
    """The page with what the program prints now."""
    environment = os.environ | {
        "PATH": f"{leadclock.parent}:{os.environ['PATH']}"}

    def step(match):
        kind, block = match[1], match[2]
        if kind == "yaml":
            name, _, where = block.split("\n", 1)[0][2:].partition(", ")
            path = directory / name
            before = path.read_text() if path.exists() else ""
            path.write_text(edited(before, where, block.split("\n", 1)[1]))
            return match[0]
        printed = ""
        for command in re.findall(r"^\$ (.*)$", block, re.M):
            done = subprocess.run(
                command, shell=True, cwd=directory, env=environment,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                check=False)
            printed += f"$ {command}\n{done.stdout}"
        return f"```console\n{printed}```"

    return BLOCK.sub(step, text)


def without_opening(text):
    """An example without the comment at its top, which is its own."""
    return text.split("\n\n", 1)[1]


def differs(path, page, printed):
    """Whether the page is not what was printed, and tells the first line."""
    if printed == page:
        return False
    wrong = [line for line in zip(page.splitlines(), printed.splitlines())
             if line[0] != line[1]]
    shown = wrong[0] if wrong else ("", "more or fewer lines")
    print(f"{path} says:\n  {shown[0]}\nand the program:\n  {shown[1]}")
    return True


def main():
    leadclock = pathlib.Path(sys.argv[1]).resolve()
    failed = False
    for path, files in ((TUTORIAL, ("tutorial.yaml", "tutorial.test.yaml")),
                        (CALENDAR, ())):
        page = path.read_text()
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            (directory / "bin").mkdir()
            (directory / "bin" / "leadclock").symlink_to(leadclock)
            printed = follow(page, directory, directory / "bin" / "leadclock")
            finished = {file: (directory / file).read_text()
                        for file in files}
        if "--write" in sys.argv:
            path.write_text(printed)
            for file, text in finished.items():
                example = EXAMPLES / file
                opening = example.read_text().split("\n\n", 1)[0]
                example.write_text(f"{opening}\n\n{text}")
            continue
        failed = differs(path, page, printed) or failed
        for file, text in finished.items():
            if without_opening((EXAMPLES / file).read_text()) != text:
                print(f"examples/policies/{file} is not what the page ends "
                      "with")
                failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main())
