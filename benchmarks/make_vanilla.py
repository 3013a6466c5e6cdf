"""Make the stock Rasa project from this project's data: one flat intent, one rule per label.

python -m benchmarks.make_vanilla [--project FOLDER] [--out FOLDER]
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import click
import yaml

from benchmarks.nlu import as_yaml, entries, examples
from benchmarks.places import HERE, ROOT, VANILLA

_STORIES = 10


def flat(label: str) -> str:
    """The flat intent of a label or id: transfer/time_limit and transfer.time_limit are transfer_time_limit."""
    return label.replace("/", "_").replace(".", "_")


def make(project: Path, out: Path) -> None:
    """Write the whole project to `out`; a model that is there stays there."""
    out.mkdir(parents=True, exist_ok=True)
    for stale in ("actions", "data"):
        shutil.rmtree(out / stale, ignore_errors=True)
    shutil.copytree(HERE / "vanilla", out, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    labelled = flat_examples(project)
    (out / "data").mkdir()
    (out / "data" / "nlu.yml").write_text(as_yaml(labelled), encoding="utf-8")
    _write(out / "domain.yml", _domain(list(labelled)))
    _write(out / "data" / "rules.yml", {"rules": _rules(list(labelled))})
    _write(out / "data" / "stories.yml", {"stories": _stories(project, set(labelled))})


def flat_examples(project: Path) -> dict[str, list[str]]:
    """The project's examples under flat intents."""
    return {flat(label): texts for label, texts in examples(project).items()}


def is_made_of(stock: Path, project: Path) -> bool:
    """Whether the stock project has exactly the project's examples."""
    return (stock / "data" / "nlu.yml").read_text(encoding="utf-8") == as_yaml(flat_examples(project))


def _write(file: Path, data: dict[str, Any]) -> None:
    text = yaml.safe_dump({"version": "3.1", **data}, allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")


def _domain(intents: list[str]) -> dict[str, Any]:
    return {
        "intents": [*intents, "nlu_fallback"],
        "actions": ["action_answer"],
        "responses": {"utter_please_rephrase": [{"text": "没听明白，请您换个说法再问一遍。"}]},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _rules(intents: list[str]) -> list[dict[str, Any]]:
    rules = [_rule(intent, "action_answer") for intent in intents]
    return [*rules, _rule("nlu_fallback", "utter_please_rephrase")]


def _rule(intent: str, action: str) -> dict[str, Any]:
    return {"rule": intent, "steps": [{"intent": intent}, {"action": action}]}


def _stories(project: Path, intents: set[str]) -> list[dict[str, Any]]:
    """Greet, ask, ask a follow-up, thank: the conversations the knowledge itself suggests."""
    stories = []
    for _, entry in entries(project):
        follow_ups = entry.get("follow_ups") or []
        asked = ["chitchat_greet", flat(entry["id"]), *map(flat, follow_ups[:1]), "chitchat_thanks"]
        if follow_ups and set(asked) <= intents:
            steps = [step for intent in asked for step in ({"intent": intent}, {"action": "action_answer"})]
            stories.append({"story": f"asks {entry['id']}", "steps": steps})
    return stories[:: max(1, len(stories) // _STORIES)][:_STORIES]


@click.command()
@click.option("--project", type=click.Path(path_type=Path), default=ROOT, help="Whose data and knowledge.")
@click.option("--out", type=click.Path(path_type=Path), default=VANILLA, help="Where the stock project goes.")
def main(project: Path, out: Path) -> None:
    """Make the stock Rasa project."""
    make(project, out)
    click.echo(f"{out}: {len(examples(project))} intents")


if __name__ == "__main__":
    main()
