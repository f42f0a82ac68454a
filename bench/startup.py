"""How long `hi-moe --help` takes, beside the interpreter alone: the goal is below 300 ms.

    python bench/startup.py [ROUNDS]

The two are started in turn, so that a busy machine slows both alike; medians are compared.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 20


def seconds(command: list[str]) -> float:
    """Wall seconds from start to exit of one run of `command`."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(rounds: int = ROUNDS) -> None:
    """Measure and print one line of JSON."""
    python = sys.executable
    commands = {
        "python -c pass": [python, "-c", "pass"],
        "hi-moe --help": [str(Path(python).with_name("hi-moe")), "--help"],
        "hi-moe config show": [str(Path(python).with_name("hi-moe")), "config", "show"],
    }
    for command in commands.values():
        seconds(command)  # what the first start compiles and reads from disk is no part of it
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(each) for name, each in times.items()}
    base = medians["python -c pass"]
    result = {name: {"ms": round(1000 * value, 1), "ratio": round(value / base, 2)} for name, value in medians.items()}
    print(json.dumps({"rounds": rounds, **result}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
