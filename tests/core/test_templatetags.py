"""How figures, dates and distances read, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from core import countries, formatting

NOW = datetime(2026, 3, 20, 14, 0, tzinfo=UTC)
DAY = date(2026, 3, 20)


def render(source: str, **known: object) -> str:
    return Template("{% load entente %}" + source).render(Context(known))


# ---------- numbers ----------


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("{{ v|number }}", Decimal("18472900"), "18,472,900"),
        ("{{ v|number }}", 0, "0"),
        ("{{ v|number:2 }}", Decimal("1234.5"), "1,234.50"),
        ("{{ v|number }}", Decimal("-0.9"), "\u22121"),
        ("{{ v|number }}", Decimal("-0.4"), "0"),
        ("{{ v|number }}", Decimal("2.5"), "3"),
        ("{{ v|number }}", Decimal("1E+6"), "1,000,000"),
        ("{{ v|amount }}", Decimal("1234.56"), "1,234.56"),
        ("{{ v|amount }}", Decimal("-6180"), "\u22126,180.00"),
        ("{{ v|amount:'JPY' }}", Decimal("1234"), "1,234"),
        ("{{ v|amount:'KWD' }}", Decimal("1.5"), "1.500"),
        ("{{ v|signed }}", Decimal("4.1"), "+4.1"),
        ("{{ v|signed }}", Decimal("-0.9"), "\u22120.9"),
        ("{{ v|signed }}", Decimal("0.04"), "0.0"),
        ("{{ v|signed }}", Decimal("-0.04"), "0.0"),
        ("{{ v|signed:0 }}", 12, "+12"),
        ("{{ v|percent }}", Decimal("0.97"), "97.0%"),
        ("{{ v|percent:0 }}", Decimal("1.2"), "120%"),
        ("{{ v|rate }}", Decimal("0.02"), "2%"),
        ("{{ v|rate }}", Decimal("0.0250"), "2.5%"),
        ("{{ v|rate }}", Decimal("1"), "100%"),
        ("{{ v|size }}", Decimal("-7"), "7.0"),
    ],
)
def test_numbers_read_alike_everywhere(source: str, value: object, expected: str) -> None:
    assert render(source, v=value) == expected
    with translation.override("zh-hans"):
        assert render(source, v=value) == expected


def test_zones_units_and_currencies_are_read_as_words() -> None:
    source = "{{ z|zone }}, {{ u|pieces }}"
    assert render(source, z="America/Los_Angeles", u="pc") == "Los Angeles, pc"
    assert (formatting.currency_name("CNY"), formatting.zone("UTC")) == ("CNY", "UTC")
    with translation.override("zh-hans"):
        assert render(source, z="America/Los_Angeles", u="pc") == "洛杉矶, 件"
        assert render(source, z="Africa/Nairobi", u="pallet") == "Nairobi, pallet"
        assert [formatting.currency_name(code) for code in ("CNY", "EUR", "CHF")] == ["人民币", "欧元", "CHF"]


def test_a_country_is_read_by_its_name() -> None:
    assert (render("{{ v|country }}", v="DE"), render("{{ v|country }}", v="XX")) == ("Germany", "XX")
    assert "n/a" in render("{{ v|country }}", v="")
    assert countries.address("Domstr. 1", "50667", "Köln", "DE") == "Domstr. 1, 50667 Köln, Germany"
    names = countries.choices(also="XX")
    assert len(names) == 250 and names[0] == ("AF", "Afghanistan") and ("XX", "XX") in names
    with translation.override("zh-hans"):
        assert render("{{ v|country }}", v="DE") == "德国"
        assert countries.address("文一路 1 号", "310000", "杭州", "CN") == "中国杭州文一路 1 号 310000"
        assert countries.address("Domstr. 1", "50667", "Köln", "DE") == "德国 Köln Domstr. 1 50667"
        assert countries.choices()[0] == ("AL", "阿尔巴尼亚"), "by pinyin"
    assert formatting.beside("12", "days") == "12 days" and formatting.beside("12", "USD") == "USD\u00a012"


def test_money_names_its_currency_as_the_language_does() -> None:
    assert render("{{ v|money:'CNY' }}", v=Decimal("18400.49")) == "CNY\u00a018,400"
    assert render("{{ v|money_exact:'EUR' }}", v=Decimal("18400.5")) == "EUR\u00a018,400.50"
    with translation.override("zh-hans"):
        assert render("{{ v|money:'CNY' }}", v=Decimal("18400")) == "18,400 元"
        assert render("{{ v|money:'CHF' }}", v=Decimal("18400")) == "CHF\u00a018,400"
        assert render("{{ 'CNY'|unit }}") == "元"
    assert render("{{ 'CNY'|unit }}") == "CNY"


@pytest.mark.parametrize("write", ["number", "signed", "percent", "rate", "amount", "money:'CNY'"])
def test_a_float_is_refused(write: str) -> None:
    with pytest.raises(TypeError):
        render("{{ v|" + write + " }}", v=0.1)


def test_words_and_truth_values_are_not_numbers() -> None:
    with pytest.raises(TypeError):
        formatting.number("many")
    with pytest.raises(TypeError):
        formatting.number(True)


@pytest.mark.parametrize("write", ["number", "percent", "amount", "money:'CNY'", "day", "iso_day", "moment", "ago"])
def test_what_is_missing_reads_na(write: str) -> None:
    assert render("{{ v|" + write + " }}", v=None) == '<span class="na">n/a</span>'


def test_na_gives_its_reason_and_leaves_figures_alone() -> None:
    assert "7 answers, 20 needed" in render("{{ v|percent|na:'7 answers, 20 needed' }}", v=None)
    assert render("{{ v|number|na:'never said' }}", v=0) == "0"
    assert "&lt;b&gt;" in render("{{ v|na:reason }}", v=None, reason="<b>")


# ---------- dates ----------


@pytest.mark.parametrize(
    ("write", "english", "chinese"),
    [
        ("day", "20 Mar 2026", "2026年3月20日"),
        ("long_day", "20 March 2026", "2026年3月20日"),
        ("short_day", "20 Mar", "3月20日"),
        ("week_day", "Fri 20 Mar", "3月20日周五"),
        ("iso_day", "2026-03-20", "2026-03-20"),
        ("month", "March 2026", "2026年3月"),
    ],
)
def test_days_follow_the_language(write: str, english: str, chinese: str) -> None:
    assert render("{{ v|" + write + " }}", v=DAY) == english
    with translation.override("zh-hans"):
        assert render("{{ v|" + write + " }}", v=DAY) == chinese


def test_moments_are_told_in_the_reader_s_zone() -> None:
    with timezone.override("Asia/Shanghai"):
        assert render("{{ v|moment }}", v=NOW) == "20 Mar 2026, 22:00"
        assert render("{{ v|iso_moment }}", v=NOW + timedelta(hours=3)) == "2026-03-21 01:00"
        assert render("{{ v|clock }}", v=NOW) == "22:00"
        with translation.override("zh-hans"):
            assert render("{{ v|moment }}", v=NOW) == "2026年3月20日 22:00"


# ---------- distances ----------


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (DAY - timedelta(days=18), "18 days late"),
        (DAY - timedelta(days=1), "1 day late"),
        (DAY, "due today"),
        (DAY + timedelta(days=11), "11 days left"),
        (NOW + timedelta(hours=3), "3 h left"),
        (NOW + timedelta(minutes=12), "12 min left"),
        (NOW - timedelta(hours=5), "5 h late"),
        (NOW - timedelta(minutes=1), "1 min late"),
        (NOW + timedelta(days=2), "2 days left"),
    ],
)
def test_a_due_time_reads_as_a_distance(due: date, expected: str) -> None:
    assert render("{{ due|distance:now }}", due=due, now=NOW) == expected


@pytest.mark.parametrize(
    ("past", "expected"),
    [
        (DAY - timedelta(days=6), "6 days ago"),
        (DAY, "today"),
        (NOW - timedelta(hours=2), "2 h ago"),
        (NOW - timedelta(minutes=5), "5 min ago"),
    ],
)
def test_something_past_reads_as_a_distance(past: date, expected: str) -> None:
    assert render("{{ past|ago:now }}", past=past, now=NOW) == expected


def test_a_day_is_late_once_it_is_over_in_the_reader_s_zone() -> None:
    evening = datetime(2026, 3, 20, 17, 0, tzinfo=UTC)
    assert not formatting.is_late(DAY, evening)
    with timezone.override("Asia/Shanghai"):  # there it is past midnight
        assert formatting.is_late(DAY, evening)
    assert not formatting.is_late(NOW, NOW)
    assert formatting.is_late(NOW, NOW + timedelta(seconds=1))


def test_due_carries_state_and_date() -> None:
    late = render("{% due day now %}", day=DAY - timedelta(days=18), now=NOW)
    assert late == '<time class="when late" datetime="2026-03-02" title="2 Mar 2026">18 days late</time>'
    assert 'class="when soon"' in render("{% due day now %}", day=DAY + timedelta(days=3), now=NOW)
    assert 'class="when"' in render("{% due day now %}", day=DAY + timedelta(days=4), now=NOW)
    assert render("{% due day %}", day=None) == ""


# ---------- icons, drawings, words ----------


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in render("{% icon 'bell' %}")
    labelled = render("{% icon 'bell' label=text %}", text='"two" unread')
    assert 'role="img"' in labelled
    assert "&quot;two&quot;" in labelled


def test_a_sparkline_keeps_its_gaps_and_stays_in_its_frame() -> None:
    drawn = render("{% sparkline v 'Score' %}", v=[Decimal(3), 5, None, 4, 9])
    assert drawn.count("<polyline") == 2
    assert 'cx="61.0" cy="3.0"' in drawn
    assert 'aria-label="Score"' in drawn
    assert "n/a" in render("{% sparkline v 'Score' %}", v=[None, None])
    assert 'cy="10.0"' in render("{% sparkline v 'Score' %}", v=[4, 4])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Lin Yue", "LY"), ("陈国栋", "国栋"), ("欧阳国栋", "欧阳"), ("Mark van der Jansen", "MJ"), ("Aa", "A"), ("", "")],
)
def test_initials(name: str, expected: str) -> None:
    assert render("{{ v|initials }}", v=name) == expected


def test_a_blank_stands_between_sentences_where_the_language_has_one() -> None:
    template = Template("{% load entente %}One.{% gap %}Two.")
    assert template.render(Context()) == "One. Two."
    with translation.override("zh-hans"):
        assert template.render(Context()) == "One.Two."


# ---------- what is drawn once ----------


def test_an_icon_is_escaped_and_speaks_the_reader_s_language() -> None:
    assert 'aria-label="&lt;b&gt;"' in render("{% icon 'x' label=v %}", v="<b>")
    assert 'aria-label="&lt;b&gt;"' in render("{% icon 'x' label=v %}", v=SafeString("&lt;b&gt;"))
    assert 'aria-label="a &amp; b"' in render("{% icon 'x' label=v %}", v="a & b")
    once = "{% load i18n %}{% icon 'x' label=_('Search') %}"
    english = render(once)
    with translation.override("zh-hans"):
        assert render(once) != english
        assert render("{% icon 'x' label=v %}", v=gettext_lazy("Search")) == render(once)
    assert render(once) == english == render("{% icon 'x' label=v %}", v=gettext_lazy("Search"))


def test_what_is_fixed_knows_its_language_and_nothing_of_the_page() -> None:
    fixed = Template("{% load entente i18n %}{% fixed %}{% translate 'Search' %}{{ v }}{% icon 'x' %}{% endfixed %}")
    english = fixed.render(Context({"v": "of the first reader"}))
    assert english.startswith("Search<svg")
    with translation.override("zh-hans"):
        assert not fixed.render(Context({})).startswith("Search")
    assert fixed.render(Context({"v": "of the second"})) == english
