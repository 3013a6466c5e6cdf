"""Grow a copy of the project to any number of entries: copies of the real ones under made-up names.

python -m benchmarks.make_growth 500 [--project FOLDER] [--out FOLDER]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from benchmarks.nlu import as_yaml, entries, examples
from benchmarks.places import ROOT, growth
from benchmarks.snapshot import copy_project

EXAMPLES = 10
# Two characters that mean nothing together, and a noun: 青禾卡, 松溪证. No digit or number word among them.
_FIRST = "青松竹梅兰菊荷桂枫柏榆柳桃杏梨枣棠槐樱莲蕉芦苇麦稻茶蓝紫橙赤翠墨银铜铁锡玉珠晶玛瑙琥珀"
_SECOND = "禾溪岭峰谷川湾洲岛港桥亭阁塔坊巷园圃林原野泉瀑潭泊滩崖洞涧坡坪埠渡舟帆桨篷伞扇灯笼钟鼓琴棋"
_NOUN = ("卡", "证", "券", "贴")
_FORMS = ("{word}{text}", "{text}，是{word}的", "想问{word}，{text}", "{word}的事，{text}")


def grow(project: Path, out: Path, size: int) -> None:
    """Copy `project` to `out` and add entries until there are `size`, each with ten examples."""
    copy_project(out, project)
    real = list(entries(project))
    written = examples(project)
    labelled: dict[str, list[str]] = {}
    words = itertools.islice(_words(), max(0, size - len(real)))
    for number, (word, (category, entry)) in enumerate(zip(words, itertools.cycle(real), strict=False)):
        copy = _copy(entry, f"{category}.made_up_{number:04d}", word)
        file = out / "knowledge" / "entries" / f"{category}.yml"
        with file.open("a", encoding="utf-8") as lines:
            lines.write("\n" + _indented(copy))
        label = entry["id"].replace(".", "/", 1)
        labelled[copy["id"].replace(".", "/", 1)] = _made_up(word, copy["questions"], written[label])
    if labelled:
        (out / "data" / "nlu" / "made_up.yml").write_text(as_yaml(labelled), encoding="utf-8")


def _words() -> Iterator[str]:
    pairs = ["".join(pair) for pair in itertools.product(_FIRST, _SECOND)]
    for shift, _ in enumerate(_NOUN):
        for number, pair in enumerate(pairs, shift):
            yield pair + _NOUN[number % len(_NOUN)]


def _copy(entry: dict[str, Any], id: str, word: str) -> dict[str, Any]:
    questions = [word + question for question in entry["questions"]]
    return {**entry, "id": id, "title": word + entry["title"], "questions": questions}


def _made_up(word: str, questions: list[str], texts: list[str]) -> list[str]:
    others = (form.format(word=word, text=text) for form, text in zip(itertools.cycle(_FORMS), texts, strict=False))
    return list(dict.fromkeys([*questions, *others]))[:EXAMPLES]


def _indented(entry: dict[str, Any]) -> str:
    text = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=1000)
    return "".join(f"  {line}" for line in text.splitlines(keepends=True))


@click.command()
@click.argument("size", type=int)
@click.option("--project", type=click.Path(path_type=Path), default=ROOT, help="The project to grow.")
@click.option("--out", type=click.Path(path_type=Path), help="Where the grown copy goes.")
def main(size: int, project: Path, out: Path | None) -> None:
    """Grow a copy of the project to SIZE entries."""
    out = out or growth("ours", size)
    grow(project, out, size)
    click.echo(f"{out}: {len(list(entries(out)))} entries")


if __name__ == "__main__":
    main()
