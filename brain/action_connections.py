"""Rasa opens a connection to the action server for every action and closes it again: a twentieth of a message's CPU.

One connector keeps the connections; a session of its own for every call, as Rasa wants it, costs next to nothing.
"""

from __future__ import annotations

import asyncio
from typing import Dict

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

# Less than the five seconds after which the action server (Sanic's KEEP_ALIVE_TIMEOUT) closes one that is idle: whoever
# writes into a connection that is being closed loses the action.
_IDLE_SECONDS = 3.0
_rasas_own = EndpointConfig.session
_connectors: Dict[asyncio.AbstractEventLoop, aiohttp.TCPConnector] = {}


def _connector() -> aiohttp.TCPConnector:
    loop = asyncio.get_running_loop()
    if loop not in _connectors:
        for ended in [other for other in _connectors if other.is_closed()]:
            del _connectors[ended]
        _connectors[loop] = aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS)
    return _connectors[loop]


def _session(self: EndpointConfig) -> aiohttp.ClientSession:
    """As Rasa's method; the connections outlive the session."""
    if self.basic_auth:
        return _rasas_own(self)
    timeout = aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT)
    return aiohttp.ClientSession(headers=self.headers, timeout=timeout, connector=_connector(), connector_owner=False)


def install() -> None:
    """Put the lasting connections in the place of Rasa's."""
    EndpointConfig.session = _session
