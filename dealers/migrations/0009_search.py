"""The letters by which contacts, documents and products are found are no part of their history."""

from django.db import migrations

from core.database.walls import RoleSQL


def history_without_grams(table: str) -> RoleSQL:
    drop = f"drop trigger {table}_history on {table}"
    make = (
        f"create trigger {table}_history after insert or update or delete on {table} "
        "for each row execute function core_note_change({hidden})"
    )
    return RoleSQL(
        [drop, make.replace("{hidden}", "'grams'")],
        [drop, make.replace("{hidden}", "")],
        f"Keep the letters for search out of the history of {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0008_notices"),
    ]

    operations = [
        history_without_grams("dealers_contact"),
        history_without_grams("dealers_document"),
        history_without_grams("dealers_product"),
    ]
