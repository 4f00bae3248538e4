"""The fold alone, on one core: no Kafka, no RocksDB. bench/fold.cc says what
each figure is."""

import json
import subprocess


def run(bench):
    bench.say("the fold alone")
    output = subprocess.run(
        [bench.binary("bench/bench_fold"), "--benchmark_format=json",
         f"--benchmark_min_time={1 if bench.quick else 5}"],
        check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return {"leadclock": {
        f"{each['name'].split('/')[1]}: events_per_second":
            round(each["items_per_second"])
        for each in json.loads(output)["benchmarks"]}}
