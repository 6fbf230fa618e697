#!/usr/bin/env python3
"""One command on many lab hosts: what it costs the controlling machine, beside ansible-core and asyncssh.

    LAB_NAME=bench LAB_NET=10.85 lab/up --light 20
    cargo build --release -p benches --bin fan_out
    python3 -m venv target/bench-venv && target/bench-venv/bin/pip install ansible-core asyncssh
    target/bench-venv/bin/python benches/fan_out.py lab/work/labs/bench
    LAB_NAME=bench LAB_NET=10.85 lab/down

Every contender runs in a control group of its own, whose CPU time is read before and after: that counts every process it
starts, also `ssh` masters in the background, and none of the hosts. Runs as root, like the lab.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS_HELD = 50  # commands on each host over connections that are held, for the two that hold them in one process
RUNS_ANSIBLE = 5  # each is a process of its own; its ssh masters stay
REPEATS = 3  # the middle one is reported
REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def read_hosts(lab):
    with open(os.path.join(lab, "hosts.tsv"), encoding="ascii") as file:
        return [line.rstrip("\n").split("\t")[:3] for line in file]


class Group:
    """A control group: its processes and the CPU time of all that ever were in it."""

    def __init__(self, name):
        with open("/proc/mounts", encoding="utf-8") as mounts:
            root = next(line.split()[1] for line in mounts if line.split()[2] == "cgroup2")
        self.path = os.path.join(root, f"tagout-bench-{os.getpid()}-{name}")
        os.mkdir(self.path)

    def start(self, command, **options):
        """Starts a process in the group."""

        def enter():
            with open(os.path.join(self.path, "cgroup.procs"), "w", encoding="ascii") as file:
                file.write(str(os.getpid()))

        return subprocess.Popen(command, preexec_fn=enter, **options)

    def cpu_ms(self):
        with open(os.path.join(self.path, "cpu.stat"), encoding="ascii") as file:
            return int(next(line.split()[1] for line in file if line.startswith("usage_usec"))) / 1000

    def remove(self):
        """Ends what is left in the group and removes it."""
        kill = os.path.join(self.path, "cgroup.kill")
        if os.path.exists(kill):
            with open(kill, "w", encoding="ascii") as file:
                file.write("1")
        for _ in range(100):
            try:
                return os.rmdir(self.path)
            except OSError:
                time.sleep(0.05)
        return print(f"{self.path} still has processes", file=sys.stderr)


class Cost:
    """CPU and wall time of a contender, in milliseconds for one command on one host."""

    def __init__(self, connecting, repeats):
        self.connecting = connecting
        self.cpu = statistics.median(cpu for cpu, _ in repeats)
        self.low, self.high = min(cpu for cpu, _ in repeats), max(cpu for cpu, _ in repeats)
        self.wall = statistics.median(wall for _, wall in repeats)


def held(name, command, hosts):
    """Measures a program that connects, says so, and then runs as many commands as it is told."""
    group = Group(name)
    try:
        process = group.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        expect(process, "connected")
        connecting = group.cpu_ms() / hosts
        repeats = []
        for _ in range(REPEATS):
            cpu, start = group.cpu_ms(), time.perf_counter()
            process.stdin.write(f"{ROUNDS_HELD}\n")
            expect(process, "done")
            seconds = time.perf_counter() - start
            repeats.append(((group.cpu_ms() - cpu) / ROUNDS_HELD / hosts, seconds * 1000 / ROUNDS_HELD))
        process.stdin.close()
        process.wait(timeout=60)
        return Cost(connecting, repeats)
    finally:
        group.remove()


def expect(process, word):
    line = process.stdout.readline().strip()
    if line != word:
        raise SystemExit(f"expected `{word}` and got `{line}`")


def ansible(module, lab, hosts, folder):
    """Measures ad hoc commands of ansible-core: forks for all hosts, pipelining, masters that stay."""
    inventory = os.path.join(folder, "inventory")
    with open(inventory, "w", encoding="ascii") as file:
        file.writelines(f"{name} ansible_host={address}\n" for name, address, _ in hosts)
    known = os.path.join(folder, "known_hosts")
    with open(known, "w", encoding="ascii") as file:
        file.writelines(f"{address} {key}\n" for _, address, key in hosts)
    configuration = os.path.join(folder, "ansible.cfg")
    options = f"-C -o ControlMaster=auto -o ControlPersist=120s -o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes"
    with open(configuration, "w", encoding="ascii") as file:
        file.write(
            f"[defaults]\ninventory = {inventory}\nforks = {len(hosts)}\nremote_user = tagout\n"
            f"private_key_file = {lab}/keys/tagout\ninterpreter_python = /usr/bin/python3\n"
            f"[ssh_connection]\npipelining = true\nssh_args = {options}\ncontrol_path_dir = {folder}/cp-{module}\n"
        )
    environment = {**os.environ, "ANSIBLE_CONFIG": configuration, "ANSIBLE_HOME": folder}
    program = os.path.join(os.path.dirname(sys.executable), "ansible")
    command = [program, "all", "-m", module, "-a", "true"]
    group = Group(f"ansible-{module}")
    try:

        def run():
            cpu, start = group.cpu_ms(), time.perf_counter()
            process = group.start(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            output, _ = process.communicate(timeout=300)
            if process.returncode != 0:
                raise SystemExit(f"ansible failed:\n{output}")
            return (group.cpu_ms() - cpu) / len(hosts), (time.perf_counter() - start) * 1000

        connecting, _ = run()
        return Cost(connecting, [run() for _ in range(RUNS_ANSIBLE)])
    finally:
        group.remove()


async def asyncssh_contender(list_path, key):
    """What somebody would write with asyncssh: one connection per host, all hosts at once."""
    import asyncssh

    with open(list_path, encoding="ascii") as file:
        hosts = [line.rstrip("\n").split("\t") for line in file]
    connections = await asyncio.gather(
        *(
            asyncssh.connect(
                address,
                username="tagout",
                client_keys=[key],
                known_hosts=([asyncssh.import_public_key(pinned)], [], []),
                config=None,
            )
            for _, address, pinned in hosts
        )
    )
    print("connected", flush=True)
    for line in sys.stdin:
        for _ in range(int(line)):
            await asyncio.gather(*(connection.run("true", check=True) for connection in connections))
        print("done", flush=True)


def main():
    if sys.argv[1:2] == ["asyncssh"]:
        return asyncio.run(asyncssh_contender(*sys.argv[2:4]))
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    lab = os.path.abspath(sys.argv[1])
    hosts = read_hosts(lab)
    arguments = [os.path.join(lab, "hosts.tsv"), os.path.join(lab, "keys", "tagout")]
    target = os.environ.get("CARGO_TARGET_DIR", os.path.join(REPOSITORY, "target"))
    print(f"{len(hosts)} hosts; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="tb") as folder:
        costs = {
            "tagout": held("tagout", [os.path.join(target, "release", "fan_out"), *arguments], len(hosts)),
            "asyncssh": held("asyncssh", [sys.executable, __file__, "asyncssh", *arguments], len(hosts)),
            "ansible raw": ansible("raw", lab, hosts, folder),
            "ansible command": ansible("command", lab, hosts, folder),
        }
    print(f"{'':<17}{'CPU ms per host-command':>26}{'':>18}{'x tagout':>10}{'ms for all hosts':>18}{'first, with connecting':>24}")
    ours = costs["tagout"].cpu
    for name, cost in costs.items():
        spread = f"({cost.low:.2f} to {cost.high:.2f})"
        print(
            f"{name:<17}{cost.cpu:>26.2f}{spread:>18}{cost.cpu / ours:>10.1f}{cost.wall:>18.0f}{cost.connecting:>24.1f}"
        )
    return None


if __name__ == "__main__":
    main()
