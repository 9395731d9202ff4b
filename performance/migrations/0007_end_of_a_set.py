"""A set of rules can end without a successor: who proposed it, from when on, why, and who ended it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0011_outlet_lists"),
        ("performance", "0006_versions_one_at_a_time"),
    ]

    operations = [
        migrations.AddField(
            model_name="scorecardtemplate",
            name="end_on",
            field=models.DateField(editable=False, null=True, verbose_name="end proposed for"),
        ),
        migrations.AddField(
            model_name="scorecardtemplate",
            name="end_proposed_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dealers.person",
                verbose_name="end proposed by",
            ),
        ),
        migrations.AddField(
            model_name="scorecardtemplate",
            name="end_reason",
            field=models.TextField(blank=True, verbose_name="reason of the end"),
        ),
        migrations.AddField(
            model_name="scorecardtemplate",
            name="ended_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dealers.person",
                verbose_name="ended by",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorecardtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("end_on__isnull", True),
                        ("end_proposed_by__isnull", True),
                        ("end_reason", ""),
                        ("ended_by__isnull", True),
                    ),
                    models.Q(
                        ("end_on__isnull", False),
                        ("end_proposed_by__isnull", False),
                        ("status__in", ["in_use", "retired"]),
                        models.Q(("end_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="performance_template_end_is_signed",
                violation_error_message="An end that is proposed says who proposed it, from when on, and why.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorecardtemplate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_by__isnull", True),
                    models.Q(
                        ("end_proposed_by__isnull", False),
                        ("status", "retired"),
                        models.Q(("ended_by", models.F("end_proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="performance_template_end_four_eyes",
                violation_error_message="Somebody else has to end what you proposed to end.",
            ),
        ),
    ]
