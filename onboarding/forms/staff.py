"""What our people type: openings and their criteria, marks, findings, next steps, decisions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from contracts.models import RulePack
from core.files.inspection import ACCEPTED
from core.forms import FilePicker, RowFormSet
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers import scope
from dealers.forms.dealers import CURRENCY, CodeField, day_input, indented
from dealers.models import Company, Person, ProductLine, Territory
from onboarding import reach
from onboarding.defaults import Judged
from onboarding.models import Application, Criterion, Evidence, Opening
from onboarding.services.screening import CLAIMS, WORK


class OpeningForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    """What we look for, what we give, and who signs the contract in the end."""

    sums = ("first_year_goal", "deposit", "minimum_capital")
    territory = ScopedModelChoiceField(
        Territory, narrow=lambda nodes: nodes.filter(is_archived=False), label=gettext_lazy("Territory"),
        label_from=indented,
    )  # fmt: skip
    lines = forms.MultipleChoiceField(
        label=gettext_lazy("Product lines"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None means every line."),
    )  # fmt: skip
    company = ScopedModelChoiceField(
        Company, label=gettext_lazy("Own company"), help_text=gettext_lazy("It signs the contract.")
    )
    owner = ScopedModelChoiceField(
        Person, narrow=lambda people: people.filter(kind="staff", is_active=True), required=False,
        label=gettext_lazy("Who receives applications"),
        help_text=gettext_lazy("Empty: everybody who screens applications here is told."),
    )  # fmt: skip
    currency = CodeField(
        label=gettext_lazy("Currency"), max_length=3, validators=[CURRENCY], help_text=gettext_lazy("ISO 4217, as CNY")
    )
    jurisdiction = forms.ChoiceField(label=gettext_lazy("Jurisdiction"))

    class Meta:
        model = Opening
        fields = [
            "code", "title", "title_zh", "territory", "exclusivity", "currency", "first_year_goal", "deposit",
            "minimum_capital", "gives", "gives_zh", "opens_on", "closes_on", "owner", "company", "jurisdiction",
        ]  # fmt: skip
        widgets = {
            "opens_on": day_input(),
            "closes_on": day_input(),
            "gives": forms.Textarea(attrs={"rows": 4}),
            "gives_zh": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.sums:
            if (value := self.initial.get(name)) is not None:
                self.initial[name] = f"{value.normalize():f}"
        territory = self.fields["territory"]
        if isinstance(territory, ScopedModelChoiceField):
            territory.queryset = territory.queryset.filter(scope.nodes(self.user))  # type: ignore[union-attr]
        self._lines = {one.code: one for one in ProductLine.objects.visible_to(self.user).filter(is_archived=False)}
        lines, law = self.fields["lines"], self.fields["jurisdiction"]
        if isinstance(lines, forms.MultipleChoiceField) and isinstance(law, forms.ChoiceField):
            lines.choices = [(code, "\u2003" * one.depth + one.local_name) for code, one in self._lines.items()]
            packs = RulePack.objects.visible_to(self.user).in_force(on=timezone.localdate())
            law.choices = [(pack.jurisdiction, pack.local_name) for pack in packs]
        if self.instance.pk:
            self.initial["lines"] = [one.line.code for one in self.instance.lines.select_related("line")]

    def chosen_lines(self) -> list[ProductLine]:
        return [self._lines[code] for code in self.cleaned_data["lines"]]

    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"lines", "version"}}


class OpeningChangeForm(OpeningForm):
    """Carries the version that was read; saving on another one is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        return self.typed()


