#!/usr/bin/env python3
"""Waits until the processor has judged everything that it was fed.

    await_now.py HOST:PORT PARTITIONS

HOST:PORT serves the processor's metrics. Its now of a partition passes an
instant only when all that was written before has been read and folded. So
each of PARTITIONS has to pass the moment at which this program starts. And
what lay in the past already when it was read is said only after now has
passed the moment of reading. So each has to pass a second moment, after that.
"""

import re
import sys
import time
import urllib.error
import urllib.request

PATIENCE_SECONDS = 120
NOW = re.compile(
    r'^leadclock_now_timestamp_seconds\{partition="(\d+)"\} (\S+)$',
    re.MULTILINE)


def nows(address):
    """By partition, its now, in seconds since 1970."""
    try:
        with urllib.request.urlopen(f"http://{address}/metrics",
                                    timeout=5) as response:
            found = NOW.findall(response.read().decode())
    except (urllib.error.URLError, ConnectionError):
        return {}  # Not up yet.
    return {partition: float(now) for partition, now in found}


def await_pass(address, partitions):
    """Returns when now has passed the moment of the call on each partition."""
    started = time.time()
    while True:
        passed = sum(now > started for now in nows(address).values())
        if passed >= partitions:
            return
        if time.time() > started + PATIENCE_SECONDS:
            sys.exit(f"await_now.py: after {PATIENCE_SECONDS} s the processor "
                     f"has passed the end of its input on {passed} of "
                     f"{partitions} partitions")
        time.sleep(0.2)


def main():
    address, partitions = sys.argv[1], int(sys.argv[2])
    await_pass(address, partitions)  # All is read.
    await_pass(address, partitions)  # All is said.


if __name__ == "__main__":
    main()
