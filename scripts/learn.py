"""make learn: train on what the office accepted, prove the new model against the old one, and put it in service.

Nothing in data/ or models/luebao.tar.gz changes before the gate is passed. `--roll-back` puts the last model back.
"""

from __future__ import annotations

import argparse
import fcntl
import getpass
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import attrs

from evaluation import learned
from evaluation.compare import Comparison, compare
from evaluation.contradictions import contradictions, spoiled
from evaluation.learned import Lesson
from evaluation.training import examples
from luebao.knowledge import load
from scripts import lessons, swap, train, versions
from scripts.settings import LEARNED, MODEL, MODELS, ROOT, RUN

FOLDER = RUN / "learn"
STATE = FOLDER / "state.json"  # read by the desk's page
_SHOWN = 30


class Stopped(Exception):
    """It ends here, with nothing changed; the message says why, in Chinese."""


@attrs.define
class Progress:
    """Says what is being done, on the terminal and in STATE."""

    by: str
    name: str
    started: float = attrs.field(factory=time.time)

    def __call__(self, step: str, done: str = "") -> None:
        """Show a step. `done`: how it ended (in_service, refused, failed, nothing, rolled_back)."""
        print(f"{time.strftime('%H:%M:%S')} {step}", flush=True)
        state = {"pid": os.getpid(), "by": self.by, "name": self.name, "started": self.started}
        coming = STATE.with_suffix(".coming")
        text = json.dumps({**state, "step": step, "done": done, "at": time.time()}, ensure_ascii=False)
        coming.write_text(text, encoding="utf-8")
        coming.replace(STATE)


def main() -> None:
    """Learn, or roll back; exits with 1 where the old model stays."""
    parser = argparse.ArgumentParser(description="学市民的问法：训练、检验、换上；或退回上一个模型")
    parser.add_argument("--by", default=getpass.getuser(), help="谁要求的")
    parser.add_argument("--roll-back", action="store_true", help="退回上一个模型")
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, _stop)
    say = Progress(chosen.by, versions.now())
    try:
        with _alone():
            done = roll_back(say) if chosen.roll_back else learn(say)
    except (Stopped, versions.NothingKept, lessons.FrontDown, train.TrainingFailed) as error:
        say(f"没有做成，还是原来的模型：{error}", "failed")
        done = "failed"
    except KeyboardInterrupt:
        say("已停下，还是原来的模型", "failed")
        done = "failed"
    raise SystemExit(0 if done in ("in_service", "rolled_back", "nothing") else 1)


def learn(say: Progress) -> str:
    """Train on the accepted lessons and put the model in service if it passes; returns how it ended."""
    say("读取已接受的问法…")
    accepted, before = lessons.accepted(), learned.read()
    knowledge = load(ROOT / "knowledge")
    known = {learned.fold(one.text): one.label for one in examples()}
    refusals = learned.refused(accepted, known, set(known.values()))
    lessons.settle(say.by, [], refusals)
    good = [one for one in accepted if one.id not in refusals]
    for one in accepted:
        if one.id in refusals:
            say(f"不学“{one.text}”：{refusals[one.id]}")
    if not good:
        say("没有要学的问法：先在“学习”页接受几句", "nothing")
        return "nothing"
    say("检查：和现有的例句有没有相反的…")
    good, poisoned = _without_contradictions(good, say)
    if poisoned or not good:
        return _refuse(good, Comparison([], [], [], poisoned), say)
    content = learned.written([*before, *good])
    state = train.state_of_inputs({LEARNED: content})
    candidate = _trained(content, say)
    say("检验：和现在的模型做同样的考题…")
    result = compare(MODEL, candidate, knowledge, [one.label for one in good])
    _say(result, say)
    if result.reasons:
        candidate.unlink()
        return _refuse(good, result, say)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # from here on it is quickest to finish
    versions.put_in_service(candidate, content, state, say.name)
    return _served(good, result, say)


