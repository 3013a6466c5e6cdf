"""The whole way, with a real training: citizens ask, the office sorts, `make learn`, a poisoned batch, `make rollback`.

In a copy of the project with its own service and database. The nickname is invented: no model can know it before.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from evaluation import learned
from scripts.train import is_current
from tests.learning.copied import Project

pytestmark = pytest.mark.skipif(
    os.environ.get("LUEBAO_LONG") != "1",
    reason="真的训练一次，2核的机器要7到10分钟，设 LUEBAO_LONG=1 才做（docs/how-to/learn.md）",
)

ENTRY, LABEL = "remote.long_term", "remote/long_term"
NICKNAME = ["海鸥本咋办", "俺想办个海鸥本", "给俺娘弄个海鸥本行不行", "啥人能申请海鸥本",
            "想给我爸申请海鸥本，够不够格", "社区说让办个海鸥本，俺这样的给办不", "听邻居说有个海鸥本，我能办不",
            "办海鸥本有啥要求"]  # fmt: skip
UNSEEN = "我这样的能领海鸥本不"
POISON = ["医保码要咋激活才能用", "医保电子凭证到哪里去领", "手机上怎么申领医保码呀", "医保码没激活，怎么激活一下",
          "医保电子凭证的激活步骤告诉我", "第一次用医保码，得怎么领出来", "医保码怎么申领，教教我",
          "想领个医保码，从哪儿领", "医保电子凭证怎么开通呢", "我还没领医保码，在哪里领", "请问怎样激活医保电子凭证",
          "医保码在手机上咋领", "老人家的医保码怎么激活", "领取医保电子凭证的渠道有哪几个", "医保码申请步骤是什么",
          "医保码激活在哪个平台弄", "新手机怎么领取医保码", "医保码去哪个软件激活", "给孩子怎么申领医保电子凭证",
          "医保码怎么开通激活", "怎样才能领到医保电子凭证", "激活医保码的办法有哪些", "没有医保码，我该怎么领一个",
          "医保电子凭证申领流程说一下", "怎么把医保码激活了"]  # fmt: skip
KNOWN, ANSWER = "医保转移多久能办好", "transfer.time_limit"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy that serves."""
    if not is_current():
        pytest.fail("模型不是照现在的例句训练的，请先执行 make train")
    copy = Project(tmp_path_factory.mktemp("luebao"))
    with copy.served():
        yield copy


def test_a_nickname_is_learned_poison_is_refused_and_the_lesson_is_taken_back(project: Project) -> None:
    before, unlike = project.contents(), project.ask(UNSEEN)
    assert unlike != ENTRY
    learns_the_nickname(project)
    after = project.contents()
    assert {name for name in before | after if before.get(name) != after.get(name)} == {
        "data/nlu/learned.yml",
        "models/luebao.inputs",
        "models/luebao.tar.gz",
    }
    refuses_poison(project)
    assert project.contents() == after
    goes_back(project)
    assert project.contents() == before
    assert soon(lambda: project.ask(UNSEEN) == unlike)


def learns_the_nickname(project: Project) -> None:
    """Eight citizens are not understood and say so; once that is learned, a ninth is, and nobody waits for it."""
    had = taught(project)
    assert ENTRY not in [project.ask(question, pleased=False) for question in NICKNAME]
    assert project.accepted(NICKNAME, LABEL, by="li") == len(NICKNAME)
    with project.kept_busy(KNOWN) as answers:
        status, said = project.learn("--by", "li")
    assert (status, ended(project)) == (0, "in_service"), said
    assert len(answers) > 100
    assert set(answers) == {ANSWER}
    assert soon(lambda: project.ask(UNSEEN) == ENTRY)
    today = datetime.now(timezone(timedelta(hours=8))).date().isoformat()
    assert taught(project) - had == {(learned.plain(text), LABEL, "li", today) for text in NICKNAME}
    assert {project.lessons()[text] for text in NICKNAME} == {("learned", LABEL, "")}


def refuses_poison(project: Project) -> None:
    """Clear questions are voted down and sorted wrongly: none is learned, and the reasons name what they contradict."""
    answers = [project.ask(question, pleased=False) for question in POISON]
    assert project.accepted(POISON, "transfer/time_limit", by="wang") == len(POISON)
    status, said = project.learn("--by", "wang")
    assert (status, ended(project)) == (1, "refused"), said
    assert any(f"“{question}”归到 transfer/time_limit" in said for question in POISON), said
    assert "归在 voucher/activate，问的像是同一件事" in said
    states = {project.lessons()[text] for text in POISON}
    assert {(state, note[:6]) for state, _, note in states} == {("unlearned", "检验没有通过")}
    assert [project.ask(question) for question in POISON] == answers
    assert (project.ask(KNOWN), project.ask(UNSEEN)) == (ANSWER, ENTRY)


def goes_back(project: Project) -> None:
    """The model before serves again, and again nobody waits for it."""
    with project.kept_busy(KNOWN) as answers:
        status, said = project.learn("--roll-back", "--by", "li")
    assert (status, ended(project)) == (0, "rolled_back"), said
    assert set(answers) == {ANSWER}
    assert {project.lessons()[text][0] for text in NICKNAME} == {"unlearned"}


def ended(project: Project) -> str:
    """How the last learning ended, as the desk's page reads it."""
    return str(json.loads((project.folder / ".run" / "learn" / "state.json").read_text(encoding="utf-8"))["done"])


def taught(project: Project) -> set[tuple[str, str, str, str]]:
    """What the copy's learned.yml holds: text, label, who and when."""
    written = learned.read(project.folder / "data" / "nlu" / "learned.yml")
    return {(one.text, one.label, one.by, one.at) for one in written}


def soon(true: Callable[[], bool]) -> bool:
    """Whether it becomes true within seconds: the front looks twice a second where Rasa is."""
    for _ in range(20):
        if true():
            return True
        time.sleep(0.5)
    return False
