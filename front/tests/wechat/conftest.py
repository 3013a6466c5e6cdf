"""The other sides of the WeChat channel."""

from collections.abc import Iterator

import pytest

from wechat import weixin as peer


@pytest.fixture
def weixin() -> Iterator[peer.Weixin]:
    """api.weixin.qq.com on loopback."""
    with peer.running() as server:
        yield server
