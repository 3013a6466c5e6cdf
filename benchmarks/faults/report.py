"""`python -m benchmarks.faults.report`: fills the README's table from results/*.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_BEGIN, _END = "<!-- results -->", "<!-- end of results -->"
_HEAD = (
    "| scenario | people | sent | accepted | robot | phone | refusals | repeats on phones | problems | "
    "/readyz named it after s | well again after s | last answer s after the last message | at |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- |\n"
)


def row(result: dict[str, Any]) -> str:
    """One scenario's line."""
    problems = ", ".join(f"{count} {kind}" for kind, count in result["problems"].items()) or "none"
    told = [result.get(name, "–") for name in ("readyz_wrong_after", "readyz_well_after")]
    counts = [result[name] for name in ("people", "sent", "accepted", "robot", "phone", "refused")]
    repeats = sum(result["repeats"].values())
    cells = [f"`{result['scenario']}`", *counts, repeats, problems, *told, result["settled_after"], result["at"]]
    return "| " + " | ".join("not seen" if cell is None else str(cell) for cell in cells) + " |\n"


def main() -> None:
    """Read the results, write the table."""
    results = [json.loads(file.read_text("utf-8")) for file in sorted((HERE / "results").glob("*.json"))]
    readme = HERE / "README.md"
    before, _, rest = readme.read_text("utf-8").partition(_BEGIN)
    after = rest.partition(_END)[2]
    table = _HEAD + "".join(map(row, results))
    readme.write_text(f"{before}{_BEGIN}\n{table}{_END}{after}", "utf-8")


if __name__ == "__main__":
    main()
