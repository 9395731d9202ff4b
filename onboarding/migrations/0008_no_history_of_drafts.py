"""What somebody still writes is his own: the history begins when it is sent, so that a swept draft is gone."""

from django.db import migrations

from core.database.walls import RoleSQL

DROP = "drop trigger onboarding_application_history on onboarding_application"
TRIGGER = (
    "create trigger onboarding_application_history after {} on onboarding_application for each row {} "
    "execute function core_note_change('token_hash', 'grams')"
)


class Migration(migrations.Migration):
    dependencies = [("onboarding", "0006_walls_of_finding_files")]
    operations = [
        RoleSQL(
            [DROP, TRIGGER.format("update", "when (new.submitted_at is not null)")],
            [DROP, TRIGGER.format("insert or update or delete", "")],
            "An application has a history from when it was sent",
        )
    ]