def _trained(content: bytes | None, say: Progress) -> Path:
    """A candidate from data/ with this learned.yml, neither of them touched."""
    data = FOLDER / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(ROOT / "data", data)
    learned.put(content, data / "nlu" / LEARNED.name)
    candidate = MODELS / "candidates" / f"{say.name}.tar.gz"
    started = time.monotonic()
    say("训练：读取训练数据…")
    os.nice(10)  # citizens are being answered meanwhile

    def progress(component: str) -> None:
        say(f"训练：{component}（已用 {time.monotonic() - started:.0f} 秒）")

    train.fit(candidate, data, FOLDER / "train.log", progress)
    say(f"训练好了（{time.monotonic() - started:.0f} 秒）")
    return candidate


def _say(result: Comparison, say: Progress) -> None:
    for figure in result.figures:
        say(f"  {figure.name}：{figure.before:.3f} → {figure.after:.3f}（{figure.n}句）")
    for name, some in (("变好", result.mended), ("变差", result.broken)):
        for one in some[:_SHOWN]:
            say(f"  {name}：“{one.question}” {one.before} → {one.after}")


def _without_contradictions(good: list[Lesson], say: Progress) -> tuple[list[Lesson], list[str]]:
    """The lessons that contradict no example, and why none may be learned where a whole label is spoiled."""
    given = [(one.text, one.label) for one in good]
    found = contradictions(given, examples())
    if bad := spoiled(found, given):
        return good, [str(one) for one in found if one.label in bad]
    why = {(one.text, one.label): str(one) for one in found}
    aside = {one.id: why[one.text, one.label] for one in good if (one.text, one.label) in why}
    for reason in aside.values():
        say(f"先不学：{reason}")
    lessons.settle(say.by, [], aside)
    return [one for one in good if one.id not in aside], []


def _refuse(good: Sequence[Lesson], result: Comparison, say: Progress) -> str:
    why = "；".join(result.reasons) or "每一句都和现有的例句相反，原因写在“分好的”里"
    lessons.settle(say.by, [], {one.id: f"检验没有通过：{why}"[:900] for one in good})
    _record(say, "refused", good, result)
    say("检验没有通过，还是原来的模型。" + why, "refused")
    return "refused"


def _served(good: Sequence[Lesson], result: Comparison, say: Progress) -> str:
    """Wait for the running service to take the model over; where it cannot, put the old one back."""
    say("检验通过，正在换上新模型，市民照常得到回答…")
    if not swap.taken_over():
        versions.roll_back()
        swap.taken_over()
        raise Stopped("新模型没有启动起来，已换回原来的，请看 .run/rasa.log")
    _record(say, "in_service", good, result)
    lessons.settle(say.by, [one.id for one in good], {})
    say(f"学好了 {len(good)} 句，新模型已在用", "in_service")
    return "in_service"


def roll_back(say: Progress) -> str:
    """Put the last model back; what it had not learned yet is noted as unlearned."""
    gone = versions.roll_back()
    say("正在换回上一个模型，市民照常得到回答…")
    if not swap.taken_over():
        raise Stopped("上一个模型没有启动起来，请看 .run/rasa.log")
    ids = next((one["lessons"] for one in versions.history() if one["name"] == gone), [])
    lessons.settle(say.by, [], dict.fromkeys(ids, "已退回上一个模型，这句没有学"))
    versions.record({"name": say.name, "by": say.by, "result": "rolled_back", "undone": gone, "lessons": ids})
    say(f"已换回 {gone} 之前的模型", "rolled_back")
    return "rolled_back"


def _record(say: Progress, how: str, good: Sequence[Lesson], result: Comparison) -> None:
    entry: dict[str, Any] = {"name": say.name, "by": say.by, "result": how, "lessons": [one.id for one in good]}
    entry |= {"seconds": round(time.time() - say.started), "inputs": train.state_of_inputs()}
    versions.record(entry | attrs.asdict(result))


@contextmanager
def _alone() -> Iterator[None]:
    """One learning at a time on this machine."""
    with (FOLDER / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Stopped("已经有一次训练在进行，等它结束再来") from None
        yield


def _stop(_: int, __: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
