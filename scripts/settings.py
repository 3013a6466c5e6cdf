"""Where things are and what the processes of the brain are told. Every setting is an environment variable."""

from __future__ import annotations

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / ".run"
MODELS = ROOT / "models"
MODEL = MODELS / "luebao.tar.gz"
INPUTS = MODELS / "luebao.inputs"
LEARNED = ROOT / "data" / "nlu" / "learned.yml"  # what citizens asked and the office accepted
# Vectors of examples, by encoder and version: the same for every checkout, and most of what a first training takes.
VECTORS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "luebao" / "vectors"
RASA_FILE = RUN / "rasa.json"  # where Rasa answers now, while `make run` runs

RASA_PORT = int(os.environ.get("LUEBAO_RASA_PORT", "5005"))
ACTIONS_PORT = int(os.environ.get("LUEBAO_ACTIONS_PORT", "5055"))
FRONT_PORT = int(os.environ.get("LUEBAO_FRONT_PORT", "8000"))
FRONT_URL = f"http://127.0.0.1:{FRONT_PORT}"
FRONT_PYTHON = ROOT / "front" / ".venv" / "bin" / "python"
RASA_URL = f"http://127.0.0.1:{RASA_PORT}"


def webhook(at: str = "") -> str:
    """Where to ask: the Rasa at an address, or the one that serves: a newer model may have taken over from the port."""
    return f"{at or _serving()}/webhooks/rest/webhook"


def _serving() -> str:
    try:
        written = json.loads(RASA_FILE.read_text(encoding="utf-8"))
        return str(written["urls"][0]) if written["first"] == RASA_PORT else RASA_URL
    except (OSError, ValueError, LookupError, TypeError):
        return RASA_URL


def environment() -> dict[str, str]:
    """The environment of the Rasa and action processes: loopback, no telemetry, the knowledge of this folder."""
    defaults = {
        "LUEBAO_TRACKER_URL": f"sqlite:///{RUN / 'tracker.db'}",
        "LUEBAO_KNOWLEDGE": str(ROOT / "knowledge"),
        "LUEBAO_VECTORS": str(VECTORS),
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
    if "LUEBAO_RASA_URLS" not in os.environ:
        defaults["LUEBAO_RASA_FILE"] = str(RASA_FILE)
    return {**defaults, **os.environ, **fixed}
