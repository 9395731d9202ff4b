"""Forms of this room: which period to assess, and words about a card."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.periods import Period
from dealers.forms.dealers import ReasonForm
from performance.models import Scorecard, ScorecardLine


class PeriodForm(forms.Form):
    """The period to assess, as its key. A second edition of a published period needs a reason."""

    period = forms.CharField(
        label=_("Period"),
        max_length=7,
        help_text=_("A month, quarter or year that is over: 2026-06, 2026-Q2, 2026."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only where the period is published already: why is it assessed again?"),
    )

    def clean_period(self) -> Period:
        try:
            return Period.parse(self.cleaned_data["period"])
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


class ObjectionForm(ReasonForm):
    """What a dealer holds against his card, as a whole or against one measure."""

    measure = forms.ChoiceField(label=_("What is it about?"), required=False)
    field_order = ["measure", "reason"]

    def __init__(self, *args: Any, card: Scorecard, titles: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.card = card
        field = self.fields["measure"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("The card as a whole")), *titles.items()]
        self.fields["reason"].label = _("What is wrong?")
        self.fields["reason"].help_text = _("Name the figure and what it should be. Your account manager reads it.")

    def line(self) -> ScorecardLine | None:
        code = self.cleaned_data.get("measure")
        return self.card.lines.get(measure=code) if code else None


class AnswerForm(ReasonForm):
    """Our answer to an objection."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("on an objection", "Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("upheld", _("Uphold it: the figures are corrected where they come from, and a new edition follows")),
            ("not_upheld", _("Do not uphold it: the card stands")),
        ],
    )
    field_order = ["outcome", "reason"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].label = _("Answer")
