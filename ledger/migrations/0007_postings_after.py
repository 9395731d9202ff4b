"""Which imports were posted after a moment: what a closed figure does not count.

A dealer may not read the imports that bring the whole network's facts, but the lines behind his own closed figures are
told by them; so the function answers with numbers only, with its owner's rights.
"""

from django.db import migrations

from core.database.walls import RoleSQL

POSTED_AFTER = """
create function ledger_posted_after(moment timestamptz) returns setof bigint
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select id from ledger_importbatch where applied_at > moment
$$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_open_items")]
    operations = [
        RoleSQL(
            [
                POSTED_AFTER,
                "revoke all on function ledger_posted_after(timestamptz) from public",
                "grant execute on function ledger_posted_after(timestamptz) to {dealer}, {staff}, {admin}, {jobs}",
            ],
            ["drop function ledger_posted_after(timestamptz)"],
            "Postings after a moment",
        ),
        migrations.RunSQL(
            "create index ledger_importbatch_applied on ledger_importbatch (applied_at)",
            "drop index ledger_importbatch_applied",
        ),
    ]
