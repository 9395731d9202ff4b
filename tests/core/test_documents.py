"""Papers: what is drawn can be read again in both languages, and stays what somebody typed."""

import io

import pytest
from pypdf import PdfReader

from core.documents import Undrawable, draw, picture

FACTS = {
    "kind": "Minutes",
    "title": "NG-01",
    "made_at": "2026-03-20T09:00:00+08:00",
    "line": "20 March 2026",
    "sections": [
        {
            "title": "Territory",
            "sentences": ["North, except Harbour."],
            "facts": [["Dealer", "Northgate"], ["Bank", ""]],
        },
        {"table": {"titles": ["Month", "Goal"], "rows": [["March", "1,200.00"]], "figures": [1]}},
    ],
}
CHINESE = {
    **FACTS,
    "kind": "会议纪要",
    "sections": [{"title": "授权区域", "sentences": ["北区，海港除外。"], "facts": [["经销商", "北门建材"]]}],
}


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_a_paper_says_what_its_facts_say_in_english() -> None:
    text = text_of(draw("core/sheet", FACTS, language="en"))
    for words in ("NG-01", "Territory", "North, except Harbour.", "Northgate", "1,200.00", "Page 1 of 1"):
        assert words in text
    assert "Bank" not in text  # a fact without a value leaves no label behind


def test_a_paper_says_what_its_facts_say_in_chinese() -> None:
    text = text_of(draw("core/sheet", CHINESE, language="zh-hans"))
    for words in ("会议纪要", "授权区域", "北区，海港除外。", "北门建材"):
        assert words in text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_number_is_found_whole_whatever_its_letters(language: str) -> None:
    number = "5DH8-BTJR-AVTY-01"  # pairs that a font draws close together
    facts = {**FACTS, "title": f"Contract {number}", "sections": [{"sentences": [f"See {number}."], "facts": []}]}
    assert text_of(draw("core/sheet", facts, language=language)).count(number) >= 2


@pytest.mark.parametrize(
    "typed",
    [
        '#include "/core/paper.typ"',
        "#panic(1) $x^2$ *bold* _it_ @ref <label> `code`",
        "back\\slash \"quoted\" 'single' -- {page} ~ // no comment",
        ']] #read("/etc/passwd") [[',
    ],
)
def test_what_somebody_typed_is_text(typed) -> None:
    facts = {**FACTS, "title": typed, "sections": [{"sentences": [typed], "facts": [[typed, typed]]}]}
    text = text_of(draw("core/sheet", facts, language="en"))
    assert text.replace(" ", "").replace("\n", "").count(typed.replace(" ", "")) >= 4


def test_lines_stay_lines() -> None:
    text = text_of(draw("core/sheet", {**FACTS, "sections": [{"sentences": ["first\nsecond"]}]}, language="en"))
    assert "first\nsecond" in text


def test_the_same_facts_give_the_same_bytes() -> None:
    assert draw("core/sheet", FACTS, language="en") == draw("core/sheet", FACTS, language="en")
    assert draw("core/sheet", FACTS, language="en") != draw("core/sheet", CHINESE, language="en")


def test_the_file_names_its_title_and_the_moment_of_its_facts() -> None:
    about = PdfReader(io.BytesIO(draw("core/sheet", FACTS, language="en"))).metadata
    assert about is not None
    assert about.title == "NG-01"
    assert about.creation_date is not None
    assert about.creation_date.isoformat() == "2026-03-20T01:00:00+00:00"


def test_a_picture_shows_every_page() -> None:
    long = {**FACTS, "sections": [{"sentences": ["A sentence of some length. " * 12] * 30}]}
    pages = picture("core/sheet", long, language="en")
    assert len(pages) > 1
    assert all(page.startswith(b"\x89PNG") for page in pages)


@pytest.mark.parametrize("name", ["core/nothing", "../../etc/passwd", "core/../../sheet", "/core/sheet"])
def test_only_papers_of_the_rooms_are_drawn(name) -> None:
    with pytest.raises(Undrawable, match="There is no paper"):
        draw(name, FACTS, language="en")


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"title": ""}, "no title"),
        ({"made_at": None}, "needs made_at"),
        ({"made_at": "2026-03-20T09:00:00"}, "does not name its zone"),
        ({"sections": [{"facts": [[object(), ""]]}]}, "takes texts, lists and mappings"),
        ({"sections": [{"facts": [["alone"]]}]}, "could not be drawn"),
    ],
)
def test_faulty_facts_are_named(changed, complaint) -> None:
    with pytest.raises(Undrawable, match=complaint):
        draw("core/sheet", {**FACTS, **changed}, language="en")
