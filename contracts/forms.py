"""Forms of this room: a draft, its terms, and the steps of a contract."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Grant, RebateTerm, RulePack
from contracts.models.rule_pack import PRICE_CHOICES
from contracts.seasons import GROWTH
from contracts.tiers import Tier
from core.periods import LENGTHS, Length, Period
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import CURRENCY, CodeField, ReasonForm, day_input, indented
from dealers.models import Company, Product, ProductLine, Terminal, Territory

TIERS = 5
PERCENT = Decimal(100)


def _open_nodes(nodes: Any) -> Any:
    return nodes.filter(is_archived=False)


class ContractForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The head of a draft: term, money, what binds it."""

    company = ScopedModelChoiceField(Company, label=_("Own company"))
    currency = CodeField(label=_("Currency"), max_length=3, validators=[CURRENCY], help_text=_("ISO 4217, as CNY"))
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"),
        help_text=_("Decides by its rule pack what may be agreed about prices and territories."),
    )

    class Meta:
        model = Contract
        fields = [
            "company", "number", "starts_on", "ends_on", "notice_days", "prolongs", "jurisdiction", "currency",
            "payment_days", "credit_limit", "credit_counts_orders", "minimum_purchase", "special_terms",
        ]  # fmt: skip
        widgets = {
            "starts_on": day_input(),
            "ends_on": day_input(),
            "special_terms": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].required = False
        self.fields["number"].help_text = _("Left empty, the next number of this dealer is taken.")
        field = self.fields["jurisdiction"]
        if isinstance(field, forms.ChoiceField):
            packs = RulePack.objects.visible_to(self.user).in_force(on=timezone.localdate())
            field.choices = [(pack.jurisdiction, f"{pack.jurisdiction} · {pack.local_name}") for pack in packs]


class ContractChangeForm(ContractForm):
    """Carries the version that was read; saving on another one is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class GrantForm(ScopedForm, forms.Form):
    territory = ScopedModelChoiceField(
        Territory, narrow=_open_nodes, label=_("Territory"), label_from=indented, required=False,
        help_text=_("Empty where single terminals are named."),
    )  # fmt: skip
    line = ScopedModelChoiceField(
        ProductLine, narrow=_open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
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
        ProductLine, narrow=_open_nodes, label=_("Product line"), required=False,
        help_text=_("Choose a product or a line."),
    )  # fmt: skip
    price = forms.DecimalField(label=_("Price"), min_value=Decimal("0.0001"), max_digits=20, decimal_places=4)


class RebateForm(ScopedForm, forms.Form):
    """The table of tiers, its reading, and the turnover of the worked example."""

    name = forms.CharField(label=_("Name"), max_length=120)
    line = ScopedModelChoiceField(
        ProductLine, narrow=_open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
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


class YearForm(forms.Form):
    """A fiscal year and the growth on the year before; the house rate where none is given."""

    year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    growth = forms.DecimalField(
        label=_("Growth on last year, per cent"), initial=f"{(GROWTH * PERCENT).normalize():f}", required=False,
        min_value=Decimal(-99), max_value=Decimal(1000), decimal_places=2,
    )  # fmt: skip

    def clean_year(self) -> Period:
        return Period.parse(str(self.cleaned_data["year"]))

    def clean_growth(self) -> Decimal:
        growth = self.cleaned_data["growth"]
        return GROWTH if growth is None else growth / PERCENT


class TargetForm(ScopedForm, YearForm):
    """A year's target. Without a total last year's sell-in decides, with growth on top."""

    line = ScopedModelChoiceField(
        ProductLine, narrow=_open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
    )
    total = forms.DecimalField(
        label=_("Target"), required=False, min_value=Decimal("0.01"), max_digits=20, decimal_places=4,
        help_text=_("Empty: last year's sell-in with the growth on top, by last year's season."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["year", "line", "growth", "total", "note"]


class SignaturesForm(forms.Form):
    signed_by = forms.CharField(label=_("Signed for the dealer by"), max_length=120)
    signed_on = forms.DateField(label=_("Signed by the dealer on"), widget=day_input())
    countersigned_by = forms.CharField(label=_("Signed for us by"), max_length=120)
    countersigned_on = forms.DateField(label=_("Signed by us on"), widget=day_input())


class FilingForm(forms.Form):
    number = forms.CharField(label=_("Filing number"), max_length=60)
    place = forms.CharField(label=_("Where the signed paper lies"), max_length=200)


class NoticeForm(ReasonForm):
    side = forms.ChoiceField(label=_("Notice by"), choices=Contract.Side.choices)
    on = forms.DateField(label=_("Notice given on"), widget=day_input())
    ends_on = forms.DateField(label=_("The contract ends on"), widget=day_input())
    field_order = ["side", "on", "ends_on", "reason"]
