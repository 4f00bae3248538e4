#!/usr/bin/env python3
"""An answer that cannot be written is a failure, and is told.

  output_test.py LEADCLOCK
"""

import os
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
POLICY = str(ROOT / "examples" / "policies" / "example.yaml")
LEADCLOCK = pathlib.Path(sys.argv.pop(1)).resolve()

START = ["--start", "2026-03-06T21:40:00Z"]
COMMANDS = {
    "help": ["--help"],
    "policy check": ["policy", "check", POLICY],
    "calendar due": ["calendar", "due", "--policy", POLICY, "--calendar",
                     "london", *START, "--target", "15m"],
    "JSON lines": ["calendar", "--policy", POLICY, "--json"],
}
LOST = "standard output cannot be written"


def run(command, redirection):
    """The command with its standard output somewhere else."""
    return subprocess.run(
        ["bash", "-c", f'"$0" "$@" {redirection}', str(LEADCLOCK), *command],
        input="{}\n", capture_output=True, text=True, check=False)


class Output(unittest.TestCase):
    def test_what_arrives_is_no_failure(self):
        for name, command in COMMANDS.items():
            with self.subTest(name):
                done = run(command, "")
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_full_disk_is_a_failure(self):
        for name, command in COMMANDS.items():
            with self.subTest(name):
                done = run(command, "> /dev/full")
                self.assertEqual(done.returncode, 74)
                self.assertIn(LOST, done.stderr)

    def test_a_closed_output_is_a_failure(self):
        for name, command in COMMANDS.items():
            with self.subTest(name):
                done = run(command, ">&-")
                self.assertEqual(done.returncode, 74)
                self.assertIn(LOST, done.stderr)

    def test_a_command_that_prints_nothing_needs_no_output(self):
        done = run([*COMMANDS["calendar due"], "--calendar", "nowhere"], ">&-")
        self.assertEqual(done.returncode, 64)

    def test_no_more_lines_are_read_once_the_output_is_gone(self):
        lines, writing = os.pipe()
        with subprocess.Popen(
                ["bash", "-c", '"$0" "$@" > /dev/full', str(LEADCLOCK),
                 *COMMANDS["JSON lines"]], stdin=lines,
                stderr=subprocess.PIPE) as process:
            os.close(lines)
            os.write(writing, b"{}\n")
            # Others might follow: the end of the input is told too late.
            try:
                self.assertEqual(process.wait(timeout=30), 74)
            finally:
                os.close(writing)


if __name__ == "__main__":
    unittest.main()
