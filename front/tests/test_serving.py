"""`front serve`, up to the moment it begins to listen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_PROGRAM = """
import gc, json
from luebao.policy import workdays
from front import serving

def run(_):
    calendars = workdays._announced_calendar.cache_info().currsize
    print(json.dumps({"looked_at": len(gc.get_objects()), "left_alone": gc.get_freeze_count(), "calendars": calendars}))

serving._Server.run = run
serving.serve(["--port", "0"], standalone_mode=False)
"""


def test_what_stays_to_the_end_is_made_before_and_left_alone_by_the_garbage_collector(tmp_path: Path) -> None:
    """The first citizen waits for nothing that could be made before, and nobody for a look through all modules."""
    environment = {"LUEBAO_DATABASE_URL": f"sqlite:///{tmp_path / 'front.db'}", "LUEBAO_RUN": str(tmp_path)}
    command = [sys.executable, "-c", _PROGRAM]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["looked_at"] < 5_000
    assert found["left_alone"] > 100_000
    assert found["calendars"] == 1
