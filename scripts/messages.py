"""Bring the catalogue level with the code: every string in it, nothing else, translations kept.

    python -m scripts.messages            (or `make messages`)

Needs no gettext. New strings come in empty; a string whose English changed keeps its translation, marked fuzzy, until
somebody has looked at it; what the code no longer says is dropped. The order is that of the English text and the
references name files without lines, so that a diff shows what was said differently and not what moved.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
BORROWED = ROOT / "locale" / "borrowed.pot"
ALIKE = 0.7  # a new string this close to a vanished one is taken for its rewording

_CALLS = {
    "gettext": ("msgid",),
    "gettext_lazy": ("msgid",),
    "gettext_noop": ("msgid",),
    "ngettext": ("msgid", "plural"),
    "ngettext_lazy": ("msgid", "plural"),
    "pgettext": ("context", "msgid"),
    "pgettext_lazy": ("context", "msgid"),
    "npgettext": ("context", "msgid", "plural"),
    "npgettext_lazy": ("context", "msgid", "plural"),
}
_TRANSLATION = "django.utils.translation"
_LITERAL = r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(u?({_LITERAL}(?:\s*,\s*u?{_LITERAL})*)")
_PERCENT = re.compile(r"%(?:\(\w+\))?[sdr]")
_BRACES = re.compile(r"\{\w*\}")

type Key = tuple[str, str]  # context, English text


@dataclass(frozen=True, slots=True)
class Message:
    """One string as the code says it."""

    msgid: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> Key:
        return self.context, self.msgid


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A call that marks something else than a plain string: no catalogue can hold it."""

    path: str
    line: int


# ---------- reading the code ----------


def rooms() -> list[Path]:
    """The folders whose strings people see: every app and the shared templates."""
    return [*sorted(path.parent for path in ROOT.glob("*/apps.py")), ROOT / "templates"]


def python_files() -> list[Path]:
    return sorted(path for room in rooms() for path in room.rglob("*.py") if "migrations" not in path.parts)


def template_files() -> list[Path]:
    """Pages and letters; in `templates` at the top or in a room's own."""
    kinds = {".html", ".txt"}
    found = (path for room in rooms() for path in room.rglob("*") if path.suffix in kinds)
    return sorted(path for path in found if "templates" in path.relative_to(ROOT).parts)


