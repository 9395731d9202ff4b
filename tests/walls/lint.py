"""House rules that a reader of Python's syntax can hold. A finding is allowed by a comment that says why:

Contact.objects.filter(dealer=dealer)  # allow unscoped: the dealer is locked above
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from core import ownership
from core.ownership import Kind

_ALLOWED = re.compile(r"#\s*allow (?P<rule>[a-z_]+)(?P<everywhere> in this file)?: \S.{9,}")
# What may follow `.objects` anywhere: it asks who is reading, or reads nothing.
_STARTS = {"visible_to", "failed_for", "troubled_for", "waiting_for", "none", "create", "bulk_create"}
_PAGES = {"views", "forms", "filters", "tables", "templatetags", "navigation", "briefing", "api", "cards", "requests"}
_BELOW_THE_WALL = {"models", "management", "world"}  # querysets themselves; commands for the whole network
_SECONDS = ("config/", "core/servers/", "core/cache.py", "core/jobs.py", "core/runs.py", "core/ticks.py")
_OUTBOX = {
    "communications/channels.py",
    "dealers/services/letters.py",
    "core/jobs.py",
    "core/ticks.py",
    "core/tasks.py",
}


@dataclass(frozen=True, slots=True)
class Finding:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True)
class Source:
    path: Path
    name: str
    tree: ast.Module
    allowed: dict[int, set[str]]

    def is_in(self, places: set[str]) -> bool:
        return bool({part.removesuffix(".py") for part in self.name.split("/")} & places)


type Rule = Callable[[Source], Iterator[tuple[ast.AST, str]]]
RULES: dict[str, Rule] = {}


WHOLE_FILE = 0


def rule(check: Rule) -> Rule:
    RULES[check.__name__] = check
    return check


def read(path: Path) -> Source:
    text = path.read_text()
    allowed: dict[int, set[str]] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (said := _ALLOWED.search(token.string)):
            allowed.setdefault(WHOLE_FILE if said["everywhere"] else token.start[0], set()).add(said["rule"])
    name = str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else path.name
    return Source(path, name, ast.parse(text), allowed)


def findings(source: Source) -> Iterator[Finding]:
    for name, check in RULES.items():
        for node, text in check(source):
            first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", 1) or 1
            lines = [WHOLE_FILE, *range(first - 1, last + 1)]
            if not any(name in source.allowed.get(line, ()) for line in lines):
                yield Finding(source.name, first, name, text)


def walled_models() -> set[str]:
    """Names of models whose rows belong to a dealer, or are about one."""
    about_one = [
        model
        for model in ownership.models_of(Kind.STAFF_ONLY)
        if any(one.name == "dealer" for one in model._meta.concrete_fields)
    ]
    return {model.__name__ for model in [*ownership.models_of(Kind.DEALER_OWNED), *about_one]}


def calls(source: Source) -> Iterator[tuple[ast.Call, str, str]]:
    """(call, what it is called on, name): `mail.send(x)` is (..., "mail", "send"), `send(x)` is (..., "", "send")."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node, ast.unparse(node.func.value), node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, "", node.func.id


@rule
def unscoped(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Rows of dealers are reached through visible_to; outside of pages also by access.lock and access.rows_of."""
    if source.is_in(_BELOW_THE_WALL) or source.name == "core/access.py":
        return
    walled = walled_models()
    followed = {id(node.value): node.attr for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Attribute) or node.attr not in {"objects", "_default_manager", "_base_manager"}:
            continue
        if _last_name(node.value) in walled and followed.get(id(node)) not in _STARTS:
            yield node, f"{ast.unparse(node)}.{followed.get(id(node), '')} does not start from visible_to(user)"
    for node, _on, name in calls(source):
        if name in {"get_object_or_404", "get_list_or_404"} and node.args and _last_name(node.args[0]) in walled:
            yield node, f"{ast.unparse(node)[:80]} takes the whole table: pass visible_to(user)"
        if name == "rows_of" and source.is_in(_PAGES):
            yield node, "a page never asks for all rows"


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


@rule
def sql_in_pages(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """SQL by hand knows nothing of scopes."""
    if source.is_in(_PAGES):
        for node, on, name in calls(source):
            if (name in {"raw", "extra"} and "objects" in on) or (on, name) == ("connection", "cursor"):
                yield node, ast.unparse(node)[:80]


@rule
def floats(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Money is Decimal; a float is for seconds of waiting, or says what it is for."""
    if source.name.startswith(_SECONDS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node, f"the float {node.value}"
        elif isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield node, ast.unparse(node)
    for node, on, name in calls(source):
        if (on, name) == ("", "float"):
            yield node, ast.unparse(node)[:80]


@rule
def marked_safe(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Text is escaped; format_html puts pieces together."""
    for node, _on, name in calls(source):
        is_literal = all(isinstance(one, ast.Constant) for one in node.args)
        if name in {"mark_safe", "SafeString", "SafeText"} and not is_literal:
            yield node, ast.unparse(node)[:80]


@rule
def naive_time(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Instants carry their zone; the business day is decided in one place."""
    for node, on, name in calls(source):
        owner = on.removeprefix("datetime.")
        is_naive_now = (owner, name) == ("datetime", "now") and not (node.args or node.keywords)
        if (
            name in {"utcnow", "utcfromtimestamp"}
            or (owner in {"date", "datetime"} and name == "today")
            or is_naive_now
        ):
            yield node, ast.unparse(node)[:80]


@rule
def past_the_outbox(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Who wants something done or sent later writes a row; only the machinery of jobs and letters talks to others."""
    if source.name in _OUTBOX:
        return
    for node, _on, name in calls(source):
        if name in {"delay", "apply_async", "send_task", "send_mail", "send_mass_mail", "mail_admins", "mail_managers",
                    "EmailMessage", "EmailMultiAlternatives"}:  # fmt: skip
            yield node, ast.unparse(node)[:80]


@rule
def page_cache(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """A cached page is one person's page shown to another."""
    for node in ast.walk(source.tree):
        named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if named in {"cache_page", "UpdateCacheMiddleware", "FetchFromCacheMiddleware"}:
            yield node, named
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "CacheMiddleware" in node.value:
            yield node, node.value


@rule
def cascades(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Nothing business is deleted; what the database deletes by itself sends no signal."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"CASCADE", "DB_CASCADE", "DB_SET_NULL", "SET_NULL"}:
            yield node, ast.unparse(node)
