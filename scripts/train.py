"""Train the model when it is older than what it is made from. `--force` trains in any case."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from scripts.settings import INPUTS, MODEL, MODELS, ROOT, RUN, environment

console = Console(stderr=True)
# What the model is made from. The knowledge base is not: answers are rendered when asked.
_MADE_FROM = ("config.yml", "domain.yml", "uv.lock", "data/**/*", "brain/**/*.py")


class TrainingFailed(Exception):
    """Rasa could not train; the message holds its last words."""


def state_of_inputs(instead: Mapping[Path, bytes | None] | None = None) -> str:
    """A hash of every file the model is made from; `instead`: contents to take for files (None: as if not there)."""
    instead = instead or {}
    digest = hashlib.sha256()
    files = {file for pattern in _MADE_FROM for file in ROOT.glob(pattern) if file.is_file()} | set(instead)
    for file in sorted(files):
        content = instead[file] if file in instead else file.read_bytes()
        if content is not None and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + content)
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the model there is was made from the inputs as they are now."""
    return MODEL.is_file() and INPUTS.is_file() and INPUTS.read_text() == state_of_inputs()


def fit(model: Path, data: Path, log: Path, progress: Callable[[str], None]) -> None:
    """Train a model (a .tar.gz to be) from a folder like data/, naming each component. Raises TrainingFailed."""
    log.parent.mkdir(parents=True, exist_ok=True)
    name = model.name.removesuffix(".tar.gz")
    where = ["--fixed-model-name", name, "--out", str(model.parent), "--data", str(data)]
    process = subprocess.Popen(
        [sys.executable, "-m", "rasa", "train", *where],
        cwd=ROOT,
        env={**environment(), "OMP_NUM_THREADS": str(os.cpu_count() or 1)},  # nobody waits beside a training
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    try:
        with log.open("w", encoding="utf-8") as lines:
            for line in process.stdout:
                lines.write(line)
                component = re.search(r"Starting to train component '(.+?)'", line)
                if component:
                    progress(component[1])
    finally:
        process.terminate()  # whatever interrupts us, no training goes on alone; one that ended does not mind
        failed = process.wait() != 0
    if failed or not model.is_file():
        raise TrainingFailed("\n".join(log.read_text(encoding="utf-8").splitlines()[-20:]))


def train() -> None:
    """Train, showing the component at work; exits with Rasa's own words where it fails."""
    log, started, state = RUN / "train.log", time.monotonic(), state_of_inputs()
    coming = MODELS / "candidates" / "training.tar.gz"  # put in place whole: a service that runs takes it over
    with console.status("训练模型：读取训练数据…") as status:

        def progress(component: str) -> None:
            status.update(f"训练模型：{component}（已用 {time.monotonic() - started:.0f} 秒）")

        try:
            fit(coming, ROOT / "data", log, progress)
        except TrainingFailed as failure:
            console.print(str(failure), markup=False)
            console.print(f"[red]✗ 训练没有成功，完整记录在 {log.relative_to(ROOT)}[/]")
            raise SystemExit(1) from None
    coming.replace(MODEL)
    INPUTS.write_text(state)
    console.print(f"[green]✓[/] 模型已训练好（{time.monotonic() - started:.0f} 秒）：{MODEL.relative_to(ROOT)}")


def main() -> None:
    """Train if needed or if forced."""
    if "--force" in sys.argv or not is_current():
        train()
    else:
        console.print("[green]✓[/] 模型是最新的，不用训练")


if __name__ == "__main__":
    main()
