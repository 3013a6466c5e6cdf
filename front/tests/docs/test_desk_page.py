"""docs/reference/desk.md shows the pages and the rights as the program has them."""

from __future__ import annotations

import os
import subprocess
import sys

from front.desk.rights import Right, Role, may
from front.settings import ROOT

PAGE = ROOT / "docs" / "reference" / "desk.md"
DOES = {
    Right.ASSIST: "查答案、复制、报告条目有误",
    Right.ANSWER: "接会话、回复、写备注、回电",
    Right.SORT: "给没听懂的问题归类",
    Right.WATCH: "看别人的会话、数据，导出",
    Right.TEACH: "采用例句、训练、换模型和退回、处理纠错",
    Right.SWITCH: "开关机器人、写办公时间",
    Right.STAFF: "管人员和角色",
    Right.AUDIT: "看日志",
}
_TABS = """
import tempfile
from front.app import create_app
from front.desk import install
from front.settings import load
seen = []
keep = install.Desk.__init__
def note(self, *a, **k):
    keep(self, *a, **k); seen.append(self)
install.Desk.__init__ = note
create_app(load({"LUEBAO_RUN": tempfile.mkdtemp()}), desk=True)
for tab in seen[0].tabs:
    print(tab.path, tab.title, tab.right.value)
"""


def rights_table() -> str:
    """Who may do what, from rights.py."""
    lines = ["| |" + "".join(f" {role.title} |" for role in Role), "|---|" + "---|" * len(Role)]
    for right, does in DOES.items():
        lines.append(f"| {does} |" + "".join(" ✓ |" if may(role, right) else " |" for role in Role))
    return "\n".join(lines)


def pages_table() -> str:
    """The pages and who sees them, from the app itself. In a process of its own: NiceGUI is one per process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LUEBAO_")}
    said = subprocess.run([sys.executable, "-c", _TABS], check=True, capture_output=True, text=True, env=clean).stdout
    lines = ["| 页面 | 地址 | 谁能看 |", "|---|---|---|"]
    for line in said.strip().splitlines():
        path, title, right = line.split()
        who = "、".join(role.title for role in Role if may(role, Right(right)))
        lines.append(f"| {title} | `/desk{path}` | {who} |")
    return "\n".join(lines)


def test_every_right_is_explained() -> None:
    assert set(DOES) == set(Right)


def test_the_page_shows_who_may_do_what() -> None:
    assert rights_table() in PAGE.read_text(encoding="utf-8"), f"请把 desk.md 里的表换成：\n{rights_table()}"


def test_the_page_shows_every_page_of_the_desk() -> None:
    assert pages_table() in PAGE.read_text(encoding="utf-8"), f"请把 desk.md 里的表换成：\n{pages_table()}"
