"""Both languages are whole: nothing is missing, nothing is half done, nothing is said past the catalogue."""

import gettext
import io
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.forms import DateField
from django.test import RequestFactory
from django.utils import translation
from django.utils.formats import localize_input

from core.formatting import listed
from scripts import messages
from tests.words import code, pages

HAN = r"\u3400-\u9fff"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sd]|(?<!%)%%|\{\w*\}")

# Marked as they are on purpose: names, which no language changes, and words that stand in their own language.
SAME_IN_EVERY_LANGUAGE = {
    ("templates/components/brand.html", "Entente"): "the portal's name",
    ("templates/contracts/_paper_row.html", "SHA-256 {…}"): "the name of a checksum",
    ("templates/contracts/sign.html", "SHA-256 {…}"): "the name of a checksum",
}
LOOKED_UP = {"dealers/admin/people.py"}  # asks for the names of rights, which stand marked in the models
INVENTED_DATA = {"world.py", "demo.py"}  # their words are somebody's data and not the portal's
MEANT_ALIKE = {"CSV", "SKU", "IBAN", "Excel", "PDF"}

GLOSSARY = messages.ROOT / "docs" / "glossary.md"


def wrong_words() -> dict[str, re.Pattern[str]]:
    """The glossary's last table: each word that reads wrong, but for the longer words in which it is right."""
    refused = {}
    table = GLOSSARY.read_text(encoding="utf-8").partition("| not | but | except | why |")[2]
    for line in table.strip().splitlines()[1:]:
        word, _but, allowed, _why = (cell.strip() for cell in line.strip("|").split("|"))
        longer = [re.escape(one.removeprefix(word)) for one in allowed.split("、") if one]
        refused[word] = re.compile(word + (f"(?!{'|'.join(longer)})" if longer else ""))
    return refused


@cache
def entries() -> list[polib.POEntry]:
    """Of the one catalogue; reading it takes longer than looking at all of it."""
    return list(polib.pofile(str(messages.CATALOGUE)))


collect = cache(messages.collect)


def strings(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def shown(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}: {entry.msgid}" if entry.msgctxt else entry.msgid


def catalogues() -> list[Path]:
    return [path for folder in settings.LOCALE_PATHS for path in Path(folder).glob("*/LC_MESSAGES/*.po")]


def faulty(test: re.Pattern[str]) -> dict[str, str]:
    return {shown(entry): text for entry in entries() for text in strings(entry) if test.search(text)}


# ---------- the catalogue is level with the code ----------


def test_every_string_of_the_code_stands_in_the_catalogue() -> None:
    known = {(entry.msgctxt or "", entry.msgid) for entry in entries() if not entry.obsolete}
    missing = [message.msgid for message in collect() if message.key not in known]
    assert not missing, "run `make messages`, then translate"


def test_the_catalogue_holds_nothing_that_the_code_no_longer_says() -> None:
    said = {message.key for message in collect()}
    assert [
        shown(entry) for entry in entries() if entry.obsolete or (entry.msgctxt or "", entry.msgid) not in said
    ] == []


def test_every_string_is_translated() -> None:
    assert [shown(entry) for entry in entries() if not all(text.strip() for text in strings(entry))] == []


def test_nobody_has_yet_to_look_at_a_translation() -> None:
    assert [shown(entry) for entry in entries() if entry.fuzzy] == []


def test_libraries_still_say_what_we_say_for_them() -> None:
    """After an upgrade a reworded string would be shown in the library's own Chinese, or in English."""

    def said(library: str) -> set[tuple[str, str]]:
        folder = Path(str(import_module("django.conf" if library == "django" else library).__file__)).parent
        english = polib.pofile(str(folder / "locale" / "en" / "LC_MESSAGES" / "django.po"))
        return {(entry.msgid, entry.msgid_plural) for entry in english}

    known = {library: said(library) for library in set(messages.borrowed().values())}
    gone = [one for one, library in messages.borrowed().items() if (one.msgid, one.plural) not in known[library]]
    assert gone == []


def test_a_plural_that_the_code_knows_is_a_plural_in_the_catalogue() -> None:
    plurals = {message.key for message in collect() if message.plural}
    assert plurals == {(entry.msgctxt or "", entry.msgid) for entry in entries() if entry.msgid_plural}


def test_only_whole_strings_are_marked() -> None:
    assert [one for one in messages.unreadable() if one.path not in LOOKED_UP] == []


def test_placeholders_survive_translation() -> None:
    def names(text: str) -> list[str]:
        return sorted(set(PLACEHOLDER.findall(text)))

    wrong = {
        shown(entry): text
        for entry in entries()
        for text in strings(entry)
        if names(text) != names(entry.msgid_plural or entry.msgid)
    }
    assert wrong == {}


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.parent.name)
def test_catalogues_compile_without_gettext_and_answer(path: Path, tmp_path: Path) -> None:
    polib.pofile(str(path)).save_as_mofile(str(tmp_path / "catalogue.mo"))
    compiled = gettext.GNUTranslations(io.BytesIO((tmp_path / "catalogue.mo").read_bytes()))
    for entry in polib.pofile(str(path)):
        if entry.msgid_plural and entry.msgctxt:
            found = compiled.npgettext(entry.msgctxt, entry.msgid, entry.msgid_plural, 2)
        elif entry.msgid_plural:
            found = compiled.ngettext(entry.msgid, entry.msgid_plural, 2)
        elif entry.msgctxt:
            found = compiled.pgettext(entry.msgctxt, entry.msgid)
        else:
            found = compiled.gettext(entry.msgid)
        assert found == strings(entry)[0]


