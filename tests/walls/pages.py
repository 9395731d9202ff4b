"""The forms on a page as a browser sees them, filled in as a person would, and as somebody would who forges."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
# What a field of this name takes; by kind alone it would be a sentence.
_BY_NAME = {
    "number": "+8613800138000",
    "mobile": "+8613800138000",
    "phone": "+8613800138000",
    "time_zone": "UTC",
    "currency": "EUR",
    "capital_currency": "EUR",
    "country": "DE",
    "swift": "DEUTDEFF",
}
_UNSENT = {"submit", "button", "reset", "image"}


@dataclass(slots=True)
class Field:
    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    suggested_by: str = ""
    room: int = 1000

    @property
    def is_choice(self) -> bool:
        return self.kind in {"select", "radio", "checkbox", "suggested"}


@dataclass(slots=True)
class PageForm:
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)  # what each of them adds
    typed: dict[str, str] = field(default_factory=dict)  # what is typed instead of something fitting

    def filled(self, button: int = 0, *, last: bool = False) -> dict[str, Any]:
        """What a person would send: what stands there, and something fitting where nothing does; of what is offered
        the first, or the last."""
        sent: dict[str, Any] = dict(self.buttons[button]) if self.buttons else {}
        for name, one in self.fields.items():
            value = _fitting(one, last)
            if value is not None:
                sent[name] = value
        return sent | {name: value for name, value in self.typed.items() if name in self.fields}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self.current: PageForm | None = None
        self.select: Field | None = None
        self.area: Field | None = None
        self.lists: dict[str, list[str]] = {}
        self.list_of = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = PageForm(given.get("action") or given.get("hx-post", ""), given.get("method", "get").upper())
            if "hx-post" in given:
                self.current.method = "POST"
            self.forms.append(self.current)
        elif tag == "datalist":
            self.list_of = given.get("id", "")
        elif tag == "option" and self.list_of:
            self.lists.setdefault(self.list_of, []).append(given.get("value", ""))
        elif self.current is not None:
            self._inside(tag, given, self.current)

    def _inside(self, tag: str, given: dict[str, str], form: PageForm) -> None:
        name = given.get("name", "")
        if tag == "option" and self.select is not None:
            self.select.options.append(given.get("value", ""))
            if "selected" in given:
                self.select.value = given.get("value", "")
        elif not name or "disabled" in given:
            return
        elif tag == "button" or given.get("type") in _UNSENT:
            form.buttons.append({name: given.get("value", "")})
        elif tag == "input":
            one = form.fields.setdefault(name, Field(name, given.get("type", "text")))
            one.options.append(given.get("value", "on"))
            one.suggested_by, one.room = given.get("list", ""), int(given.get("maxlength") or one.room)
            if one.kind not in {"radio", "checkbox"} or "checked" in given:
                one.value = given.get("value", "")
        elif tag == "select":
            self.select = form.fields.setdefault(name, Field(name, "select"))
        elif tag == "textarea":
            self.area = form.fields.setdefault(name, Field(name, "textarea"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        elif tag == "select":
            self.select = None
        elif tag == "datalist":
            self.list_of = ""
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data


def forms_on(body: bytes, path: str) -> list[PageForm]:
    """The forms of the page at `path` that send a POST; one without an action sends to its own page."""
    reader = _Reader()
    reader.feed(body.decode(errors="replace"))
    found = [form for form in reader.forms if form.method == "POST"]
    for form in found:
        form.action = form.action or path
        for one in form.fields.values():
            if one.suggested_by:
                one.kind, one.options = "suggested", reader.lists.get(one.suggested_by, [])
    return found


def _fitting(one: Field, last: bool) -> Any:  # noqa: PLR0911  (one line per kind of field)
    if one.kind == "file":
        return SimpleUploadedFile("licence.pdf", PDF, content_type="application/pdf")
    if one.value.strip():
        return one.value.strip("\n")
    if one.is_choice:
        offered = [option for option in one.options if option]
        return offered[-last] if offered else None
    if one.name in _BY_NAME:
        return _BY_NAME[one.name]
    match one.kind:
        case "number":
            return "7"
        case "date":
            return (date.today() + timedelta(days=7)).isoformat()  # noqa: DTZ011  (any day will do)
        case "email":
            return "somebody@example.com"
        case "url":
            return "https://example.com/"
        case "hidden":
            return one.value
        case "password":
            return "correct horse battery staple"
    return "A reason with enough words in it"[: one.room]
