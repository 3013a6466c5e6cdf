"""Tables as CSV and Excel. A cell can never be a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from xlsxwriter import Workbook

from front.desk.insight.sheets import Cell, Sheet

_BOM = "\ufeff"  # without it Excel takes UTF-8 for GBK
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def guarded(cell: Cell) -> Cell:
    """The cell; a text that a spreadsheet would compute gets a ' in front."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_csv(sheet: Sheet) -> bytes:
    """One table as CSV in UTF-8 with a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in sheet.columns])
    writer.writerows([guarded(cell) for cell in row] for row in sheet.rows)
    return (_BOM + text.getvalue()).encode()


def as_xlsx(sheets: Sequence[Sheet], about: str) -> bytes:
    """All tables as one Excel file, a sheet each; `about` says on each what it covers."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold, soft = book.add_format({"bold": True}), book.add_format({"font_color": "#4b5b69"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title[:31])
            page.write_string(0, 0, f"{sheet.title}（{about}）", bold)
            page.write_string(1, 0, sheet.summary, soft)
            for number, name in enumerate(sheet.columns):
                page.write_string(3, number, name, bold)
                page.set_column(number, number, 40 if number == 0 else 16)
            for line, row in enumerate(sheet.rows, 4):
                for number, cell in enumerate(row):
                    page.write(line, number, guarded(cell))
    return file.getvalue()
