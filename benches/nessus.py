#!/usr/bin/env python3
"""Reading one large Nessus report: items per second, peak memory and CVEs kept, beside nessus-file-reader.

    cargo build --release -p formats --example nessus_bench
    python3 -m venv target/bench-venv && target/bench-venv/bin/pip install nessus-file-reader
    target/bench-venv/bin/python benches/nessus.py [HOSTS [ITEMS_PER_HOST]]

The report is made up, the same every time, of some 155 MB by default, and removed afterwards. Both readers take it from the
page cache, each in a process of its own, turn by turn; the middle of three turns is reported. Rates are per second of CPU
time, from the start of the process to its end, so that other work on the machine does not change them much.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HOSTS, ITEMS_PER_HOST, SEED = 200, 500, 1
TURNS = 3
MEMORY_MIB_MAX = 64
REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read_with_peer(path):
    """What a script with nessus-file-reader does to get the facts of every finding."""
    import nessus_file_reader as nfr

    start = time.perf_counter()
    root = nfr.file.nessus_scan_file_root_element(path)
    items = cves = 0
    for host in nfr.scan.report_hosts(root):
        nfr.host.resolved_ip(host)
        for item in nfr.host.report_items(host):
            for name in ("pluginID", "pluginName", "port", "protocol", "severity", "solution", "cvss3_base_score"):
                nfr.plugin.report_item_value(item, name)
            found = nfr.plugin.report_item_values(item, "cve")
            items += 1
            cves += len(found)
    seconds = time.perf_counter() - start
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(line.strip() for line in status if line.startswith("VmHWM:"))
    print(f"items {items} cves {cves} seconds {seconds:.3f}\n{peak}")


def number(text, name):
    return float(re.search(rf"{name}:?\s+([0-9.]+)", text).group(1))


class Turn:
    """What one run of a reader said of itself."""

    def __init__(self, command):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{command[0]} failed")
        self.cpu_seconds = used.ru_utime + used.ru_stime
        self.items, self.cves = int(number(said, "items")), int(number(said, "cves"))
        self.seconds, self.peak_mib = number(said, "seconds"), number(said, "VmHWM") / 1024


def main():
    if sys.argv[1:2] == ["peer"]:
        return read_with_peer(sys.argv[2])
    shape = [int(word) for word in sys.argv[1:3]]
    hosts, items = (shape + [HOSTS, ITEMS_PER_HOST][len(shape) :])[:2]
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(REPOSITORY, "target"))
    ours = os.path.join(target, "release", "examples", "nessus_bench")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.nessus")
        written = subprocess.run(
            [ours, "generate", path, str(hosts), str(items), str(SEED)], check=True, capture_output=True, text=True
        ).stdout
        print(f"{os.path.getsize(path) / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        commands = {"tagout": [ours, "read", path], "nessus-file-reader": [sys.executable, __file__, "peer", path]}
        turns = {name: [] for name in commands}
        for _ in range(TURNS):
            for name, command in commands.items():
                turns[name].append(Turn(command))
    print(f"{'':<20}{'items/CPU s':>12}{'':>18}{'MB/CPU s':>10}{'wall s':>8}{'peak MiB':>10}{'items':>9}{'CVEs':>9}")
    rates = {}
    for name, rounds in turns.items():
        seconds = [turn.cpu_seconds for turn in rounds]
        count = rounds[0].items
        rates[name] = count / statistics.median(seconds)
        spread = f"({count / max(seconds):.0f} to {count / min(seconds):.0f})"
        megabytes = number(written, "bytes") / 1e6 / statistics.median(seconds)
        wall = statistics.median(turn.seconds for turn in rounds)
        peak = max(turn.peak_mib for turn in rounds)
        print(
            f"{name:<20}{rates[name]:>12.0f}{spread:>18}{megabytes:>10.0f}{wall:>8.2f}{peak:>10.0f}{count:>9}{rounds[0].cves:>9}"
        )
    print(f"{rates['tagout'] / rates['nessus-file-reader']:.1f} x nessus-file-reader; {written.strip()}")
    lost = [name for name, rounds in turns.items() if rounds[0].cves != number(written, "cves")]
    if "tagout" in lost or max(turn.peak_mib for turn in turns["tagout"]) >= MEMORY_MIB_MAX:
        raise SystemExit(f"tagout lost CVEs or needed {MEMORY_MIB_MAX} MiB")
    return None


if __name__ == "__main__":
    main()
