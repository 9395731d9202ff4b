"""Field history of everything people decide on, whichever way it was changed."""

from django.db import migrations

from core.database import walls


class Migration(migrations.Migration):
    dependencies = [("dealers", "0003_account_doors")]
    operations = [
        walls.history("dealers_user", hide=["password"]),
        walls.history("dealers_user_groups"),
        walls.history("dealers_assignment"),
        walls.history("dealers_dealer", hide=["grams"]),
        walls.history("dealers_brandcarried"),
        walls.history("dealers_contact"),
        walls.history("dealers_document"),
        walls.history("dealers_bankaccount"),
        walls.history("dealers_outlet"),
        walls.history("dealers_approval"),
        walls.history("dealers_invitation", hide=["token_hash"]),
        walls.history("dealers_territory"),
        walls.history("dealers_productline"),
        walls.history("dealers_product"),
        walls.history("dealers_company"),
        walls.history("dealers_terminal"),
    ]
