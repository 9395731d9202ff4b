"""The page about imports says what the code does."""

from pathlib import Path

from django.conf import settings

from ledger.imports import kinds
from ledger.imports.columns import header_key
from ledger.management.commands.document_imports import document


def test_docs_are_as_the_kinds_are() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "imports.md").read_text(encoding="utf-8")
    assert page == document(), "run `manage.py document_imports`"


def test_no_header_can_mean_two_columns_of_one_kind() -> None:
    for kind in kinds.all_kinds():
        seen: dict[str, str] = {}
        for column in kind.columns:
            for spelling in {header_key(name) for name in (column.name, *column.synonyms)}:
                assert seen.setdefault(spelling, column.name) == column.name, (kind.code, spelling)
