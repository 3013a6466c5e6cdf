"""`front/.venv/bin/python benchmarks/load cpu|load|readme`: see README.md here."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from commands import main

main()
