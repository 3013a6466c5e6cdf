"""The citizens' web chat: POST, SSE and long poll over the inbox."""
