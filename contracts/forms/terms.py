"""The terms of a draft: grants, price limits, rebates, meeting rhythms."""

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Grant, RebateTerm, ReviewRhythm
from contracts.models.rule_pack import PRICE_CHOICES
from contracts.tiers import Tier
from core.periods import LENGTHS, Length
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import indented
from dealers.models import Product, ProductLine, Terminal, Territory

TIERS = 5
PERCENT = Decimal(100)


def open_nodes(nodes: Any) -> Any:
    return nodes.filter(is_archived=False)


class GrantForm(ScopedForm, forms.Form):
    territory = ScopedModelChoiceField(
        Territory, narrow=open_nodes, label=_("Territory"), label_from=indented, required=False,
        help_text=_("Empty where single terminals are named."),
    )  # fmt: skip
    line = ScopedModelChoiceField(
        ProductLine, narrow=open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
    )
    exclusivity = forms.ChoiceField(
        label=_("Exclusivity"), choices=Grant.Exclusivity.choices, initial=Grant.Exclusivity.EXCLUSIVE
    )
    exceptions = forms.CharField(
        label=_("Territories left out"), required=False, help_text=_("Codes, separated by semicolons.")
    )
    terminals = forms.CharField(
        label=_("Terminals"), required=False,
        help_text=_("Codes, separated by semicolons. Granted by themselves; with a territory they are left out of it."),
    )  # fmt: skip

    def clean_exceptions(self) -> list[Territory]:
        return self._by_codes(Territory, "exceptions")

    def clean_terminals(self) -> list[Terminal]:
        return self._by_codes(Terminal, "terminals")

    def _by_codes(self, model: Any, name: str) -> list[Any]:
        codes = [code.strip() for code in self.cleaned_data[name].replace("；", ";").split(";") if code.strip()]
        found = {one.code: one for one in model.objects.visible_to(self.user).filter(code__in=codes)}
        lacking = [code for code in codes if code not in found]
        if lacking:
            raise forms.ValidationError(_("No such code: %(codes)s") % {"codes": ", ".join(lacking)})
        return [found[code] for code in codes]


class PriceLimitForm(ScopedForm, forms.Form):
    tool = forms.ChoiceField(label=_("Kind"), choices=PRICE_CHOICES)
    product = ScopedModelChoiceField(Product, label=_("Product"), required=False)
    line = ScopedModelChoiceField(
        ProductLine, narrow=open_nodes, label=_("Product line"), required=False,
        help_text=_("Choose a product or a line."),
    )  # fmt: skip
    price = forms.DecimalField(label=_("Price"), min_value=Decimal("0.0001"), max_digits=20, decimal_places=4)


class RebateForm(ScopedForm, forms.Form):
    """The table of tiers, its reading, and the turnover of the worked example."""

    name = forms.CharField(label=_("Name"), max_length=120)
    line = ScopedModelChoiceField(
        ProductLine, narrow=open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
    )
    period = forms.ChoiceField(label=_("Counted by"), choices=LENGTHS, initial=Length.QUARTER)
    method = forms.ChoiceField(
        label=_("How the tiers are read"), choices=RebateTerm.Method.choices, widget=forms.RadioSelect,
        help_text=_("Both readings are shown with numbers in the contract; the chosen one is marked."),
    )  # fmt: skip
    cap = forms.DecimalField(label=_("At most in a period"), required=False, min_value=Decimal("0.01"))
    payout = forms.ChoiceField(label=_("Paid as"), choices=RebateTerm.Payout.choices)
    example = forms.DecimalField(label=_("Turnover of the worked example"), min_value=Decimal(1))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, TIERS + 1):
            words = {"number": number}
            self.fields[f"threshold_{number}"] = forms.DecimalField(
                label=_("Tier %(number)d, reached from") % words, required=number == 1, min_value=Decimal(0)
            )
            self.fields[f"rate_{number}"] = forms.DecimalField(
                label=_("Tier %(number)d, rate (%%)") % words, required=number == 1, min_value=Decimal(0),
                max_value=PERCENT, decimal_places=4,
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What `rebates.add` takes: the fields of the term, and its tiers with rates as shares."""
        said = super().clean() or {}
        pairs = {n: (said.pop(f"threshold_{n}", None), said.pop(f"rate_{n}", None)) for n in range(1, TIERS + 1)}
        for number, (threshold, rate) in pairs.items():
            if (threshold is None) != (rate is None) and not self.has_error(f"rate_{number}"):
                self.add_error(f"rate_{number}", _("A tier needs both: from where, and how much."))
        given = [(threshold, rate) for threshold, rate in pairs.values() if threshold is not None and rate is not None]
        return said | {"tiers": [Tier(threshold, rate / PERCENT) for threshold, rate in given]}


class RhythmForm(forms.ModelForm):  # type: ignore[type-arg]
    """How often one level meets. Preferences may stay as they are."""

    class Meta:
        model = ReviewRhythm
        fields = ["level", "every", "mode", "month", "day", "weekday", "at"]
        widgets = {
            "level": forms.RadioSelect,
            "mode": forms.RadioSelect,
            "at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        level = cast(forms.ChoiceField, self.fields["level"])
        level.choices = ReviewRhythm.Level.choices  # a choice of buttons needs none that says to choose
