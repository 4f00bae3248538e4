#!/usr/bin/env python3
"""Each scenario that docs/coverage.md names stands where the page says."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "tests" / "scenarios", ROOT / "examples" / "policies")
# "c/cadence: Six attempts on two channels are a cadence", several of them
# with "; " between.
REFERENCE = re.compile(r"(?:^|; )((?:\w+/)?\w+): (.*?)(?=; (?:\w+/)?\w+: |$)")


def scenarios():
    """{"c/cadence": {sentence, ...}}"""
    found = {}
    for folder in FOLDERS:
        for path in folder.rglob("*.test.yaml"):
            name = str(path.relative_to(folder)).removesuffix(".test.yaml")
            found[name] = {
                sentence.strip("\"'") for sentence in re.findall(
                    r"^ *- scenario: (.*?) *$", path.read_text(), re.M)}
    return found


def main():
    known = scenarios()
    pages = sorted((ROOT / "docs").glob("coverage.md"))
    named = 0
    wrong = []
    for page in pages:
        for number, line in enumerate(page.read_text().splitlines(), 1):
            if not line.startswith("|"):
                continue
            shown_by = line.strip("| ").rsplit(" | ", 1)[-1]
            for file, sentence in REFERENCE.findall(shown_by):
                where = f"{page.relative_to(ROOT)}:{number}"
                named += 1
                if file not in known:
                    wrong.append(f"{where}: there is no file {file}")
                elif sentence != "all" and sentence not in known[file]:
                    wrong.append(f"{where}: {file} has no '{sentence}'")
    for line in wrong:
        print(line)
    print(f"{named} scenarios are named, {len(wrong)} of them are not there")
    # A page that names none was read wrongly.
    return bool(wrong) or not named


if __name__ == "__main__":
    sys.exit(main())
