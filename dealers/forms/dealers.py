from typing import Any

from django import forms
from django.contrib.postgres.forms import SimpleArrayField
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import countries
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers import scope
from dealers.forms.preferences import zones
from dealers.models import Dealer, Person, Territory, User
from dealers.reach import staff_able_to

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", _("Three letters of ISO 4217, for example CNY."))

GROUPS: tuple[tuple["str | Promise", tuple[str, ...]], ...] = (
    (_("Name"), ("name", "name_zh", "code", "status", "tags")),
    (_("Place"), ("home", "manager", "segment", "tier", "since", "currency", "time_zone")),
    (_("Registration"), ("registered_name", "registration_number", "tax_number", "legal_representative", "founded_on",
                         "capital", "capital_currency")),
    (_("Size"), ("staff_count", "sales_staff_count", "premises_sqm", "warehouse_sqm", "network")),
    (_("Address"), ("street", "city", "postal_code", "country", "phone", "website")),
)  # fmt: skip


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def indented(node: Territory) -> str:
    """A node under its parent, so that the order of the tree can be read in a list."""
    return "\u2003" * node.depth + node.local_name


class CodeField(forms.CharField):
    """A code of capital letters, however it was typed."""

    def to_python(self, value: Any) -> Any:
        return (super().to_python(value) or "").upper()


class CountryField(forms.ChoiceField):
    """A country by its name; its code is what is stored. A code that came from elsewhere is kept."""

    def __init__(self, *, required: bool = False) -> None:
        super().__init__(choices=_countries, label=_("Country"), required=required)

    def keep(self, code: str) -> None:
        self.choices = lambda: _countries(code)


def _countries(also: str = "") -> list[tuple[str, Any]]:
    return [("", pgettext_lazy("country", "Not given")), *countries.choices(also)]


class WordsField(SimpleArrayField):
    """Words typed in a row, apart by the comma of any keyboard."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.translate({ord("，"): ",", ord("、"): ","}) if isinstance(value, str) else value)


class DealerForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The registered data of a dealer, in groups."""

    home = ScopedModelChoiceField(
        Territory, narrow=lambda nodes: nodes.filter(is_archived=False), label=_("Home territory"), label_from=indented
    )
    currency = CodeField(label=_("Currency"), max_length=3, validators=[CURRENCY], help_text=_("ISO 4217, as CNY"))
    capital_currency = CodeField(
        label=_("Currency of the capital"), max_length=3, validators=[CURRENCY], required=False
    )
    country = CountryField()
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="UTC")

    tags = WordsField(
        forms.CharField(max_length=40), label=_("Tags"), required=False, help_text=_("Words, separated by commas.")
    )

    class Meta:
        model = Dealer
        fields = [
            "code", "name", "name_zh", "tier", "segment", "home", "currency", "time_zone", "since", "registered_name",
            "registration_number", "tax_number", "legal_representative", "founded_on", "capital", "capital_currency",
            "staff_count", "sales_staff_count", "premises_sqm", "warehouse_sqm", "network", "street", "city",
            "postal_code", "country", "phone", "website", "tags",
        ]  # fmt: skip
        widgets = {
            "since": day_input(),
            "founded_on": day_input(),
            "network": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if (capital := self.initial.get("capital")) is not None:  # stored with four digits behind the point
            self.initial["capital"] = f"{capital.normalize():f}"
        country = self.fields["country"]
        if isinstance(country, CountryField):
            country.keep(self.initial.get("country") or "")
        home = self.fields["home"]
        if isinstance(home, ScopedModelChoiceField):
            home.queryset = home.queryset.filter(scope.nodes(self.user))  # type: ignore[union-attr]

    def groups(self) -> list[tuple["str | Promise", list[forms.BoundField]]]:
        """The fields under their headings, those that this form has."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in GROUPS]


class DealerChangeForm(DealerForm):
    """Carries the version that was read; saving on another one is noticed."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class DealerCreateForm(DealerForm):
    """A new file. Who trades already, with a contract on paper, starts as active."""

    status = forms.ChoiceField(
        label=_("Status"),
        choices=[
            (Dealer.Status.CANDIDATE, pgettext_lazy("dealer status", "Candidate")),
            (Dealer.Status.ACTIVE, _("Active: trades with us already")),
        ],
    )
    manager = ScopedModelChoiceField(
        Person,
        narrow=lambda people: people.filter(kind="staff", is_active=True),
        label=_("Account manager"),
        required=False,
    )


class ReasonForm(forms.Form):
    """A change that needs its reason."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence at least. Both sides can read it."),
    )


class TransferForm(ScopedForm, ReasonForm):
    """Only those are offered who reach the dealer and may care for him."""

    to = ScopedModelChoiceField(Person, label=_("New account manager"))
    field_order = ["to", "reason"]

    def __init__(self, *args: Any, dealer: Dealer, **options: Any) -> None:
        super().__init__(*args, **options)
        able = [
            person.pk for person in staff_able_to("dealers.change_dealer", dealer) if person.pk != dealer.manager_id
        ]
        to = self.fields["to"]
        if isinstance(to, ScopedModelChoiceField):
            to.queryset = to.queryset.filter(pk__in=able)  # type: ignore[union-attr]


def _who_may_look_after(people: QuerySet[Person]) -> QuerySet[Person]:
    return people.filter(kind=User.Kind.STAFF, is_active=True).order_by("name", "pk")


class HandOverForm(ScopedForm, ReasonForm):
    """Several dealers to one person. Whether this person reaches each of them, the verb decides dealer by dealer."""

    to = ScopedModelChoiceField(Person, narrow=_who_may_look_after, label=_("New account manager"))
    field_order = ["to", "reason"]
