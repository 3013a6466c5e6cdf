"""A fast Rasa in a process of its own, to be killed: says back what it was asked, after a pause."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def app(pause: float) -> Starlette:
    """Its one route. `pause`: seconds it thinks."""

    async def webhook(request: Request) -> JSONResponse:
        asked: dict[str, Any] = await request.json()
        if asked["sender"] != "front-probe":
            await asyncio.sleep(pause)
        full = f"答：{asked.get('message') or asked.get('payload')}"
        custom = {"kind": "smalltalk", "full": full, "sms": full[:60], "entries": [], "citation": [], "options": []}
        return JSONResponse([{"recipient_id": asked["sender"], "text": full, "custom": custom}])

    return Starlette(routes=[Route("/webhooks/rest/webhook", webhook, methods=["POST"])])


if __name__ == "__main__":
    uvicorn.run(app(float(sys.argv[2])), port=int(sys.argv[1]), log_level="critical")
