"""Who took away a long list stands in the log."""

from core.exports.build import Export
from dealers import events


def note_export(export: Export) -> None:
    """What was exported, by whom, how much; the search text may name a person and is kept apart."""
    events.record(
        "list.exported",
        export.by,
        by=export.by,
        data={"list": export.code, "rows": export.rows, "format": export.file_format},
        personal={"query": export.query} if export.query else None,
    )
