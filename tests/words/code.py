"""What Python code says to people without marking it, and sentences put together from marked pieces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import Refused

SPOKEN = {
    "empty_label", "help_text", "hint", "label", "lead", "placeholder", "short_label", "title", "verbose_name",
    "verbose_name_plural", "violation_error_message",
}  # fmt: skip
MESSAGES = {"debug", "error", "info", "success", "warning"}
TRANSLATES = re.compile(r"^(?:_|n?p?gettext(?:_lazy)?)$")
PROSE = re.compile(r"[A-Za-z]{2,}[ ,.:]|^[A-Z][a-z]+|[\u4e00-\u9fff]")


def refusals() -> set[str]:
    """The names of the exceptions whose text people read."""
    names, waiting = {"ValidationError"}, [Refused]
    while waiting:
        one = waiting.pop()
        names.add(one.__name__)
        waiting += one.__subclasses__()
    return names


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _prose(node: ast.expr | None) -> str:
    """The text of a plain string, or of an f-string with words in it, that reads like one for people."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and PROSE.search(node.value):
        return node.value
    if isinstance(node, ast.JoinedStr):
        words = "…".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        return words if PROSE.search(words) else ""
    return ""


def unmarked(path: Path, refusing: set[str]) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            found += [(node.lineno, text) for text in _said(node, refusing)]
    return found


def _said(call: ast.Call, refusing: set[str]) -> Iterator[str]:
    name = _name(call.func)
    for keyword in call.keywords:
        if keyword.arg in SPOKEN and (text := _prose(keyword.value)):
            yield text
    if name in refusing and call.args and (text := _prose(call.args[0])):
        yield text
    is_message = isinstance(call.func, ast.Attribute) and _name(call.func.value) == "messages" and name in MESSAGES
    if is_message and len(call.args) > 1 and (text := _prose(call.args[1])):
        yield text


def _is_marked(node: ast.expr) -> bool:
    """Whether this is a marked string, filled in or not."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        node = node.left
    return isinstance(node, ast.Call) and bool(TRANSLATES.match(_name(node.func)))


def glued(path: Path) -> list[tuple[int, str]]:
    """Marked strings with words of another string right beside them: no other language keeps that order."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            if _is_marked(node.left) or _is_marked(node.right):
                found.append((node.lineno, ast.unparse(node)))
        elif isinstance(node, ast.JoinedStr):
            values = [part for part in node.values if isinstance(part, ast.FormattedValue)]
            if any(_is_marked(part.value) for part in values):
                found.append((node.lineno, ast.unparse(node)))
    return found
