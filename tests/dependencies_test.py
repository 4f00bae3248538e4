#!/usr/bin/env python3
"""Holds the folders against the drawing in docs/ARCHITECTURE.md.

Arrows go one way: a folder includes only what its row below names, no two
folders depend on each other, and the rules know no clock, no Kafka and no
RocksDB. What is checked are the #include lines, and the MAY_KNOW lists of the
modules' CMake files.
"""

import collections
import graphlib
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# What each folder may include, besides itself and libraries.
ALLOWED = {
    "proto": set(),
    "calendars": set(),
    "state": set(),
    "processor/policy": {"calendars", "state"},
    "processor/lead": {"processor/policy", "calendars", "state"},
    "processor/runtime": {"state"},
    "processor/job": {
        "processor/lead", "processor/policy", "processor/runtime", "state",
        "calendars", "proto",
    },
    "processor/verify": {
        "processor/job", "processor/lead", "processor/policy",
        "processor/runtime", "state", "proto",
    },
}
# Nothing depends on these, so they may know everything.
ON_TOP = {"app", "tests", "bench", "examples"}

PURE = ("calendars", "state", "processor/policy", "processor/lead",
        "processor/verify")
A_CLOCK = re.compile(
    r"absl::(Now|GetCurrentTimeNanos)\b|std::chrono\b|\b(std::|::)time\s*\(|"
    r"\b(gettimeofday|clock_gettime)\b")
A_FILE = re.compile(
    r"#\s*include\s*<(fstream|iostream|cstdio|unistd\.h|fcntl\.h|sys/\w+\.h)>|"
    r"\bgetenv\b|\bfopen\b|"
    r"\b(exists|is_directory|is_regular_file|directory_iterator|"
    r"current_path|create_director(y|ies)|remove_all)\s*\(")
# They read files for others: see the invariants in docs/ARCHITECTURE.md.
MAY_READ_FILES = {
    "calendars/time_zone_data.cc", "processor/policy/yaml_reader.cc",
}
A_LEAD = re.compile(r"(^|[/_.])leads?([/_.]|$)")

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
MODULE = re.compile(r"leadclock_module\s*\(\s*(\w+)(.*?)\)", re.DOTALL)

Include = collections.namedtuple("Include", "file path")


def folder_of(path):
    """The row of the table that a path relative to the root falls under."""
    if path.startswith("leadclock/v1/"):
        return "proto"  # Generated code.
    for folder in sorted(ALLOWED.keys() | ON_TOP):
        if path.startswith(folder + "/"):
            return folder
    return None


def sources(root):
    for top in sorted({f.split("/")[0] for f in ALLOWED.keys() | ON_TOP}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".h", ".cc"):
                yield file


def code_of(file):
    return COMMENT.sub("", file.read_text(encoding="utf-8"))


def includes(root):
    for file in sources(root):
        for _, path in INCLUDE.findall(code_of(file)):
            yield Include(file.relative_to(root).as_posix(), path)


def not_from_the_root(root):
    """Includes that name a neighbour by its bare name would go unseen."""
    for include in includes(root):
        beside = (root / include.file).parent / include.path
        if beside.exists() and not (root / include.path).exists():
            yield (f"{include.file} includes {include.path}: write the path "
                   "from the root of the repository")


def without_a_row(root):
    for file in sources(root):
        path = file.relative_to(root).as_posix()
        if folder_of(path) is None:
            yield f"{path}: its folder has no row in ALLOWED"


def arrows(root):
    """Of every folder, the folders it includes, and one include of each."""
    found = collections.defaultdict(dict)
    for include in includes(root):
        source, target = folder_of(include.file), folder_of(include.path)
        if source and target and source != target:
            found[source].setdefault(target, include)
    return found


def forbidden_arrows(root):
    for source, targets in arrows(root).items():
        for target, include in targets.items():
            if source not in ON_TOP and target not in ALLOWED[source]:
                yield (f"{source} may not know {target}: {include.file} "
                       f"includes {include.path}")
            if source == "app" and target in ON_TOP:
                yield (f"nothing may know {target}: {include.file} includes "
                       f"{include.path}")


