"""The second wall around meeting rhythms, and their history: a dealer reads them from the offer on."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ

TABLE = "contracts_reviewrhythm"
OF_OFFERED = "exists (select 1 from contracts_contract c where c.id = contract_id and c.offered_at is not null)"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0007_review_rhythm")]
    operations = [
        walls.dealer_owned(TABLE, dealer=READ, also=OF_OFFERED, staff=ALL),
        walls.same_dealer(TABLE, "contract_id", "contracts_contract"),
        walls.history(TABLE),
    ]
