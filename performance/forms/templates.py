"""The rules of judging: one form a measure, the grades, and from which period on a version is in use."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.periods import LENGTHS, Period
from dealers.forms.dealers import ReasonForm
from dealers.models import Dealer
from performance.measures import Measure, Unit
from performance.models import TemplateMeasure
from performance.scales import MARKS, Letter, Rules, Weighed, faults_of
from performance.scoring import HUNDRED
from performance.services.templates import NewSet

IN_PERCENT = {Unit.SHARE, Unit.CHANGE}
UNITS = {
    Unit.SHARE: pgettext_lazy("unit of a field", "in %"),
    Unit.CHANGE: pgettext_lazy("unit of a field", "in %"),
    Unit.DAYS: pgettext_lazy("unit of a field", "in days"),
    Unit.COUNT: pgettext_lazy("unit of a field", "a number"),
    Unit.AMOUNT: pgettext_lazy("unit of a field", "an amount"),
}
NEEDED = ("weight", "zero_at", "full_at")
GRADES_OFFERED = 6


def _plain(value: Decimal) -> str:
    """As a number field takes it, without zeros that say nothing."""
    return f"{value.normalize():f}"


def _number(label: Any, *, places: int, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"} | options.pop("attrs", {}))
    return forms.DecimalField(label=label, max_digits=14, decimal_places=places, widget=widget, **options)


class SetForm(forms.Form):
    """A new set of rules: what it is called, and whom it is for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=200, required=False)
    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=40,
        help_text=gettext_lazy("Letters, digits and hyphens, for imports and exports. It cannot be changed later."),
    )  # fmt: skip
    length = forms.ChoiceField(label=gettext_lazy("Assessed by"), choices=LENGTHS)
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Only for dealers of these tiers"), choices=Dealer.Tier, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None ticked: for all whom no other set names."),
    )  # fmt: skip

    def wanted(self) -> NewSet:
        said = self.cleaned_data
        return NewSet(**{**said, "code": said["code"].lower(), "tiers": tuple(said["tiers"])})


class MeasureForm(forms.Form):
    """Whether a measure counts, how much, and from which values on. Shares are typed in per cent."""

    is_in = forms.BooleanField(label=gettext_lazy("Counts"), required=False)
    weight = _number(gettext_lazy("Weight"), places=2, required=False, attrs={"data-sum-part": "weights"})
    zero_at = _number(gettext_lazy("No points at"), places=4, required=False)
    full_at = _number(gettext_lazy("Full points from"), places=4, required=False)
    full_until = _number(gettext_lazy("Full points until"), places=4, required=False)
    zero_again_at = _number(gettext_lazy("No points again at"), places=4, required=False)
    floor = _number(gettext_lazy("No points short of"), places=4, required=False)

    def __init__(self, *args: Any, measure: Measure, row: TemplateMeasure | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.measure, self.row = measure, row
        self.factor = HUNDRED if measure.unit in IN_PERCENT else Decimal(1)
        self.fields["weight"].widget.attrs["data-sum-if"] = self["is_in"].id_for_label
        for name, field in self.fields.items():
            if name != "is_in":  # ten fields of one name on a page: the measure tells them apart
                field.widget.attrs["aria-label"] = f"{measure.title}: {field.label}"
        if row is not None:
            self.initial = {"is_in": True, "weight": _plain(row.weight)}
            known = {name: value for name in MARKS if (value := getattr(row, name)) is not None}
            self.initial |= {name: _plain(value * self.factor) for name, value in known.items()}

    @property
    def unit(self) -> Any:
        return UNITS[self.measure.unit]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("is_in"):
            self._errors = forms.utils.ErrorDict()  # what does not count may stand there as it likes
            return said
        for name in NEEDED:
            if said.get(name) is None and name not in self.errors:
                words = {"measure": self.measure.title, "field": self.fields[name].label}
                self.add_error(name, _("%(measure)s: “%(field)s” is missing.") % words)
        if not self.errors:
            for name, fault in faults_of(self._weighed(said)):
                self.add_error(name, fault)
        return said

    def weighed(self) -> Weighed | None:
        """What was typed; None where the measure does not count."""
        return self._weighed(self.cleaned_data) if self.cleaned_data["is_in"] else None

    def _weighed(self, said: dict[str, Any]) -> Weighed:
        marks: dict[str, Any] = {name: None if said[name] is None else said[name] / self.factor for name in MARKS}
        return Weighed(measure=self.measure.code, weight=said["weight"], **marks)

    def marks(self) -> list[forms.BoundField]:
        return [self[name] for name in MARKS]


class GradesForm(forms.Form):
    """The grades from the highest down, the least coverage, and which rules were on the page."""

    seen = forms.CharField(widget=forms.HiddenInput)
    coverage = _number(
        gettext_lazy("Least share of the weight with data"), places=1, min_value=0, max_value=100,
        help_text=gettext_lazy("In per cent. Below it there is no score: too little is known."),
    )  # fmt: skip

    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Only for dealers of these tiers"), choices=Dealer.Tier, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None ticked: for all whom no other set names."),
    )  # fmt: skip

    def __init__(self, *args: Any, rules: Rules, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {
            "seen": rules.digest, "coverage": _plain(rules.coverage * HUNDRED), "tiers": list(rules.tiers)
        }  # fmt: skip
        grades: list[Letter | None] = [*rules.grades, *[None] * GRADES_OFFERED]
        for number, grade in enumerate(grades[: max(GRADES_OFFERED, len(rules.grades))], start=1):
            self.fields[f"letter_{number}"] = forms.CharField(
                label=_("Grade %(number)d") % {"number": number}, max_length=2, required=False,
                initial=grade.letter if grade else "",
            )  # fmt: skip
            self.fields[f"from_{number}"] = _number(
                _("Grade %(number)d begins at") % {"number": number}, places=1, min_value=0, max_value=100,
                required=False, initial=_plain(grade.from_score) if grade else None,
            )  # fmt: skip

    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        numbers = [name.removeprefix("letter_") for name in self.fields if name.startswith("letter_")]
        return [(self[f"letter_{number}"], self[f"from_{number}"]) for number in numbers]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for letter, begins in self.pairs():
            if bool(said.get(letter.name)) != (said.get(begins.name) is not None) and begins.name not in self.errors:
                self.add_error(begins.name, _("A grade needs both, its letter and where it begins."))
        return said

    def letters(self) -> tuple[Letter, ...]:
        said = self.cleaned_data
        found = [(said[letter.name], said[begins.name]) for letter, begins in self.pairs() if said[letter.name]]
        return tuple(Letter(*one) for one in found)


class ProposalForm(ReasonForm):
    """Why the rules are to be changed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Why are the rules changed?")
        self.fields["reason"].help_text = _("Whoever decides reads it, and so do dealers once the version is in use.")


class FirstPeriodForm(forms.Form):
    """From which period on dealers are judged by a version."""

    first = forms.ChoiceField(label=gettext_lazy("In use from"))

    def __init__(self, *args: Any, periods: Sequence[Period], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["first"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(one.key, str(one)) for one in periods]

    def clean_first(self) -> Period:
        return Period.parse(self.cleaned_data["first"])


class EndForm(FirstPeriodForm, ReasonForm):
    """From which period on nobody is judged by a set of rules any more, and why."""

    field_order = ("first", "reason")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["first"].label = _("No longer used from")
        self.fields["reason"].help_text = _("One sentence at least. Whoever decides reads it.")
