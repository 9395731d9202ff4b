"""What the server draws by itself."""

from decimal import Decimal

from core.drawing import track

D = Decimal


def test_the_next_tier_is_named_and_no_name_lies_over_another() -> None:
    tiers = [(D(672), "672 · 2%"), (D(840), "840 · 3%"), (D(1050), "1,050 · 4%")]
    near = track(D(800), "800", tiers)
    assert [(mark.label, mark.is_next) for mark in near.marks] == [
        ("", False), ("840 · 3%", True), ("1,050 · 4%", False),
    ]  # fmt: skip
    wide = track(D(100), "100", [(D(200), "200"), (D(1000), "1,000")])
    assert [mark.label for mark in wide.marks] == ["200", "1,000"]


def test_what_lies_close_behind_the_next_tier_is_marked_only() -> None:
    close = track(D(900), "900", [(D(950), "950"), (D(1000), "1,000")])
    assert [(mark.label, mark.is_next) for mark in close.marks] == [("950", True), ("", False)]
    assert close.marks[0].x < close.marks[1].x
    crowded = track(D(900), "900", [(D(950), "950"), (D(1000), "1,000"), (D(1050), "1,050"), (D(2000), "2,000")])
    assert [mark.label for mark in crowded.marks] == ["950", "", "", "2,000"]
