"""The scorecard templates an installation starts with. Administrators put their own in use; seeding only adds."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from core.periods import Length
from performance.models import ScorecardTemplate, TemplateGrade, TemplateMeasure

GRADES = (("A", "85"), ("B", "75"), ("C", "60"), ("D", "0"))


@dataclass(frozen=True, slots=True)
class Row:
    measure: str
    weight: str
    full_at: str
    zero_at: str = "0"
    full_until: str = ""
    zero_again_at: str = ""
    floor: str = ""

    def fields(self) -> dict[str, Any]:
        numbers = {name: value for name, value in asdict(self).items() if name != "measure" and value}
        return {name: Decimal(value) for name, value in numbers.items()} | {"measure": self.measure}


def _rows(new_customers: str) -> tuple[Row, ...]:
    return (
        Row("attainment", "35", "1", floor="0.6"),
        Row("growth", "15", "0.15"),
        Row("collection", "20", "0.98"),
        Row("cover", "10", "30", full_until="60", zero_again_at="120"),
        Row("expansion", "10", new_customers),
        Row("reports", "10", "1"),
    )


TEMPLATES = (
    ("month", "Monthly scorecard", "月度考核", Length.MONTH, _rows("2")),
    ("quarter", "Quarterly scorecard", "季度考核", Length.QUARTER, _rows("5")),
    ("year", "Yearly scorecard", "年度考核", Length.YEAR, _rows("20")),
)


def seed(**_signal: Any) -> None:
    """Receiver of post_migrate: adds the templates whose code was never there."""
    if TemplateGrade._meta.db_table not in connection.introspection.table_names():
        return
    known = set(ScorecardTemplate.objects.values_list("code", flat=True))
    for code, name, name_zh, length, rows in TEMPLATES:
        if code not in known:
            template = ScorecardTemplate.objects.create(code=code, name=name, name_zh=name_zh, length=length.value)
            TemplateMeasure.objects.bulk_create(
                TemplateMeasure(template=template, position=number, **row.fields())
                for number, row in enumerate(rows, start=1)
            )
            TemplateGrade.objects.bulk_create(
                TemplateGrade(template=template, letter=letter, from_score=Decimal(score)) for letter, score in GRADES
            )
            template.status = ScorecardTemplate.Status.IN_USE  # last: from now on its rows are frozen
            template.save(update_fields=["status"])
