"""The templates: every component draws, nothing offends the policy, forms tie their parts together."""

import re
from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template, engines
from django.template.loader import get_template
from django.utils import translation
from django.utils.csp import LazyNonce
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from scripts import cut_sprite, gallery
from tests.gallery import rooms, samples

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")])
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
STYLES = sorted((ROOT / "static" / "css").rglob("*.css"))
LANGUAGES = [code for code, _ in settings.LANGUAGES]


def source(path: Path) -> str:
    """A template without its comments."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"{% comment .*?%}.*?{% endcomment %}|{% comment %}.*?{% endcomment %}|{#.*?#}", "", text, flags=re.S)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


class Parts(HTMLParser):
    """What a page consists of: ids, references to ids, tags left open."""

    VOID = {"input", "link", "meta", "br", "hr", "img", "use", "path", "line", "rect", "circle", "polyline"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.described: set[str] = set()
        self.labelled: set[str] = set()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.ids += known.get("id", "").split()
        self.described |= set(known.get("aria-describedby", "").split())
        self.labelled |= set(known.get("for", "").split())
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself, as in drawings."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


# ---------- what no template may hold ----------


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_template_holds_what_the_policy_refuses(path: Path) -> None:
    text = source(path)
    assert not re.search(r"\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"\son[a-z]+\s*=|\shx-on|javascript:", text), "a handler"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag, "an inline script"
    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text), "something from outside"
    assert "|safe" not in text and "autoescape off" not in text, "text that is not escaped"


def test_the_scan_sees_what_it_looks_for(tmp_path: Path) -> None:
    for wrong in ('<p style="color: red">', "<b onclick=x()>", "<script>x()</script>", '<img src="//cdn/x.png">'):
        page = tmp_path / "page.html"
        page.write_text(wrong, encoding="utf-8")
        with pytest.raises(AssertionError):
            test_no_template_holds_what_the_policy_refuses(page)


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_every_component_says_its_inputs_and_stands_in_the_gallery(path: Path) -> None:
    assert "{% comment %}" in path.read_text(encoding="utf-8")
    shown = "".join(source(page) for page in [*TEMPLATES, *(ROOT / "tests/gallery/pages").glob("*.html")])
    assert f"components/{path.name}" in shown


def test_every_icon_in_use_is_in_the_sprite() -> None:
    missing = {name: name_of(path) for name, path in cut_sprite.used_names().items()}
    for name in cut_sprite.sprite_names():
        missing.pop(name, None)
    assert not missing, "run scripts/cut_sprite.py (see static/vendor/README.md)"


def test_icon_names_are_found_where_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "core").mkdir()
    page = '{% icon "a-one" %}{% include "x" with icon="b" only %}{% icon icon|default:"c" %}'
    (tmp_path / "templates" / "page.html").write_text(page, encoding="utf-8")
    code = 'Entry("day", "My day", "home", "d-two")\nThing(icon="e")\n{"icon": "f"}\nicon: str = "g"\nicon = ""\n'
    (tmp_path / "core" / "navigation.py").write_text(code, encoding="utf-8")
    assert set(cut_sprite.used_names(tmp_path)) == {"a-one", "b", "c", "d-two", "e", "f", "g"}


def test_the_cut_keeps_what_is_asked_for_and_refuses_the_unknown() -> None:
    full = '<svg><symbol id="tabler-a" stroke-width="2"><path d="M1"/></symbol><symbol id="tabler-b">x</symbol></svg>'
    assert cut_sprite.cut(full, {"a"}).count("<symbol") == 1
    assert "stroke-width" not in cut_sprite.cut(full, {"a"})
    with pytest.raises(SystemExit, match="no icon called c"):
        cut_sprite.cut(full, {"a", "c"})


# ---------- style sheets ----------


@pytest.mark.parametrize("path", [p for p in STYLES if p.name != "tokens.css"], ids=name_of)
def test_colours_stand_in_tokens_only(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(|oklch\(", text, flags=re.I)
    used = set(re.findall(r"var\((--(?:c|ch|sp|fs|radius|nav|bar|content|shadow|font)[\w-]*)", text))
    defined = set(re.findall(r"(--[\w-]+)\s*:", (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")))
    assert used <= defined


def test_both_themes_define_the_same_colours() -> None:
    text = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    blocks = [
        set(re.findall(r"(--(?:c|ch)-[\w-]+|--shadow-[\w-]+)\s*:", block))
        for block in re.findall(r"\[data-bs-theme=\"(?:light|dark)\"\] {\n  color-scheme.*?\n}", text, flags=re.S)
    ]
    assert len(blocks) == 2
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_style_sheets_name_files_that_are_there(path: Path) -> None:
    for url in re.findall(r"url\([\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
        assert not url.startswith(("http:", "https:", "//", "data:"))
        assert (path.parent / url).resolve().is_file()


def test_every_style_sheet_of_ours_is_loaded() -> None:
    frames = "".join(source(ROOT / "templates" / name) for name in ("base.html", "admin/base_site.html"))
    assert all(str(path.relative_to(ROOT / "static")) in frames for path in STYLES)


@pytest.mark.parametrize("path", sorted((ROOT / "static/vendor").rglob("*.min.*")), ids=name_of)
def test_vendored_files_have_a_licence_and_ask_for_nothing_else(path: Path) -> None:
    assert (path.parent / "LICENSE").is_file()
    text = path.read_text(encoding="utf-8")
    assert "sourceMappingURL" not in text, "the manifest storage would look for the map"
    if path.suffix == ".css":
        assert not re.search(r"@import|url\((?![\"']?data:)", text)


# ---------- pages ----------


def gallery_page(name: str, **more: Any) -> str:
    page = engines["django"].from_string((ROOT / "tests/gallery/pages" / f"{name}.html").read_text(encoding="utf-8"))
    known = samples.context() | rooms.context() | {"portal": samples.portal(theme="dark"), "user": gallery.user()}
    return page.render(known | more)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", gallery.PAGES)
def test_the_gallery_is_well_formed(name: str, language: str) -> None:
    with translation.override(language):
        parts = Parts(gallery_page(name, messages=[]))
    assert not parts.wrong and not parts.open
    forms_twice = {"form"}  # that page shows one form empty and once more with its faults
    assert name in forms_twice or len(parts.ids) == len(set(parts.ids))
    assert parts.described <= set(parts.ids)
    assert parts.labelled <= set(parts.ids)


def test_the_title_is_written_once_and_shown_twice() -> None:
    html = Template(
        '{% extends "portal.html" %}{% block title %}{{ name }}{% endblock %}'
        '{% block title_extra %}<span class="alt">{{ name }}</span>{% endblock %}'
    ).render(Context({"name": "A & B"}))
    assert "<title>A &amp; B · " in html
    assert '<h1 class="t-page">A &amp; B<span class="alt">A &amp; B</span></h1>' in html


def test_the_server_writes_language_and_theme() -> None:
    html = gallery_page("list")
    assert 'lang="en" data-bs-theme="dark" data-theme="dark"' in html
    with translation.override("zh-hans"):
        assert 'lang="zh-Hans"' in gallery_page("list")
    assert 'data-bs-theme="light" data-theme="auto"' in gallery_page("list", portal=samples.portal(theme="auto"))


def test_scripts_carry_the_nonce_where_there_is_one() -> None:
    nonce = LazyNonce()
    scripts = re.findall(r"<script src=[^>]*>", gallery_page("list", csp_nonce=nonce))
    assert len(scripts) == 4
    assert all(f'nonce="{nonce}"' in script for script in scripts)
    assert "nonce=" not in get_template("500.html").render({"status": 500}), "an error page knows none"


def test_the_frame_shows_place_counts_and_unread() -> None:
    html = gallery_page("list")
    assert re.search(r'aria-current="page"[^>]*>.*?<span>My day</span><span class="count">9</span>', html)
    assert 'aria-label="Notifications, 2 unread"' in html
    assert html.count('name="language"') == 2  # in the bar and, on the phone, in the user menu


def test_messages_say_their_kind_in_more_than_colour() -> None:
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message

    html = gallery_page(
        "list", messages=[Message(constants.ERROR, "<i>Closed</i>"), Message(constants.SUCCESS, "Done")]
    )
    assert 'class="note bad" role="alert"' in html
    assert 'class="note good" role="status"' in html
    assert "&lt;i&gt;Closed" in html


def include(name: str, **inputs: object) -> str:
    return get_template(f"components/{name}.html").render(inputs)


def test_a_delta_tells_its_direction_in_words_and_its_verdict_apart() -> None:
    assert 'aria-label="down"' in include("delta", value=-5, verdict="good")
    assert 'class="delta good"' in include("delta", value=-5, verdict="good")
    assert "\u22123.0" in include("delta", value=-3, bare=True)
    assert "0.0" in include("delta", value=0)


def test_a_missing_figure_says_why() -> None:
    html = include("figure", label="Satisfaction", value=None, reason="7 answers, 20 needed")
    assert "n/a" in html and "7 answers, 20 needed" in html and "explain" not in html
    assert "n/a" not in include("figure", label="Returns", value="0")


def test_an_action_that_changes_something_is_a_form_with_its_token() -> None:
    html = include(
        "work_row", icon="bell", title="Close", action="Close", action_url="/x/", post=True, csrf_token="tok"
    )
    assert 'method="post"' in html and 'value="tok"' in html
    menu = include(
        "more", items=[{"label": "End", "url": "/x/", "post": True, "confirm": "Ends today."}], csrf_token="t"
    )
    assert 'data-confirm="Ends today."' in menu and 'value="t"' in menu


def test_a_waterfall_is_a_list_of_signed_steps_on_the_phone() -> None:
    steps = [{"n": "Growth", "v": Decimal("1.6")}, {"n": "Collection", "v": Decimal("-1.8")}]
    data = {"from": Decimal(71), "fromName": "Q3", "to": Decimal("70.8"), "toName": "Q4", "steps": steps, "floor": 60}
    html = include("waterfall", id="w", data=data, label="From 71.0 to 70.8")
    assert '"v": -1.8' in html, "a number to draw"
    assert "\u22121.8" in html and "+1.6" in html, "a figure to read"


def test_chart_data_cannot_leave_its_block() -> None:
    html = include("chart", kind="lines", id="c", data={"x": ["</script><b>"]}, label="L")
    assert html.count("</script>") == 1


# ---------- forms ----------


class Report(forms.Form):
    code = forms.CharField(label="Code", min_length=18, help_text="18 characters")
    amount = forms.DecimalField(label="Amount", required=False)
    mode = forms.ChoiceField(label="Mode", choices=[("a", "All"), ("g", "Good")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_ties_label_hint_and_fault_together() -> None:
    html = str(Report({"code": "x", "mode": "a", "sure": "on"}))
    field = re.search(r'<input[^>]*name="code"[^>]*>', html)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert 'aria-describedby="id_code_helptext id_code_error"' in field[0]
    assert 'class="form-control is-invalid"' in field[0]
    parts = Parts(html)
    assert parts.described <= set(parts.ids)
    assert not parts.wrong and not parts.open
    assert 'value="x"' in field[0], "what was typed is kept"


def test_fields_bring_the_class_of_their_kind() -> None:
    html = str(Report())
    assert 'class="form-control num"' in html
    assert html.count('class="form-check-input"') == 3
    assert re.search(r'<input type="hidden" name="token"[^>]*>', html)
    assert not re.search(r'type="hidden"[^>]*class=', html)
    assert html.count(">optional<") == 1
    widget = forms.CharField(widget=forms.TextInput(attrs={"class": "slim"}))
    assert 'class="slim form-control"' in str(type("F", (forms.Form,), {"f": widget})()["f"])


def test_choices_stand_under_a_legend_and_say_their_fault() -> None:
    html = str(Report({"code": "x" * 18, "sure": "on"})["mode"].as_field_group())
    assert "<legend" in html and 'aria-invalid="true"' in html
    assert 'aria-describedby="id_mode_error"' in html and 'id="id_mode_error"' in html


def test_faults_of_the_whole_form_and_many_faults_are_summed_up() -> None:
    few = Report({"code": "x", "mode": "a", "sure": "on"})
    assert "data-focus" not in str(few), "one fault stands beside its field"
    assert 'href="#id_code"' in str(Report({}))
    few.add_error(None, "Both cannot be.")
    assert "Both cannot be." in str(few) and "data-focus" in str(few)
    assert "data-focus" not in str(Report())


# ---------- errors ----------


def fault_pages() -> Iterator[Any]:
    for name in gallery.FAULTS:
        for language in LANGUAGES:
            yield pytest.param(name, language, id=f"{name}-{language}")


@pytest.mark.parametrize(("name", "language"), [*fault_pages()])
def test_error_pages_need_neither_database_nor_navigation(name: str, language: str) -> None:
    with translation.override(language):
        html = get_template(f"{name}.html").render({"status": name[:3], "reference": "7F3A", "minutes": 5})
    parts = Parts(html)
    assert not parts.wrong and not parts.open
    assert "7F3A" in html and name[:3] in html
    assert "<h1" in html and "<nav" not in html
    assert 'href="/"' in html or 'href=""' in html


# Classes that a second file adds to on purpose; any other that begins selectors in two files is two things by one name.
BEGUN_TWICE = {"note", "views", "tbl", "menu-list", "bulk", "block", "head"}


def test_a_class_is_one_thing() -> None:
    """A bar of a chart and a column of a form were both called `stack` once, and the sign-in page fell together."""
    begun: dict[str, set[str]] = {}
    for path in (ROOT / "static/css/components").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
        for selector in re.findall(r"([^{}]+)\{", text):
            for part in selector.split(","):
                if found := re.match(r"\s*\.([\w-]+)(?=[\s:>]|$)", part):
                    begun.setdefault(found[1], set()).add(path.name)
    assert {name for name, files in begun.items() if len(files) > 1} <= BEGUN_TWICE


def test_options_are_drawn_as_django_draws_them() -> None:
    class PickForm(forms.Form):
        one = forms.ChoiceField(
            choices=[
                ("", "—"),
                ("a&b", "<A & B>"),
                (2000, 2000),
                ("Group", [("x", SafeString("&amp;")), ("y", _("Yes"))]),
            ],
            initial=2000,
        )
        many = forms.MultipleChoiceField(choices=[(number, f"No. {number}") for number in range(3)], initial=[0, 2])
        known = forms.NullBooleanField()

    own = DjangoTemplates()  # of the forms, which knows nothing of our templates
    for field in PickForm():
        widget = field.field.widget
        for attrs in ({}, {"data-x": "<", "hidden": False, "required": True}):
            known = widget.get_context(field.html_name, field.value(), attrs)
            drawn = get_template(widget.template_name).render(known)
            assert drawn.count("<option") > 2 and drawn.strip() == own.render(widget.template_name, known).strip()
