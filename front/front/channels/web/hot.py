"""The questions the page offers before anything is asked: those the knowledge's menu names."""

from __future__ import annotations

import re
from pathlib import Path

import structlog
import yaml

# Headings whose questions are complete without them, and one whose questions mean nothing to begin with; the others
# belong in front of the question: 去外地看病：“怎么备案” is 去外地看病怎么备案.
_ALONE = {"医保转移", "急诊", "缴费", "待遇"}
_NOT_ASKED = {"办理渠道"}
_LOG = structlog.get_logger("hot")


def hot_questions(knowledge: Path) -> list[str]:
    """One question of each line of the menu (knowledge/replies.yml, id `menu`); none where that cannot be read."""
    try:
        replies = yaml.safe_load((knowledge / "replies.yml").read_text(encoding="utf-8"))["replies"]
        menu = next(reply["full"] for reply in replies if reply["id"] == "menu")
    except (OSError, yaml.YAMLError, KeyError, TypeError, StopIteration) as error:
        _LOG.warning("menu_unreadable", error=type(error).__name__)
        return []
    lines = re.findall(r"^(\w+)[:：].*?“(.*?)”", str(menu), re.MULTILINE)
    return [question if about in _ALONE else about + question for about, question in lines if about not in _NOT_ASKED]
