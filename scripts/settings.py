"""Where things are and what the processes of the brain are told. Every setting is an environment variable."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
MODEL = ROOT / "models" / "luebao.tar.gz"
INPUTS = ROOT / "models" / "luebao.inputs"

RASA_PORT = int(os.environ.get("LUEBAO_RASA_PORT", "5005"))
ACTIONS_PORT = int(os.environ.get("LUEBAO_ACTIONS_PORT", "5055"))
FRONT_PORT = int(os.environ.get("LUEBAO_FRONT_PORT", "8000"))
FRONT_URL = f"http://127.0.0.1:{FRONT_PORT}"
FRONT_PYTHON = ROOT / "front" / ".venv" / "bin" / "python"
RASA_URL = f"http://127.0.0.1:{RASA_PORT}"
WEBHOOK = f"{RASA_URL}/webhooks/rest/webhook"


def environment() -> dict[str, str]:
    """The environment of the Rasa and action processes: loopback, no telemetry, the knowledge of this folder."""
    defaults = {
        "LUEBAO_TRACKER_URL": f"sqlite:///{RUN / 'tracker.db'}",
        "LUEBAO_KNOWLEDGE": str(ROOT / "knowledge"),
        "LUEBAO_RASA_URLS": RASA_URL,
        "LUEBAO_DATABASE_URL": f"sqlite:///{RUN / 'front.db'}",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # One message is too little work to share: the threads of BLAS would spin, and double what it costs.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    fixed = {
        "LUEBAO_ACTIONS_PORT": str(ACTIONS_PORT),
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_HOST": "127.0.0.1",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **os.environ, **fixed}
