"""The addresses of Rasa, which may change while people are being answered."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

_LOOK_EVERY = 0.5  # seconds
_LOG = structlog.get_logger("brain")


class Addresses:
    """Those of the settings, or those of a file ({"urls": […]}) while it is there."""

    def __init__(self, urls: Sequence[str], file: Path | None = None) -> None:
        self._default = list(urls)
        self._file = file
        self._looked = float("-inf")
        self._stamp: tuple[int, int] | None = None
        self._urls = self._default

    def urls(self, *, at_once: bool = False) -> list[str]:
        """The addresses now; the file is looked at twice a second, or `at_once`."""
        if self._file and (at_once or time.monotonic() - self._looked > _LOOK_EVERY):
            self._looked = time.monotonic()
            self._look(self._file)
        return self._urls

    def _look(self, file: Path) -> None:
        try:
            state = file.stat()
        except OSError:
            self._stamp, self._urls = None, self._default
            return
        stamp = (state.st_mtime_ns, state.st_ino)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            urls = json.loads(file.read_text(encoding="utf-8"))["urls"]
        except (OSError, ValueError, LookupError, TypeError):
            urls = None
        if isinstance(urls, list) and urls and all(isinstance(url, str) and url.startswith("http") for url in urls):
            self._urls = urls
            _LOG.info("rasa_moved", urls=urls)
        else:
            _LOG.warning("rasa_file_unreadable", file=str(file))