# ---------- how the Chinese reads ----------


def test_the_glossary_names_the_words_that_read_wrong() -> None:
    assert {"回扣", "付款", "罚款", "拒绝", "转让", "残疾"} <= set(wrong_words())


@pytest.mark.parametrize("word", wrong_words())
def test_words_that_read_wrong_are_not_used(word: str) -> None:
    assert faulty(wrong_words()[word]) == {}, f"docs/glossary.md has a better word than {word}"


def test_punctuation_after_han_is_full_width() -> None:
    assert faulty(re.compile(rf"[{HAN}][,;:!?()]|[{HAN}]\.(?![A-Za-z])|[{HAN}]['\"]|[()\"'][{HAN}]")) == {}


def test_latin_and_numbers_stand_apart_from_han() -> None:
    """41 天 and PDF 文件, but 2026年3月20日."""
    beside = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z][{HAN}]|[0-9%](?![年月日])[{HAN}]")
    written = {shown(entry): PLACEHOLDER.sub("\0", text) for entry in entries() for text in strings(entry)}
    assert {said: text for said, text in written.items() if beside.search(text)} == {}


# What comes in is a name, mostly in Chinese, or a day or period, which ends with 日, 月 or 度.
NAMES = (
    "actor|subject|dealer|person|period|brand|name|grant|target|rules|inviter|territory|measure|product|month|day|"
    "customer|contact|outlet|document|company|terminal|owner|opening|criterion|place|role|step|whom|zone|deputy|"
    "weekday|next|start|end|before|after"
)


def test_numbers_that_come_in_stand_apart_from_han_and_names_do_not() -> None:
    """41 天, but 由张伟计算; the browser sets a Latin name apart by itself (`text-autospace`).

    In the administration it is a word of ours; a year is followed by 年 as in dates.
    """
    number = rf"%\((?!(?:{NAMES})\))\w+\)[sdr]"
    beside = re.compile(
        rf"[{HAN}]{number}|{number}(?!年)[{HAN}]|[{HAN}]\{{|\}}[{HAN}]|[{HAN}] %\(({NAMES})\)s|%\(({NAMES})\)s [{HAN}]"
    )
    wrong = {
        shown(entry): text
        for entry in entries()
        for text in strings(entry)
        if beside.search(text) and entry.occurrences[0][0] != "django.contrib.admin"
    }
    assert wrong == {}


def test_every_sentence_ends_like_its_source() -> None:
    wrong = {
        shown(entry): text
        for entry in entries()
        for text in strings(entry)
        if entry.msgid.endswith((".", "?"))
        and " " in entry.msgid
        and not text.endswith(("。", "？", "）", "”", "Berlin。"))
    }
    assert wrong == {}