def circles(root):
    graph = {source: set(targets) for source, targets in arrows(root).items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        yield "these depend on each other: " + " -> ".join(error.args[1])


def broken_absences(root):
    for include in includes(root):
        folder, path = folder_of(include.file), include.path
        name = pathlib.PurePosixPath(include.file).name
        is_store = folder == "state" and "store" in name
        if folder in PURE and (
                path == "chrono" or "rdkafka" in path
                or (path.startswith("rocksdb/") and not is_store)):
            yield (f"{folder} knows no clock, no Kafka and no RocksDB: "
                   f"{include.file} includes {path}")
        if folder == "processor/runtime" and A_LEAD.search(path):
            yield (f"processor/runtime knows no leads: {include.file} "
                   f"includes {path}")
    for file in sources(root):
        path = file.relative_to(root).as_posix()
        clock = A_CLOCK.search(code_of(file))
        if folder_of(path) in PURE and clock:
            yield (f"{path} reads a clock ({clock.group()}): the instant must "
                   "come as an argument")
        is_store = folder_of(path) == "state" and "store" in file.name
        read = A_FILE.search(code_of(file))
        if (folder_of(path) in PURE and read and not is_store
                and path not in MAY_READ_FILES):
            yield (f"{path} does I/O ({read.group()}): what is read must come "
                   "as an argument")


def unseen_locks(root):
    """ThreadSanitizer does not see the locks of a library built without it."""
    for include in includes(root):
        if include.path.startswith("absl/synchronization/"):
            yield (f"{include.file} includes {include.path}, whose locks "
                   "ThreadSanitizer cannot see: use std::mutex and "
                   "std::condition_variable")


def modules(root):
    """Of every leadclock_module(): its name, its folder, what it may know."""
    for file in sorted(root.rglob("CMakeLists.txt")):
        here = file.parent.relative_to(root).as_posix()
        if here.split("/")[0] in ("build", ".deps"):
            continue
        for name, rest in MODULE.findall(file.read_text(encoding="utf-8")):
            listed, _, may_know = rest.partition("MAY_KNOW")
            first_source = listed.split()[1]
            yield (name, folder_of(f"{here}/{first_source}"),
                   re.findall(r"leadclock::(\w+)", may_know))


def forbidden_links(root):
    """MAY_KNOW lists that name a module which the table does not."""
    folders = {name: folder for name, folder, _ in modules(root)}
    folders["proto"] = "proto"
    for name, folder, may_know in modules(root):
        for other in may_know:
            target = folders.get(other)
            if (folder in ALLOWED and target and target != folder
                    and target not in ALLOWED[folder]):
                yield f"{name} may not link leadclock::{other}"


def problems(root):
    return [
        problem
        for check in (not_from_the_root, without_a_row, forbidden_arrows,
                      circles, broken_absences, unseen_locks, forbidden_links)
        for problem in check(root)
    ]


class TheRepository(unittest.TestCase):

    def test_no_folder_knows_what_it_should_not(self):
        self.assertEqual([], problems(ROOT))

    def test_each_row_is_of_a_folder(self):
        for folder in ALLOWED.keys() | ON_TOP:
            self.assertTrue((ROOT / folder).is_dir(), folder)

    def test_there_is_something_to_check(self):
        self.assertTrue(arrows(ROOT))


class TheTestItself(unittest.TestCase):
    """Each violation, planted in an otherwise innocent tree, is found."""

    def problems_with(self, files):
        innocent = {
            "calendars/hours.h": '#include "absl/time/time.h"\n',
            "state/event.h": '#include "absl/time/time.h"\n',
            "state/lead_store.cc": '#include "rocksdb/db.h"\n',
            "processor/policy/policy.h": '#include "calendars/hours.h"\n',
            "processor/lead/fold.h": '#include "processor/policy/policy.h"\n',
            "processor/runtime/loop.h": '#include <chrono>\n',
            "app/main.cc": '#include "processor/lead/fold.h"\n',
        }
        with tempfile.TemporaryDirectory() as directory:
            root = pathlib.Path(directory)
            for path, text in {**innocent, **files}.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text, encoding="utf-8")
            return problems(root)

    def assert_found(self, part, files):
        found = self.problems_with(files)
        self.assertTrue(any(part in problem for problem in found), found)

    def test_an_innocent_tree_passes(self):
        self.assertEqual([], self.problems_with({}))

    def test_an_arrow_that_points_back_is_found(self):
        self.assert_found(
            "calendars may not know processor/lead",
            {"calendars/hours.cc": '#include "processor/lead/fold.h"\n'})

    def test_two_folders_that_depend_on_each_other_are_found(self):
        self.assert_found(
            "these depend on each other",
            {"calendars/hours.cc": '#include "processor/policy/policy.h"\n'})

    def test_a_circle_through_folders_on_top_is_found(self):
        self.assert_found(
            "these depend on each other",
            {"tests/a.cc": '#include "bench/b.h"\n',
             "bench/b.h": '#include "tests/a.h"\n'})

    def test_generated_code_counts_as_the_contract(self):
        self.assert_found(
            "calendars may not know proto",
            {"calendars/hours.cc": '#include "leadclock/v1/lead_event.pb.h"\n'})

    def test_the_binary_that_includes_a_test_is_found(self):
        self.assert_found("nothing may know tests",
                          {"app/run.cc": '#include "tests/helpers.h"\n'})

    def test_a_folder_without_a_row_is_found(self):
        self.assert_found("has no row", {"processor/pool/pool.h": ""})

    def test_an_include_by_bare_name_is_found(self):
        self.assert_found("write the path from the root",
                          {"state/ids.h": '#include "event.h"\n'})

    def test_a_clock_in_the_rules_is_found(self):
        self.assert_found("knows no clock",
                          {"processor/lead/fold.cc": "#include <chrono>\n"})
        self.assert_found("reads a clock",
                          {"state/event.cc": "auto now = absl::Now();\n"})

    def test_a_file_in_the_rules_is_found(self):
        self.assert_found("does I/O",
                          {"processor/lead/a.cc": "#include <fstream>\n"})
        self.assert_found("does I/O",
                          {"calendars/a.cc": 'std::getenv("TZDIR");\n'})
        self.assert_found(
            "does I/O",
            {"state/a.cc": "if (std::filesystem::exists(path)) {}\n"})

    def test_those_that_read_files_for_others_may(self):
        self.assertEqual([], self.problems_with({
            "calendars/time_zone_data.cc": "#include <fstream>\n",
            "processor/policy/yaml_reader.cc": "#include <fstream>\n",
            "state/store.cc": "std::filesystem::exists(path);\n",
        }))

    def test_a_clock_in_a_comment_is_no_clock(self):
        self.assertEqual(
            [], self.problems_with({"state/event.cc": "// absl::Now() stays out.\n"}))

    def test_kafka_in_the_rules_is_found(self):
        self.assert_found(
            "no Kafka",
            {"processor/policy/a.cc": "#include <librdkafka/rdkafka.h>\n"})

    def test_rocksdb_outside_the_store_is_found(self):
        self.assert_found("no RocksDB",
                          {"state/event.cc": "#include <rocksdb/slice.h>\n"})

    def test_a_loop_that_knows_leads_is_found(self):
        self.assert_found(
            "knows no leads",
            {"processor/runtime/loop.cc": '#include "state/lead_state.h"\n'})

    def test_a_lock_that_the_thread_sanitizer_cannot_see_is_found(self):
        self.assert_found(
            "use std::mutex",
            {"app/main.cc": '#include "absl/synchronization/mutex.h"\n'})

    def test_a_link_that_the_table_forbids_is_found(self):
        self.assert_found(
            "calendars may not link leadclock::state",
            {"calendars/CMakeLists.txt":
                 "leadclock_module(calendars SOURCES a.cc\n"
                 "  MAY_KNOW absl::time leadclock::state)\n",
             "state/CMakeLists.txt":
                 "leadclock_module(state SOURCES a.cc MAY_KNOW absl::time)\n"})


if __name__ == "__main__":
    sys.exit(unittest.main())
