"""What an applicant types, one form for each step. Nothing is obligatory before it is sent: every step can be kept."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.files.inspection import ACCEPTED
from core.forms import FilePicker, RowFormSet
from dealers import mobile
from dealers.forms.dealers import CURRENCY, CodeField, CountryField, day_input
from onboarding.models import Application, ApplicationBrand, ApplicationFile
from onboarding.services.applicants import MOST_BRANDS, NEEDED, Brand

SOCIAL_CREDIT_CODE = 18  # letters and digits of the code on a Chinese licence


class StepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A step. What is stored with four digits behind the point is shown as it was typed."""

    sums: tuple[str, ...] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.sums:
            if (value := self.initial.get(name)) is not None:
                self.initial[name] = f"{value.normalize():f}"
        self._ask(needed=True)

    def full_clean(self) -> None:
        """What is needed before it is sent is shown as needed; saving a step goes without."""
        self._ask(needed=False)
        super().full_clean()
        self._ask(needed=True)

    def _ask(self, *, needed: bool) -> None:
        for name in NEEDED.keys() & self.fields.keys() - {"contact_name"}:
            self.fields[name].required = needed


class ContactForm(StepForm):
    """Whom we talk to, and how. One way to reach somebody is needed."""

    class Meta:
        model = Application
        fields = ["contact_name", "contact_title", "email", "mobile", "source"]
        labels = {"source": gettext_lazy("How did you find us?")}
        help_texts = {
            "email": gettext_lazy("The link to your application goes here."),
            "mobile": gettext_lazy("With the country code, like +86 138 0013 8000."),
        }

    def clean_mobile(self) -> str:
        number: str = self.cleaned_data["mobile"]
        if number.strip():
            number = mobile.normal(number)
            mobile.validate(number)
        return number.strip()

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if not self.errors and not typed.get("email") and not typed.get("mobile"):
            raise ValidationError(_("An e-mail address or a mobile number is needed."))
        return typed


class CompanyForm(StepForm):
    sums = ("capital",)
    capital_currency = CodeField(
        label=gettext_lazy("Currency of the capital"), max_length=3, validators=[CURRENCY], required=False
    )
    country = CountryField()

    class Meta:
        model = Application
        fields = [
            "legal_name", "registration_code", "legal_representative", "founded_on", "capital", "capital_currency",
            "country", "city", "street", "website",
        ]  # fmt: skip
        widgets = {"founded_on": day_input()}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        opening = self.instance.opening
        if opening.minimum_capital is not None:
            least = formatting.money(opening.minimum_capital, opening.currency)
            self.fields["capital"].help_text = _("At least %(sum)s for this opening") % {"sum": least}
        self.initial["capital_currency"] = self.initial.get("capital_currency") or opening.currency

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        code = "".join(typed.get("registration_code", "").split()).upper()
        if typed.get("country") == "CN" and code and len(code) != SOCIAL_CREDIT_CODE:
            told = {"needed": SOCIAL_CREDIT_CODE, "typed": len(code)}
            self.add_error("registration_code", _("%(needed)d characters are needed, these are %(typed)d.") % told)
        if typed.get("capital") is not None and not typed.get("capital_currency"):
            self.add_error("capital_currency", _("Registered capital needs its currency."))
        typed["registration_code"] = code
        return typed


class BusinessForm(StepForm):
    sums = ("expected_sales",)

    class Meta:
        model = Application
        fields = [
            "staff_count", "sales_staff_count", "premises_sqm", "warehouse_sqm", "experience_years", "outlet_count",
            "expected_sales", "network", "motive",
        ]  # fmt: skip
        widgets = {"network": forms.Textarea(attrs={"rows": 3}), "motive": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        unit = {"currency": formatting.unit(self.instance.opening.currency)}
        self.fields["expected_sales"].help_text = _("In %(currency)s.") % unit
        self.fields["network"].help_text = _("Where you sell, to whom, through which shops.")


class BrandForm(forms.Form):
    """A line of the list of brands; an empty one is ignored."""

    brand = forms.CharField(label=gettext_lazy("Brand"), max_length=100)
    products = forms.CharField(label=gettext_lazy("Products"), max_length=200, required=False)
    relation = forms.ChoiceField(
        label=gettext_lazy("Beside our products"),
        choices=[("", ""), *ApplicationBrand.Relation.choices],
    )
    share_percent = forms.DecimalField(
        label=gettext_lazy("Share of your sales, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2,
        required=False,
    )  # fmt: skip


class BaseBrandFormSet(RowFormSet):
    def clean(self) -> None:
        names = [data["brand"].casefold() for data in self._filled()]
        if len(names) != len(set(names)):
            raise ValidationError(_("Each brand stands in the list once."))

    def brands(self) -> list[Brand]:
        return [
            Brand(data["brand"], data["products"], data["relation"], data["share_percent"]) for data in self._filled()
        ]

    def _filled(self) -> list[dict[str, Any]]:
        gone = self.deleted_forms
        kept = [getattr(form, "cleaned_data", {}) for form in self.forms if form not in gone]
        return [data for data in kept if data.get("brand")]


def brand_formset(data: Any, carried: Iterable[Mapping[str, Any]]) -> BaseBrandFormSet:
    """The list as it stands, with two empty lines."""
    make = forms.formset_factory(BrandForm, formset=BaseBrandFormSet, extra=2, can_delete=True, max_num=MOST_BRANDS)
    formset = make(data, initial=[dict(one) for one in carried], prefix="brands")
    assert isinstance(formset, BaseBrandFormSet)  # noqa: S101  # what the factory was told to build on
    return formset


class PaperForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ApplicationFile.Kind.choices)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, PNG, JPEG, WEBP, DOCX or XLSX. Only the people who decide can open it."),
        widget=FilePicker(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,  # the inspection says it better
        max_length=None,
    )


class LinkForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
