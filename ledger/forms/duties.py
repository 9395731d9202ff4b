"""Who owes which report: one dealer, or many."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.periods import Length, Period, months_later
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import indented
from dealers.models import Dealer, Territory
from ledger.models import ReportDuty
from ledger.services.duties import Terms


def _month_choices(first: date, count: int) -> list[tuple[str, str]]:
    months = [Period.of(months_later(first, offset), Length.MONTH) for offset in range(count)]
    return [(month.key, str(month)) for month in months]


def _month(key: str) -> date | None:
    return Period.parse(key).start if key else None


def _due_day(**options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("Due by this day of the following month"), min_value=1, max_value=28,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}), **options,
    )  # fmt: skip


class DutyForm(forms.Form):
    """What one dealer owes of one kind. A duty that runs keeps its beginning; without a day, none begins."""

    due_day = _due_day(required=False)
    first = forms.ChoiceField(label=gettext_lazy("First month"), required=False)
    last = forms.ChoiceField(label=gettext_lazy("Last month"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: ReportDuty.Kind, duty: ReportDuty | None, today: date, **kwargs: Any) -> None:
        self.kind, self.duty, self.running = kind, duty, Terms.of(duty) if duty else None
        super().__init__(*args, **kwargs)
        this_month = today.replace(day=1)
        self.fields["seen"].initial = _as_text(self.running)
        ends = _month_choices(months_later(this_month, -1), 14)
        if self.running:
            del self.fields["first"]
            self.fields["due_day"].initial = self.running.due_day
            self.fields["due_day"].required = True
            if self.running.last:
                key = Period.of(self.running.last, Length.MONTH).key
                self.fields["last"].initial = key
                ends = sorted({*ends, (key, str(Period.parse(key)))})
            ends = [(key, label) for key, label in ends if Period.parse(key).start >= self.running.first]
        else:
            self.fields["first"].choices = _month_choices(this_month, 13)  # type: ignore[attr-defined]
            self.fields["due_day"].help_text = _("Left empty, this report is not asked for.")
        self.fields["last"].choices = [("", _("no end")), *ends]  # type: ignore[attr-defined]

    def terms(self) -> Terms | None:
        said = self.cleaned_data
        if said["due_day"] is None:
            return None
        first = self.running.first if self.running else _month(said["first"])
        return Terms(said["due_day"], first, _month(said["last"])) if first else None

    def seen_terms(self) -> Terms | None:
        """What stood on the page; anything else than what this form wrote is a page that is out of date."""
        return self.running if self.cleaned_data["seen"] == _as_text(self.running) else Terms(0, date.min)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if said.get("due_day") is not None and not self.running and not first and "first" not in self.errors:
            self.add_error("first", _("Choose the first month."))
        if first and last and last < first:
            self.add_error("last", _("The last month lies before the first."))
        return said


def _as_text(terms: Terms | None) -> str:
    return f"{terms.due_day} {terms.first} {terms.last}" if terms else ""


class DutyForManyForm(ScopedForm, forms.Form):
    """One report asked of many. `agreed` is the number of dealers that was shown before it is done."""

    kind = forms.ChoiceField(label=pgettext_lazy("a document", "Report"), choices=ReportDuty.Kind.choices)
    due_day = _due_day(initial=5)
    first = forms.ChoiceField(label=gettext_lazy("First month"))
    territory = ScopedModelChoiceField(
        Territory, narrow=lambda nodes: nodes.filter(is_archived=False), label=gettext_lazy("Territory and below"),
        label_from=indented, required=False, empty_label=gettext_lazy("everywhere"),
    )  # fmt: skip
    agreed = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].choices = _month_choices(today.replace(day=1), 13)  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"kind": ReportDuty.Kind(said["kind"]), "due_day": said["due_day"], "first": _month(said["first"])}

    def dealers(self) -> QuerySet[Dealer]:
        found = Dealer.objects.visible_to(self.user)
        node = self.cleaned_data["territory"]
        return found.filter(home__low__gte=node.low, home__low__lte=node.high) if node else found