class _Calls(ast.NodeVisitor):
    """Finds the marked strings of one module, whatever the functions are called there."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.names: dict[str, str] = {}
        self.modules: set[str] = set()
        self.messages: list[Message] = []
        self.unreadable: list[Unreadable] = []

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if node.module == _TRANSLATION and alias.name in _CALLS:
                self.names[alias.asname or alias.name] = alias.name
            elif node.module == "django.utils" and alias.name == "translation":
                self.modules.add(alias.asname or alias.name)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        function = self._function(node.func)
        if not function:
            return
        wanted = _CALLS[function]
        given = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(given) < len(wanted):
            self.unreadable.append(Unreadable(self.path, node.lineno))
            return
        self.messages.append(Message(**dict(zip(wanted, given, strict=False))))

    def _function(self, called: ast.expr) -> str:
        if isinstance(called, ast.Name):
            return self.names.get(called.id, "")
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
            return called.attr if called.value.id in self.modules and called.attr in _CALLS else ""
        return ""


def read_python(path: Path) -> tuple[list[Message], list[Unreadable]]:
    calls = _Calls(path.relative_to(ROOT).as_posix())
    calls.visit(ast.parse(path.read_text(encoding="utf-8"), filename=str(path)))
    return calls.messages, calls.unreadable


def read_template(path: Path) -> list[Message]:
    """What `translate`, `blocktranslate` and `_("…")` say, as Django itself writes it down for gettext."""
    from django.utils.translation.template import templatize

    marked = templatize(path.read_text(encoding="utf-8"), origin=path.name)
    return [_in_template(*found.groups()) for found in _IN_TEMPLATE.finditer(marked)]


def _in_template(function: str, arguments: str) -> Message:
    wanted = _CALLS["gettext" if function == "_" else function]
    given = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, arguments)]
    if function == "_":  # a page asks with the per cent sign doubled; only here it is not yet written down so
        given = [text.replace("%", "%%") for text in given]
    return Message(**dict(zip(wanted, given, strict=False)))


def borrowed() -> dict[Message, str]:
    """Strings of libraries that we say in our own words, with the library that says them."""
    return {
        Message(entry.msgid, entry.msgid_plural, entry.msgctxt or ""): entry.occurrences[0][0]
        for entry in polib.pofile(str(BORROWED))
    }


def collect() -> dict[Message, list[str]]:
    """Every string with the files that say it."""
    found: dict[Message, set[str]] = {}
    for path in python_files():
        for message in read_python(path)[0]:
            found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for path in template_files():
        for message in read_template(path):
            found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    for message, library in borrowed().items():
        found.setdefault(message, set()).add(library)
    return {message: sorted(found[message]) for message in sorted(found, key=_order)}


def _order(message: Message) -> tuple[str, str, str]:
    return message.msgid.casefold(), message.msgid, message.context


def unreadable() -> list[Unreadable]:
    return [one for path in python_files() for one in read_python(path)[1]]


# ---------- writing the catalogue ----------


def merge(known: Iterable[polib.POEntry], said: dict[Message, list[str]]) -> Iterator[polib.POEntry]:
    """The entries of the new catalogue, in order, with what is already translated."""
    before = {(entry.msgctxt or "", entry.msgid): entry for entry in known if not entry.obsolete}
    keys = {message.key for message in said}
    vanished = {key: entry for key, entry in before.items() if key not in keys and _words(entry)}
    for message, places in _one_per_key(said).items():
        entry = _entry(message, places)
        if old := before.get(message.key):
            _keep(entry, old)
        elif old := _reworded(message, vanished):
            _keep(entry, old)
            entry.previous_msgid = old.msgid
            entry.flags = ["fuzzy", *(flag for flag in entry.flags if flag != "fuzzy")]
        yield entry


def _one_per_key(said: dict[Message, list[str]]) -> dict[Message, list[str]]:
    """A string said both alone and with a plural is one entry: the one with the plural."""
    merged: dict[Key, tuple[Message, set[str]]] = {}
    for message, places in said.items():
        kept, seen = merged.get(message.key, (message, set()))
        merged[message.key] = (message if message.plural else kept, seen | set(places))
    return {message: sorted(places) for message, places in merged.values()}


def _entry(message: Message, places: list[str]) -> polib.POEntry:
    flags = []
    if _PERCENT.search(message.msgid):
        flags.append("python-format")
    if _BRACES.search(message.msgid):
        flags.append("python-brace-format")
    return polib.POEntry(
        msgid=message.msgid,
        msgctxt=message.context or None,
        msgid_plural=message.plural,
        msgstr_plural={0: ""} if message.plural else {},
        occurrences=[(place, "") for place in places],
        flags=flags,
    )


def _words(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def _keep(entry: polib.POEntry, old: polib.POEntry) -> None:
    entry.tcomment = old.tcomment
    if entry.msgid_plural:
        entry.msgstr_plural = {0: _words(old)}
    else:
        entry.msgstr = _words(old)
    if old.fuzzy:
        entry.flags.insert(0, "fuzzy")
        entry.previous_msgid = old.previous_msgid
    elif old.msgid_plural and entry.msgid_plural and old.msgid_plural != entry.msgid_plural:
        entry.flags.insert(0, "fuzzy")


def _reworded(message: Message, vanished: dict[Key, polib.POEntry]) -> polib.POEntry | None:
    def likeness(entry: polib.POEntry) -> float:
        return difflib.SequenceMatcher(None, message.msgid, entry.msgid).ratio()

    best = max(vanished.values(), key=likeness, default=None)
    return best if best is not None and likeness(best) >= ALIKE else None


def write(path: Path = CATALOGUE) -> polib.POFile:
    """Read the code, merge, and write the catalogue only if it says something else than before."""
    old = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
    new = polib.POFile(wrapwidth=0)
    new.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": path.parent.parent.name,
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    new.extend(merge(old, collect()))
    text = str(new).rstrip("\n") + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return new


def main() -> int:
    catalogue = write()
    waiting = [entry for entry in catalogue if entry.fuzzy or not _words(entry)]
    sys.stdout.write(f"{len(catalogue)} strings, {len(waiting)} to translate or to look at.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
