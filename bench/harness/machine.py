"""This machine: the broker, processes and what they use, limits of memory."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failed(Exception):
    """A benchmark that cannot go on; its text is for the person who ran it."""


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def wait_for(what, test, seconds, process=None):
    """What `test` gives once it is neither None nor False."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.ended():
            raise Failed(f"{process.name} ended while it was waited for "
                         f"{what}:\n{process.log_tail()}")
        value = test()
        if value is not None and value is not False:
            return value
        time.sleep(0.005)
    raise Failed(f"gave up waiting for {what} after {seconds} s")


class Broker:
    """One broker for the whole run, on loopback."""

    def __init__(self, folder, port):
        self._arguments = ["--dir", folder, "--port", str(port)]
        self.address = f"127.0.0.1:{port}"

    def start(self):
        subprocess.run(
            [ROOT / "scripts" / "kafka", "start", *self._arguments,
             # Deleted topics leave the disk at once.
             "--set", "log.segment.delete.delay.ms=1000"],
            check=True, stdout=subprocess.DEVNULL,
            env={"KAFKA_HEAP_OPTS": "-Xmx1g", **os.environ})

    def stop(self):
        subprocess.run(
            [ROOT / "scripts" / "kafka", "stop", "--delete", *self._arguments],
            check=True)


class Process:
    """A system under test."""

    def __init__(self, name, command, log, limit=None, environment=None):
        self.name = name
        self._log = pathlib.Path(log)
        self.log_begins = self._log.stat().st_size if self._log.exists() else 0
        self.began = time.monotonic()
        with open(self._log, "ab") as output:
            self._process = subprocess.Popen(
                [str(part) for part in command], stdout=output, stderr=output,
                env={**os.environ, **(environment or {})},
                preexec_fn=limit.enter if limit else None)
        self.pid = self._process.pid

    def ended(self):
        return self._process.poll() is not None

    def log(self):
        """What this process said, as text."""
        with open(self._log, "rb") as file:
            file.seek(self.log_begins)
            return file.read().decode(errors="replace")

    def log_tail(self):
        return "\n".join(line[:300] for line in self.log().splitlines()[-8:])

    def cpu_seconds(self):
        stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
        user, system = stat.rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024

    def end(self):
        """As an operator would."""
        if self.ended():
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        if not self.ended():
            self._process.kill()
        self._process.wait()


class MemoryLimit:
    """A cgroup in which memory, page cache included, is limited.

    Version 2 where the memory controller is there, else version 1. Needs
    permission to make cgroups: root, as a rule.
    """

    _V2 = pathlib.Path("/sys/fs/cgroup")
    _V1 = pathlib.Path("/sys/fs/cgroup/memory")

    def __init__(self, mebibytes):
        name = f"leadclock-bench-{os.getpid()}"
        limit = str(int(mebibytes * 1024 * 1024))
        if self.version() == 2:
            self._folder = self._V2 / name
            self._folder.mkdir(exist_ok=True)
            (self._folder / "memory.max").write_text(limit)
            swap = self._folder / "memory.swap.max"
            if swap.exists():
                swap.write_text("0")
        else:
            self._folder = self._V1 / name
            self._folder.mkdir(exist_ok=True)
            (self._folder / "memory.limit_in_bytes").write_text(limit)

    @classmethod
    def version(cls):
        """0: there is none that may be used."""
        controllers = cls._V2 / "cgroup.controllers"
        if controllers.exists() and "memory" in controllers.read_text().split():
            return 2 if os.access(cls._V2, os.W_OK) else 0
        return 1 if os.access(cls._V1, os.W_OK) else 0

    def enter(self):
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    def remove(self):
        self._folder.rmdir()


def forget_cached(folder):
    """Drops the page cache of a folder's files: it is charged to the group
    that reads them first, and that must be the one that is measured."""
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file():
            with open(path, "rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def describe():
    """The machine, as a report names it."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*: (.*)", info)
    memory = re.search(r"MemTotal:\s+(\d+)",
                       pathlib.Path("/proc/meminfo").read_text())
    return {
        "processor": model.group(1) if model else "unknown",
        "cores": os.cpu_count(),
        "memory GiB": round(int(memory.group(1)) / 1024 / 1024),
        "kernel": os.uname().release,
        "load average": round(os.getloadavg()[0], 2),
    }
