"""The page's own elements: what changes often is one property of one element, so that fifty desks cost little.

Rows go into a property as a tuple: NiceGUI would wrap a list, and every row in it, to observe changes we never make.
"""

from __future__ import annotations

import time
from typing import Any

from nicegui.element import Element


class People(Element, component="queue.js"):
    """A list of people; emits `choose` with a conversation's id."""

    def __init__(self, label: str, none: str, *, held: bool = False) -> None:
        """`none`: what an empty list says; `held`: they are being served, and how long they are silent counts."""
        super().__init__()
        self._props.update(rows=(), chosen=0, label=label, none=none, held=held, server=time.time())

    def show(self, rows: list[dict[str, Any]], chosen: int) -> None:
        """Show these, if they are others."""
        shown = tuple(rows)
        if shown != self._props["rows"] or chosen != self._props["chosen"]:
            self._props["rows"], self._props["chosen"] = shown, chosen
            self.update()


class Transcript(Element, component="transcript.js"):
    """What was said; emits `entry` with the id of an entry the robot answered from."""

    def __init__(self) -> None:
        super().__init__()
        self._props.update(messages=(), conversation=0)

    def show(self, messages: list[dict[str, Any]], conversation: int) -> None:
        """Show these, if they are others."""
        shown = tuple(messages)
        if shown != self._props["messages"] or conversation != self._props["conversation"]:
            self._props["messages"], self._props["conversation"] = shown, conversation
            self.update()


class Alive(Element, component="alive.js"):
    """Emits `active` while somebody uses the page."""