def test_translations_are_chinese() -> None:
    def is_name(text: str) -> bool:
        return all(word in MEANT_ALIKE for word in re.findall(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", text)))

    untouched = [
        shown(entry)
        for entry in entries()
        for text in strings(entry)
        if re.search(r"[A-Za-z]{2,}", PLACEHOLDER.sub("", text))
        and not re.search(f"[{HAN}]", text)
        and not is_name(text)
    ]
    assert untouched == []


# ---------- how the English reads ----------


def test_english_sources_are_whole_and_calm() -> None:
    own = collect().keys() - messages.borrowed().keys()
    unfit = re.compile(r"^\s|\s$|\bplease\b|\bsorry\b|\boops\b|!|  ", re.IGNORECASE)
    assert [message.msgid for message in own if unfit.search(message.msgid)] == []


# ---------- nothing is said past the catalogue ----------


def by_file(found: Iterator[tuple[Path, list[str]]]) -> dict[str, list[str]]:
    known = SAME_IN_EVERY_LANGUAGE
    named = ((path.relative_to(messages.ROOT).as_posix(), said) for path, said in found)
    left = ((name, [text for text in said if (name, text) not in known]) for name, said in named)
    return {name: said for name, said in left if said}


def test_pages_say_nothing_that_is_not_marked() -> None:
    assert by_file((path, pages.unmarked(path)) for path in messages.template_files()) == {}


def test_pages_put_no_sentence_together_from_pieces() -> None:
    assert by_file((path, pages.glued(path)) for path in messages.template_files()) == {}


def test_exceptions_to_marking_are_still_there() -> None:
    found = {
        (path.relative_to(messages.ROOT).as_posix(), text)
        for path in messages.template_files()
        for text in pages.unmarked(path)
    }
    assert set(SAME_IN_EVERY_LANGUAGE) <= found


def test_code_says_nothing_that_is_not_marked() -> None:
    refusing = code.refusals()
    files = [path for path in messages.python_files() if path.name not in INVENTED_DATA]
    assert {
        str(path.relative_to(messages.ROOT)): said for path in files if (said := code.unmarked(path, refusing))
    } == {}


def test_code_puts_no_sentence_together_from_pieces() -> None:
    found = ((path, code.glued(path)) for path in messages.python_files())
    assert {str(path.relative_to(messages.ROOT)): said for path, said in found if said} == {}


def _names() -> Iterator[tuple[str, str]]:
    """What models call themselves and their choices, and what the administration writes over their fields."""
    for model in apps.get_models():
        if Path(model._meta.app_config.path).parent == Path(settings.BASE_DIR):
            for field in model._meta.concrete_fields:
                yield from ((f"{model.__name__}.{field.name}", str(label)) for _value, label in field.flatchoices)
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    for model, page in admin.site._registry.items():
        yield model.__name__, str(model._meta.verbose_name)
        yield model.__name__, str(model._meta.verbose_name_plural)
        written = flatten_fieldsets(page.get_fieldsets(request))
        filters = [str(one[0]) if isinstance(one, tuple | list) else str(one) for one in page.list_filter]
        for name in {*page.list_display, *page.readonly_fields, *filters, *written}:
            yield f"{model.__name__}.{name}", str(label_for_field(name, model, page))


def test_models_have_chinese_names_for_everything_that_people_meet() -> None:
    with translation.override("zh-hans"):
        english = [
            name for name in _names() if re.search(r"[A-Za-z]{2,}", name[1]) and not re.search(f"[{HAN}]", name[1])
        ]
    assert english == []


# ---- what is typed and what is listed ----


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_date_is_written_into_forms_with_the_year_first(language: str) -> None:
    with translation.override(language):
        assert localize_input(date(2026, 3, 4)) == "2026-03-04"


def test_a_day_that_could_be_a_month_is_refused() -> None:
    with translation.override("en"), pytest.raises(ValidationError):
        DateField().clean("03/04/2026")


@pytest.mark.parametrize("typed", ["2026-03-04", "2026/3/4", "2026年3月4日"])
def test_dates_are_read_as_people_in_china_write_them(typed: str) -> None:
    with translation.override("zh-hans"):
        assert DateField().clean(typed) == date(2026, 3, 4)


def test_several_things_are_listed_as_the_language_does() -> None:
    with translation.override("zh-hans"):
        assert listed(["金牌", "", "银牌"]) == "金牌、银牌"
    with translation.override("en"):
        assert listed(["Gold", "Silver"]) == "Gold, Silver"