# ---- criteria --------------------------------------------------------------------------------
class CriterionForm(forms.Form):
    """One line. Without a weight it is a knock-out: passed or not."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=100)
    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=100, required=False)
    weight = forms.IntegerField(label=gettext_lazy("Weight"), min_value=1, max_value=100, required=False)


class BaseCriterionFormSet(RowFormSet):
    def clean(self) -> None:
        if any(self.errors):
            return
        total = sum(one.weight or 0 for one in self.criteria())
        if total != 100:
            raise ValidationError(_("The weights add up to %(total)d; make them 100.") % {"total": total})

    def criteria(self) -> list[Judged]:
        gone = self.deleted_forms
        kept = [getattr(form, "cleaned_data", {}) for form in self.forms if form not in gone]
        return [Judged(one["name"], one["name_zh"], one["weight"]) for one in kept if one.get("name")]


def criterion_formset(data: Any, present: Iterable[Criterion]) -> BaseCriterionFormSet:
    make = forms.formset_factory(CriterionForm, formset=BaseCriterionFormSet, extra=3, can_delete=True, max_num=30)
    rows = [{"name": one.name, "name_zh": one.name_zh, "weight": one.weight or None} for one in present]
    formset = make(data, initial=rows, prefix="criteria")
    assert isinstance(formset, BaseCriterionFormSet)  # noqa: S101  # what the factory was told to build on
    return formset


# ---- screening -------------------------------------------------------------------------------
class MarkForm(forms.Form):
    """One criterion of the sheet. What is left empty stays as it is."""

    verdict = forms.ChoiceField(label=gettext_lazy("Mark"), required=False)
    evidence = forms.ChoiceField(label=gettext_lazy("Rests on"), choices=[("", ""), *Evidence.choices], required=False)
    text = forms.CharField(label=gettext_lazy("What was seen or heard"), max_length=500, required=False)

    def __init__(self, *args: Any, criterion: Criterion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.criterion = criterion
        verdict = self.fields["verdict"]
        if isinstance(verdict, forms.ChoiceField):
            verdict.choices = _VERDICTS if criterion.is_knock_out else _SCORES

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("verdict") and not self.errors:
            for name, fault in (("evidence", _("Say what it rests on.")), ("text", _("Say what was seen or heard."))):
                if not typed.get(name, "").strip():
                    self.add_error(name, fault)
        return typed

    def is_given(self) -> bool:
        return bool(self.cleaned_data.get("verdict")) and self.has_changed()

    def mark(self) -> dict[str, Any]:
        """As the verb takes it."""
        typed = self.cleaned_data
        said: dict[str, Any] = {"evidence": typed["evidence"], "text": typed["text"]}
        if self.criterion.is_knock_out:
            return said | {"is_passed": typed["verdict"] == "passed"}
        return said | {"score": int(typed["verdict"])}


_VERDICTS = [
    ("", ""),
    ("passed", pgettext_lazy("knock-out", "passed")),
    ("failed", pgettext_lazy("knock-out", "failed")),
]
_SCORES = [("", ""), *((str(number), str(number)) for number in range(1, 6))]


def mark_forms(data: Any, criteria: Iterable[Criterion], given: Mapping[int, Any]) -> list[MarkForm]:
    """A form for each criterion, filled in with what is marked."""
    return [
        MarkForm(data, criterion=one, prefix=f"c{one.position}", initial=_initial(given.get(one.pk)))
        for one in criteria
    ]


def _initial(mark: Any) -> dict[str, str]:
    if mark is None:
        return {}
    verdict = str(mark.score) if mark.score else ("passed" if mark.is_passed else "failed")
    return {"verdict": verdict, "evidence": mark.evidence, "text": mark.text}


class FindingForm(forms.Form):
    evidence = forms.ChoiceField(label=gettext_lazy("Rests on"), choices=Evidence.choices)
    on = forms.DateField(label=pgettext_lazy("day of a finding", "On"), widget=day_input())
    field = forms.ChoiceField(label=gettext_lazy("Which statement it concerns"), required=False)
    seen = forms.CharField(label=gettext_lazy("What was seen"), max_length=200, required=False)
    is_different = forms.BooleanField(label=gettext_lazy("It differs from what the applicant stated"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The applicant never reads it."),
    )  # fmt: skip

    file = forms.FileField(
        label=gettext_lazy("Attachment"), required=False, allow_empty_file=True,  # the inspection says it better
        help_text=gettext_lazy("A photo, a page, an extract. The applicant never sees it."),
        widget=FilePicker(attrs={"accept": ACCEPTED}),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())
        field = self.fields["field"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", ""), *((name, label_of(name)) for name in CLAIMS)]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not typed.get("seen", "").strip() and not typed.get("note", "").strip():
            self.add_error("seen", _("Say what was seen, or write a note."))
        return typed


class AttachmentForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Attachment"), allow_empty_file=True, widget=FilePicker(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("A photo, a page, an extract. The applicant never sees it."),
    )  # fmt: skip


def label_of(field: str) -> str:
    """The name of a fact of an application."""
    if not field:
        return ""
    label = str(Application._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


class PlanForm(ScopedForm, forms.Form):
    """Who looks after it, and what comes next."""

    owner = ScopedModelChoiceField(Person, label=gettext_lazy("Looked after by"), required=False)
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    next_on = forms.DateField(label=gettext_lazy("By when"), widget=day_input(), required=False)

    def __init__(self, *args: Any, opening: Opening, **options: Any) -> None:
        super().__init__(*args, **options)
        able = [person.pk for person in reach.able_to(WORK, opening)]
        owner = self.fields["owner"]
        if isinstance(owner, ScopedModelChoiceField):
            owner.queryset = owner.queryset.filter(pk__in=able)  # type: ignore[union-attr]


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The applicant reads this, without your name. One sentence at least."),
    )  # fmt: skip
    internal_note = forms.CharField(
        label=gettext_lazy("Note for our people"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The applicant never reads it."),
    )  # fmt: skip
