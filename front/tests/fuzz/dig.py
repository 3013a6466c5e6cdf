"""Dig with atheris, which watches the code's branches: `python -m fuzz.dig BOUND FOLDER [NAME …]` in front/tests.

Each target gets so many seconds (BOUND 600s) or inputs (BOUND 2000), in a process of its own. Every input found is kept
in FOLDER, so the next dig goes on from there; a fault is written there too, and makes the exit code 1.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["front", "fuzz.targets"]):
    from fuzz.targets import SEEDS, TARGETS


def dig(name: str, bound: str, folder: Path) -> None:
    """One target; does not return."""
    corpus = folder / name
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(name, [])):
        (corpus / f"seed-{number}").write_bytes(seed)
    most = f"-max_total_time={bound[:-1]}" if bound.endswith("s") else f"-runs={bound}"
    flags = [most, "-max_len=4096", "-timeout=20", "-rss_limit_mb=1024", "-verbosity=0"]
    atheris.Setup(
        ["dig", *flags, "-print_final_stats=1", f"-artifact_prefix={corpus}/fault-", str(corpus)], TARGETS[name]
    )
    atheris.Fuzz()


def main() -> None:
    """The targets named, or all."""
    bound, folder, failed = sys.argv[1], Path(sys.argv[2]), False
    for name in sys.argv[3:] or TARGETS:
        print(f"target: {name}", file=sys.stderr, flush=True)
        child = os.fork()
        if child == 0:
            dig(name, bound, folder)
        failed |= os.waitpid(child, 0)[1] != 0
    sys.exit(int(failed))


if __name__ == "__main__":
    main()
