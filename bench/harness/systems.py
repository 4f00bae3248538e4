"""The systems that are compared. Each reads the same input topics, has topics
of its own to write, and is started, found ready, killed and ended alike."""

import re
import shutil
import subprocess
import urllib.error
import urllib.request

from harness.machine import ROOT, Failed, Process, say, wait_for

SETTLE_MS = 2000
PARTITIONS = 12


class System:
    """One of them, in one scenario. `inputs` is the prefix of its topics."""

    name = None
    expects_records = False

    def __init__(self, bench, inputs):
        self.bench = bench
        self.inputs = inputs
        self.outputs = f"{inputs}{self.name}."
        self.group = f"{inputs}{self.name}"
        self.folder = bench.folder / self.group
        self.folder.mkdir()
        self._write_settings(None)
        self.process = None
        subprocess.run(
            [bench.binary("app/leadclock"), "topics", "create", "--config",
             self._settings, "--partitions", str(PARTITIONS)],
            check=True, stdout=subprocess.DEVNULL)

    def _write_settings(self, memory_mib):
        """Leadclock's settings; of the others they only name the topics."""
        topics = {"leads_created": f"{self.inputs}leads.created",
                  "leads_activity": f"{self.inputs}leads.activity"}
        for name in ("warnings", "breaches", "escalations", "outcomes", "tasks",
                     "leads", "quarantine"):
            topics[name] = f"{self.outputs}sla.{name}"
        self._settings = self.folder / "settings.yaml"
        self._settings.write_text(
            f"brokers: {self.bench.broker.address}\n"
            f"data_dir: {self.folder / 'data'}\n"
            f"policy: {{files: [{self.bench.policy}]}}\n"
            f"group: {self.group}\n"
            "instance: bench\n"
            "workers: 2\n"
            f"time: {{settle: {SETTLE_MS}ms}}\n"
            f'metrics: {{listen: "127.0.0.1:{self.bench.metrics_port}"}}\n'
            + self._limits(memory_mib) + "topics:\n"
            + "".join(f"  {name}: {topic}\n" for name, topic in topics.items()))

    @staticmethod
    def _limits(memory_mib):
        # Half for RocksDB; the rest for records on their way, and the page
        # cache.
        if memory_mib is None:
            return ""
        store = max(16, memory_mib // 2) * 1024 * 1024
        return (f"limits: {{memory_bytes: {store}}}\n"
                f"kafka: {{queued.max.messages.kbytes: {memory_mib * 32}}}\n")

    def start(self, limit=None, memory_mib=None):
        """Returns when it has its partitions. `memory_mib`: what it is to
        arrange itself with; else its own default."""
        self.launch(limit, memory_mib)
        self.await_ready(600)

    def launch(self, limit=None, memory_mib=None):
        self._write_settings(memory_mib)
        self.process = Process(self.name, self.command(memory_mib),
                               self.folder / "log", limit,
                               self.environment(memory_mib))

    def environment(self, memory_mib):
        return {}

    def end(self):
        if self.process:
            self.process.end()

    def remove(self):
        """Ends it, and removes what it kept."""
        if self.process:
            self.process.kill()
        shutil.rmtree(self.folder)


class Leadclock(System):
    name = "leadclock"

    def command(self, memory_mib):
        return [self.bench.binary("app/leadclock"), "run", "--config",
                self._settings]

    def await_ready(self, seconds):
        def all_ready():
            ready = re.findall(r"partitions ([\d,]+) are ready",
                               self.process.log())
            return PARTITIONS <= len(
                {number for each in ready for number in each.split(",")})
        wait_for("Leadclock's partitions", all_ready, seconds, self.process)

    def lose_disk(self):
        shutil.rmtree(self.folder / "data")

    def metric(self, name):
        """The sum over its labels; None while nobody serves it."""
        address = f"http://127.0.0.1:{self.bench.metrics_port}/metrics"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                text = answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None
        values = re.findall(rf"^{name}(?:\{{.*?\}})? ([0-9.e+]+)$", text, re.M)
        return sum(float(value) for value in values) if values else None


class PassThrough(System):
    name = "pass-through"
    expects_records = True

    def command(self, memory_mib):
        return [self.bench.binary("bench/bench_pass_through"),
                "--brokers", self.bench.broker.address, "--group", self.group,
                "--input", f"{self.inputs}leads.created",
                "--input", f"{self.inputs}leads.activity",
                "--output", f"{self.outputs}sla.outcomes"]

    def await_ready(self, seconds):
        """It reads from the beginning, so nothing is missed before."""


class KafkaStreams(System):
    name = "kafka-streams"

    def command(self, memory_mib):
        return ["java", *self._java_options(memory_mib), "-jar",
                ROOT / "bench/kafka-streams/target/leadclock-streams.jar",
                self.bench.broker.address, self.group, self.inputs,
                self.outputs, self.bench.policy, self.folder / "data",
                SETTLE_MS, self._rocksdb_mib(memory_mib)]

    @staticmethod
    def _java_options(memory_mib):
        # Of a container's memory about half for the heap, a quarter for
        # RocksDB, the rest for threads, code, buffers and the page cache.
        heap = 1024 if memory_mib is None else max(24, int(memory_mib * 0.5))
        return [f"-Xmx{heap}m", f"-Xms{min(heap, 256)}m",
                "-XX:+ExitOnOutOfMemoryError"]

    @staticmethod
    def _rocksdb_mib(memory_mib):
        return 512 if memory_mib is None else max(8, int(memory_mib * 0.25))

    def await_ready(self, seconds):
        wait_for("Kafka Streams to run",
                 lambda: "to RUNNING" in self.process.log(), seconds,
                 self.process)

    def lose_disk(self):
        shutil.rmtree(self.folder / "data")


def build_kafka_streams():
    say("building bench/kafka-streams")
    try:
        subprocess.run(
            ["mvn", "--batch-mode", "--quiet", "--file",
             ROOT / "bench/kafka-streams/pom.xml", "package"],
            check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"bench/kafka-streams does not build ({error}); "
                     "'scripts/setup bench' installs what it needs") from error
