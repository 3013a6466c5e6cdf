"""The other sides of the WeChat channel."""

from collections.abc import Iterator

import pytest

from wechat import weixin as peer
from wechat.running import front


@pytest.fixture
def weixin() -> Iterator[peer.Weixin]:
    """api.weixin.qq.com on loopback."""
    with peer.running() as server:
        yield server


@pytest.fixture
async def safe(tmp_path, weixin):
    async with front(tmp_path, weixin) as running:
        yield running


@pytest.fixture
async def plain(tmp_path, weixin):
    async with front(tmp_path, weixin, mode="plain") as running:
        yield running


@pytest.fixture
async def hasty(tmp_path, weixin):
    """Answers `success` after 0.3 seconds instead of four."""
    async with front(tmp_path, weixin, wait=0.3) as running:
        yield running
