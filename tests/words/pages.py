"""What templates say: visible words that nobody marked for translation, and sentences put together from pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

WORDS = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
READ_OUT = {
    "alt", "aria-description", "aria-label", "aria-roledescription", "data-announce", "data-confirm",
    "data-confirm-title", "data-confirm-verb", "data-default", "data-l", "label", "placeholder", "summary", "title",
}  # fmt: skip
HIDDEN = {"script", "style", "template"}
SPOKEN_INPUTS = {"action", "hint", "label", "lead", "note", "placeholder", "select", "summary", "text", "title", "why"}
VALUE, FRAGMENT, SENTENCE = "\x01", "\x02", "\x03"  # what a variable shows; marked words; a marked whole sentence

_LITERAL_INPUT = re.compile(r"""\b(\w+)=(["'])(.*?)\2""")
_LITERAL_DEFAULT = re.compile(r"""\|default(?:_if_none)?:(["'])(.*?)\1""")
_INLINE = re.compile(r"""^(?:translate|trans)\s+(["'])(.*?)\1""", re.S)
_KEPT = re.compile(r"\sas(?:var)?\s+\w+\s*$")  # {% translate … as name %} shows nothing at its place
_CODES = re.compile(r"^block \w*class$")  # blocks that hold names of CSS classes


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a template: plain text, what shows in its place, or a tag."""

    shown: str
    tag: str = ""


def pieces(path: Path) -> Iterator[Piece]:
    """A template part by part, without comments."""
    tokens = iter(Lexer(path.read_text(encoding="utf-8")).tokenize())
    for token in tokens:
        match token.token_type, token.contents:
            case TokenType.TEXT, text:
                yield Piece(text)
            case TokenType.VAR, inside:
                yield Piece(FRAGMENT if inside.startswith("_(") else VALUE, inside)
            case TokenType.BLOCK, inside if inside.split()[0] == "comment":
                _until(tokens, "endcomment")
            case TokenType.BLOCK, inside if _CODES.match(inside):
                _until(tokens, "endblock")
            case TokenType.BLOCK, inside if inside.startswith("blocktrans"):
                yield _marked(inside, _until(tokens, "endblocktrans"))
            case TokenType.BLOCK, inside if found := _INLINE.match(inside):
                yield _marked(inside, found[2])
            case TokenType.BLOCK, inside:
                yield Piece("", inside)


def _until(tokens: Iterator[object], end: str) -> str:
    text = []
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents.startswith(end):  # type: ignore[attr-defined]
            break
        text.append(token.contents)  # type: ignore[attr-defined]
    return "".join(text).strip()


def _marked(tag: str, words: str) -> Piece:
    if _KEPT.search(tag):
        return Piece("", tag)
    return Piece(SENTENCE if words.endswith((".", "?", "”")) else FRAGMENT, tag)


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in HIDDEN
        is_button = tag == "input" and dict(attrs).get("type") in {"submit", "button", "reset"}
        for name, value in attrs:
            if value and (name in READ_OUT or (is_button and name == "value")):
                self.said.append(value)

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in HIDDEN

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)


def unmarked(path: Path) -> list[str]:
    """Words a reader would see in one language only."""
    parts = list(pieces(path))
    text = "".join(part.shown for part in parts)
    if path.suffix == ".html":
        seen = _Seen()
        seen.feed(text)
        said = seen.said
    else:
        said = text.splitlines()
    found = [_readable(one) for one in said if WORDS.search(one)]
    return found + [words for part in parts for words in _handed_over(part)]


def _handed_over(part: Piece) -> Iterator[str]:
    """Words given to an include or as a default without `_()`."""
    if part.tag.startswith("include "):
        for name, _quote, text in _LITERAL_INPUT.findall(part.tag):
            if name in SPOKEN_INPUTS and WORDS.search(text):
                yield text
    elif part.shown == VALUE:
        for _quote, text in _LITERAL_DEFAULT.findall(part.tag):
            if " " in text and WORDS.search(text):
                yield text


_GLUED = re.compile(
    f"{FRAGMENT}[ \t]*:?[ \t]*{VALUE}|{VALUE}[ \t]+{FRAGMENT}|{FRAGMENT}[ \t]+{FRAGMENT}"
    f"|[{VALUE}{FRAGMENT}{SENTENCE}][.,:;?](?![\\w/])"  # points differ from language to language: they belong inside
)


def glued(path: Path) -> list[str]:
    """Places where a sentence is put together from marked words and what stands right beside them."""
    text = "".join(part.shown for part in pieces(path))
    return [_readable(text[max(0, found.start() - 40) : found.end() + 40]) for found in _GLUED.finditer(text)]


def _readable(text: str) -> str:
    for mark, shown in ((VALUE, "{…}"), (FRAGMENT, "[…]"), (SENTENCE, "[…]")):
        text = text.replace(mark, shown)
    return " ".join(text.split())
