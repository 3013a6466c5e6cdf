"""The 医保 dictionary is really loaded: without it jieba cuts these words apart."""

import jieba as plain_jieba
import pytest

pytest.importorskip("rasa", reason="这个环境没有 Rasa")

from tests.running import ROOT

WORDS = [line.split()[0] for line in (ROOT / "data" / "jieba" / "yibao.txt").read_text(encoding="utf-8").splitlines()]


def test_the_trained_tokenizer_knows_the_words() -> None:
    from rasa.core.agent import load_agent  # noqa: F401  (Rasa registers its components on import)
    from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer

    JiebaTokenizer._load_custom_dictionary(str(ROOT / "data" / "jieba"))
    for word in WORDS:
        assert word in list(plain_jieba.cut(f"请问{word}怎么办"))


def test_the_dictionary_is_needed() -> None:
    fresh = plain_jieba.Tokenizer()
    cut_apart = [word for word in WORDS if word not in list(fresh.cut(f"请问{word}怎么办"))]
    assert {"鲁e宝", "个账共济", "免申即享"} <= set(cut_apart)
