"""A file that we give out calculates nothing."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from core.spreadsheets import LONGEST_TEXT, write_csv, write_xlsx

LIVE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("https://example.com","x")',
]
HARMLESS = [
    "Northgate",
    "北门建材",
    "a=b",
    "1-2",
    "https://example.com",
    "mailto:a@example.com",
    "0123",
    "1e5",
    "'quoted",
]


def _read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf"), "Excel would not know that it is UTF-8"
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _sheet(data: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("text", LIVE)
def test_in_csv_a_text_that_would_be_calculated_gets_an_apostrophe(text: str) -> None:
    assert _read(write_csv([text], [[text]])) == [["'" + text], ["'" + text]]


@pytest.mark.parametrize("text", HARMLESS)
def test_in_csv_any_other_text_stays_as_it_is(text: str) -> None:
    assert _read(write_csv(["Head"], [[text]]))[1] == [text]


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    data = write_xlsx("=1+1", LIVE, [LIVE, HARMLESS])
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert "<f>" not in _sheet(data) and "hyperlink" not in _sheet(data)
    assert not [name for name in names if "_rels/sheet" in name or "externalLink" in name]


def test_texts_come_back_from_a_workbook_as_they_were() -> None:
    texts = [*LIVE[:4], *HARMLESS]
    book = CalamineWorkbook.from_filelike(io.BytesIO(write_xlsx("Dealers", ["Head"], [[text] for text in texts])))
    assert book.get_sheet_by_name("Dealers").to_python() == [["Head"], *([text] for text in texts)]


def test_numbers_are_numbers_and_dates_are_written_year_first() -> None:
    row = [
        Decimal("-12.5000"),
        7,
        date(2026, 3, 20),
        datetime(2026, 3, 20, 14, 5, tzinfo=UTC),
        None,
        True,
        Decimal("1E+3"),
    ]
    assert _read(write_csv(["x"] * 7, [row]))[1] == ["-12.5000", "7", "2026-03-20", "2026-03-20 14:05", "", "1", "1000"]

    sheet = ElementTree.fromstring(_sheet(write_xlsx("x", ["x"] * 7, [row])))  # noqa: S314  (our own file)
    cells = {cell.get("r"): cell for cell in sheet.findall(".//{*}c") if str(cell.get("r")).endswith("2")}
    values = {name: float(cell.findtext("{*}v") or "") for name, cell in cells.items()}
    assert values == pytest.approx({"A2": -12.5, "B2": 7, "C2": 46101, "D2": 46101.586806, "F2": 1, "G2": 1000})
    assert [cells[name].get("t") for name in values] == [None, None, None, None, "b", None], "numbers, not texts"


def test_a_text_longer_than_a_cell_is_cut_and_not_lost() -> None:
    assert "x" * LONGEST_TEXT in _sheet(write_xlsx("x", ["x"], [["x" * (LONGEST_TEXT + 1)]]))


@pytest.mark.parametrize("title", ["Dealers", "a/b:c*?[]\\", "x" * 50, "'quoted'", "", "经销商"])
def test_any_title_makes_a_sheet(title: str) -> None:
    assert write_xlsx(title, ["Head"], [])
