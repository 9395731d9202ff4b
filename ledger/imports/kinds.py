"""What can be imported: columns, look-ups, rules and how good rows are posted.

Rooms register their kinds in a module named `import_kinds`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from ledger.imports.columns import Column
from ledger.imports.posting import Posting
from ledger.models import ImportBatch, StockGap


@dataclass(frozen=True, slots=True)
class Lookup:
    """A code that names something: `join` is the SQL condition on the alias, `take` what is taken from it.

    `{column}` in the join stands for the value of the column in its one spelling.
    """

    column: str
    table: str
    alias: str
    join: str
    take: dict[str, str]  # name in the checked rows -> SQL expression
    problem: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`condition` is SQL over the checked values (columns by name, look-ups by alias); true means wrong."""

    problem: str
    column: str
    condition: str
    needs: tuple[str, ...] = ()  # the rule is left out when one of these columns is not in the file


@dataclass(frozen=True, slots=True)
class ImportKind:
    code: str
    label: "str | Promise"
    columns: tuple[Column, ...]
    post: Callable[[Posting], None]
    lookups: tuple[Lookup, ...] = ()
    rules: tuple[Rule, ...] = ()
    permission: str = ""  # a right beside that to import: what the rows could otherwise be entered with
    # What the stored rows contradict, asked when they are in: warnings with the batch, never rejections.
    warn: Callable[[ImportBatch], tuple[int, list[StockGap]]] | None = None
    is_reversible: bool = False
    reverse: Callable[[Posting], None] | None = None
    for_dealers: bool = False  # a dealer may report it himself
    order: int = 100  # where it stands when a running network is taken over

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


_kinds: dict[str, ImportKind] = {}


def register(*kinds: ImportKind) -> None:
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"The import kind {kind.code} is registered twice")
        _kinds[kind.code] = kind


def get(code: str) -> ImportKind:
    return _kinds[code]


def all_kinds() -> list[ImportKind]:
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.code))


def discover() -> None:
    autodiscover_modules("import_kinds")


def label_of(code: str) -> str:
    """What the kind is called; the code where its room is no longer installed."""
    return str(_kinds[code].label) if code in _kinds else code
