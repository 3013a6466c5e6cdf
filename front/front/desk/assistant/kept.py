"""What a member of staff keeps at hand: pinned by himself, and opened lately."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

_RECENT, _PINNED = 8, 20


@dataclass(frozen=True)
class Kept:
    """Ids, the newest first."""

    pinned: tuple[str, ...] = ()
    recent: tuple[str, ...] = ()

    @classmethod
    def of(cls, prefs: dict[str, Any]) -> Kept:
        """From a person's preferences, whatever stands there."""
        pinned, recent = ([id for id in prefs.get(name) or () if isinstance(id, str)] for name in ("pinned", "recent"))
        return cls(tuple(pinned[:_PINNED]), tuple(recent[:_RECENT]))

    def opened(self, id: str) -> Kept:
        """With one that was opened just now."""
        return replace(self, recent=(id, *(other for other in self.recent if other != id))[:_RECENT])

    def toggled(self, id: str) -> Kept:
        """Pinned, or not any more."""
        others = tuple(other for other in self.pinned if other != id)
        return replace(self, pinned=others if id in self.pinned else (id, *others)[:_PINNED])
