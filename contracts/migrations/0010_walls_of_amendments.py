"""An amendment stays with its dealer's contract, and a certificate answers for the text that counts today."""

from importlib import import_module

from django.db import migrations

from core.database import walls
from core.database.walls import RoleSQL

BEFORE = import_module("contracts.migrations.0006_walls_of_signatures").AUTHORISATION
# The certificate names the first text. Which text of the agreement holds today says what is granted, and until when.
AFTER = BEFORE.replace(
    "join contracts_contract c on c.id = z.contract_id",
    """join lateral (
        select t.id, t.dealer_id, t.company_id, t.status, t.starts_on as counts_from, t.ends_on as counts_until,
               min(t.starts_on) over () as starts_on, max(t.ends_on) over () as ends_on
        from contracts_contract t
        where z.contract_id in (t.id, t.amends_id) and t.status in ('active', 'in_notice', 'ended')
        order by (today between t.starts_on and t.ends_on) desc, (t.starts_on <= today) desc,
                 case when t.starts_on <= today then t.starts_on end desc nulls last, t.starts_on
        limit 1
    ) c on true""",
).replace("today between c.starts_on and c.ends_on", "today between c.counts_from and c.counts_until")


def replacing(function: str) -> str:
    return function.replace("create function", "create or replace function")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0008_walls_of_review_rhythm")]
    operations = [
        walls.same_dealer("contracts_contract", "amends_id", "contracts_contract"),
        RoleSQL([replacing(AFTER)], [replacing(BEFORE)], "A certificate answers for the text that counts today"),
    ]
