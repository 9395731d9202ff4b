"""The second wall around contracts, and the history of their terms."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ

# A dealer's session knows a contract from the moment it is offered.
OFFERED = "offered_at is not null"
OF_OFFERED = "exists (select 1 from contracts_contract c where c.id = contract_id and c.offered_at is not null)"
OF_GRANT = "exists (select 1 from contracts_grant g where g.id = grant_id)"
TABLES = (
    "contracts_contract",
    "contracts_grant",
    "contracts_grantexception",
    "contracts_grantterminal",
    "contracts_target",
    "contracts_targetmonth",
    "contracts_pricelimit",
    "contracts_rebateterm",
    "contracts_rebatetier",
    "contracts_rulepack",
    "contracts_rulesetting",
)
RANGES = ("area", "shops", "lines")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0002_grants_as_ranges"), ("dealers", "0009_search")]
    operations = [
        walls.dealer_owned("contracts_contract", dealer=READ, also=OFFERED),
        walls.dealer_owned("contracts_grant", dealer=READ, also=OF_OFFERED, staff=ALL),
        walls.dealer_owned("contracts_grantexception", dealer=READ, also=OF_GRANT, staff=ALL),
        walls.dealer_owned("contracts_grantterminal", dealer=READ, also=OF_GRANT, staff=ALL),
        # The dealer's executive agrees to a target: that much he may write, and only on what he may read.
        walls.dealer_owned(
            "contracts_target", dealer="select, update (status, agreed_by_id, agreed_on)", also=OF_OFFERED
        ),
        walls.dealer_owned(
            "contracts_targetmonth",
            dealer=READ,
            also="exists (select 1 from contracts_target t where t.id = target_id)",
            staff=ALL,
        ),
        walls.dealer_owned("contracts_pricelimit", dealer=READ, also=OF_OFFERED, staff=ALL),
        walls.dealer_owned("contracts_rebateterm", dealer=READ, also=OF_OFFERED, staff=ALL),
        walls.dealer_owned(
            "contracts_rebatetier",
            dealer=READ,
            also="exists (select 1 from contracts_rebateterm r where r.id = term_id)",
            staff=ALL,
        ),
        walls.shared("contracts_rulepack", staff="select, insert"),
        walls.shared("contracts_rulesetting", staff="select, insert"),
        walls.same_dealer("contracts_contract", "renews_id", "contracts_contract"),
        walls.same_dealer("contracts_grant", "contract_id", "contracts_contract"),
        walls.same_dealer("contracts_grantexception", "grant_id", "contracts_grant"),
        walls.same_dealer("contracts_grantterminal", "grant_id", "contracts_grant"),
        walls.same_dealer("contracts_target", "contract_id", "contracts_contract"),
        walls.same_dealer("contracts_targetmonth", "target_id", "contracts_target"),
        walls.same_dealer("contracts_pricelimit", "contract_id", "contracts_contract"),
        walls.same_dealer("contracts_rebateterm", "contract_id", "contracts_contract"),
        walls.same_dealer("contracts_rebatetier", "term_id", "contracts_rebateterm"),
        *(walls.history(table, hide=RANGES if table == "contracts_grant" else ()) for table in TABLES),
    ]
