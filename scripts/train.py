"""Train the model when it is older than what it is made from. `--force` trains in any case."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time

from rich.console import Console

from scripts.settings import INPUTS, MODEL, ROOT, RUN, environment

console = Console(stderr=True)
# What the model is made from. The knowledge base is not: answers are rendered when asked.
_MADE_FROM = ("config.yml", "domain.yml", "uv.lock", "data/**/*", "brain/**/*.py")


def state_of_inputs() -> str:
    """A hash of every file the model is made from."""
    digest = hashlib.sha256()
    files = {file for pattern in _MADE_FROM for file in ROOT.glob(pattern) if file.is_file()}
    for file in sorted(files):
        if "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    """Whether the model there is was made from the inputs as they are now."""
    return MODEL.is_file() and INPUTS.is_file() and INPUTS.read_text() == state_of_inputs()


def train() -> None:
    """Train, showing the component at work; exits with Rasa's own words where it fails."""
    RUN.mkdir(exist_ok=True)
    log, started, state = RUN / "train.log", time.monotonic(), state_of_inputs()
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", MODEL.stem.split(".")[0], "--out", "models"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout
    with console.status("训练模型：读取训练数据…") as status, log.open("w", encoding="utf-8") as lines:
        for line in process.stdout:
            lines.write(line)
            component = re.search(r"Starting to train component '(.+?)'", line)
            if component:
                status.update(f"训练模型：{component[1]}（已用 {time.monotonic() - started:.0f} 秒）")
    if process.wait() != 0 or not MODEL.is_file():
        console.print("\n".join(log.read_text(encoding="utf-8").splitlines()[-20:]), markup=False)
        console.print(f"[red]✗ 训练没有成功，完整记录在 {log.relative_to(ROOT)}[/]")
        raise SystemExit(1)
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
