"""Arbitrary bytes for everything that reads what others wrote.

So many inputs for each, with hypothesis and with atheris; LUEBAO_FUZZ_SECONDS=600 digs for ten minutes in each target.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import SEEDS, TARGETS

SECONDS = int(os.environ.get("LUEBAO_FUZZ_SECONDS") or 0)
TIMES = max(1, SECONDS)
RUNS = 3000  # inputs for each target where no time is given: some 15 seconds for all of them
TESTS = Path(__file__).parents[1]
KEPT = Path(os.environ.get("LUEBAO_FUZZ_KEPT") or TESTS.parent / ".hypothesis" / "atheris")


def changed(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Valid inputs with a piece taken out, replaced or repeated."""
    return st.builds(
        lambda seed, start, length, piece, times: (
            seed[: start % (len(seed) + 1)] + piece * times + seed[start % (len(seed) + 1) + length :]
        ),
        st.sampled_from(seeds),
        st.integers(0, 2000),
        st.integers(0, 20),
        st.binary(max_size=8) | st.text(max_size=4).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.integers(0, 40),
    )


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes(name: str) -> None:
    seeds = SEEDS.get(name, [])
    text = st.text(st.characters(), max_size=300).map(lambda said: said.encode("utf-8", "surrogatepass"))
    bytes_ = st.binary(max_size=300) | text | (changed(seeds) if seeds else st.nothing())

    @settings(max_examples=200 * TIMES, deadline=2000, suppress_health_check=list(HealthCheck))
    @given(bytes_)
    def feed(data: bytes) -> None:
        TARGETS[name](data)

    feed()


def test_dug_for(tmp_path: Path) -> None:
    """By inputs from the seeds alone; where a time is given, from all that was found before."""
    pytest.importorskip("atheris", reason="没有 atheris，跳过")
    bound, folder = (f"{SECONDS}s", KEPT) if SECONDS else (str(RUNS), tmp_path)
    command = [sys.executable, "-m", "fuzz.dig", bound, str(folder)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])}
    patience = 120 + 3 * SECONDS * len(TARGETS)
    done = subprocess.run(command, env=env, capture_output=True, timeout=patience, check=False)
    said = done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")
    runs = dict(re.findall(r"target: (\w+)\n(?:.*\n)*?stat::number_of_executed_units:\s*(\d+)", said))
    print(runs)
    assert done.returncode == 0, said[-6000:]
    assert runs.keys() == TARGETS.keys() and all(int(count) > 50 for count in runs.values()), runs
