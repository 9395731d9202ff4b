"""What is typed about imports, reports and who owes them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import FilePicker
from core.periods import Length, Period, months_later
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import indented
from dealers.models import Dealer, Product, Territory, User
from ledger.imports.kinds import ImportKind
from ledger.models import ImportBatch, ReportDue, ReportDuty
from ledger.services import batches, reports
from ledger.services.duties import Terms

_FILES = ".csv,.txt,.tsv,.gz,.xlsx"
DATE_ORDERS = (
    ("", gettext_lazy("As the file shows it")),
    ("dmy", gettext_lazy("Day first: 31/12/2026")),
    ("mdy", gettext_lazy("Month first: 12/31/2026")),
)


class UploadForm(forms.Form):
    """Which rows, from where, in which file."""

    kind = forms.ChoiceField(label=gettext_lazy("What the rows are"))
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=40,
        initial="erp",
        help_text=gettext_lazy("The system that wrote the file. A row that it sends twice is stored once."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or an Excel workbook (XLSX), up to 20 MB and 200,000 rows, of a workbook up to 50,000. "
            "The first rows name the columns."
        ),
        widget=FilePicker(attrs={"accept": _FILES}),
        allow_empty_file=True,  # the import says it better
        max_length=None,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "—")] + [  # type: ignore[attr-defined]
            (kind.code, kind.label) for kind in batches.kinds_for(user)
        ]

    def clean_source(self) -> str:
        return str(self.cleaned_data["source"]).strip().lower()


class ColumnsForm(forms.Form):
    """Which column of the file is which of ours; and how its dates are meant."""

    date_order = forms.ChoiceField(
        label=gettext_lazy("Order of dates"),
        choices=DATE_ORDERS,
        required=False,
        help_text=gettext_lazy("Matters for dates such as 03/04/2026 only."),
    )

    def __init__(self, *args: Any, batch: ImportBatch, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        header = header_of(batch)
        choices = [("", _("Left out")), *((name, name) for name in header if name)]
        for column in kind.columns:
            initial = batch.mapping.get(column.name, "")
            self.fields[column.name] = forms.ChoiceField(
                label=str(column.label),
                choices=choices,
                required=column.required,
                initial=initial if initial in header else "",
            )
        self.order_fields([*(column.name for column in kind.columns), "date_order"])
        self.fields["date_order"].initial = batch.conventions.get("date_order", "")

    def mapping(self) -> dict[str, str]:
        return {column.name: self.cleaned_data[column.name] for column in self.kind.columns}

    def clean(self) -> None:
        """One column of the file answers one of ours."""
        taken: dict[str, str] = {}
        for column in self.kind.columns:
            header = self.cleaned_data.get(column.name)
            if header and header in taken:
                self.add_error(
                    column.name, _("This column of the file is matched already, with “%(field)s”.")
                    % {"field": taken[header]},
                )  # fmt: skip
            elif header:
                taken[header] = str(column.label)


class PostForm(forms.Form):
    """What is to happen to the good rows when others are bad."""

    choice = forms.ChoiceField(choices=ImportBatch.Choice, widget=forms.RadioSelect)


def header_of(batch: ImportBatch) -> list[str]:
    """The names of the file's columns, as far as it could be read."""
    found = batch.conventions.get("header") or batch.problem_values.get("header") or []
    return [str(name) for name in found]


class ReportForm(forms.Form):
    """A month's sales or stock, product by product; or a file with the same. Made for a phone: figures only."""

    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("CSV or an Excel workbook (XLSX) with the columns of the import; it replaces the form."),
        widget=FilePicker(attrs={"accept": _FILES}),
        allow_empty_file=True,
        max_length=None,
    )

    def __init__(self, *args: Any, due: ReportDue, products: Iterable[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.due, self.products = due, list(products)
        self.is_sales = due.kind == ReportDuty.Kind.SELL_THROUGH
        for product in self.products:
            self.fields[f"qty_{product.pk}"] = forms.IntegerField(
                label=_("Pieces of %(product)s") % {"product": product.local_name}, required=False,
                min_value=None if self.is_sales else 0, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
            if self.is_sales:
                self.fields[f"amount_{product.pk}"] = forms.DecimalField(
                    label=_("Amount for %(product)s") % {"product": product.local_name}, required=False,
                    max_digits=20, decimal_places=4, widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
                )  # fmt: skip

    def lines(self) -> "list[tuple[Product, forms.BoundField, forms.BoundField | None]]":
        """(product, its pieces, its amount) for the template."""
        return [
            (one, self[f"qty_{one.pk}"], self[f"amount_{one.pk}"] if self.is_sales else None) for one in self.products
        ]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        keyed = [name for name in said if name.startswith("qty_") and said[name] is not None]
        if not said.get("file") and not keyed and not self.errors:
            raise forms.ValidationError(_("Enter at least one figure, or choose a file."))
        for product in self.products if self.is_sales else ():
            pieces, amount = said.get(f"qty_{product.pk}"), said.get(f"amount_{product.pk}")
            if (pieces is None) != (amount is None):
                lacking = f"amount_{product.pk}" if amount is None else f"qty_{product.pk}"
                if lacking not in self.errors:
                    self.add_error(lacking, _("Enter both: pieces and amount."))
        return said

    def rows(self) -> bytes:
        """What was keyed in, as the file that it stands for."""
        said = self.cleaned_data
        keyed = [one for one in self.products if said.get(f"qty_{one.pk}") is not None]
        if self.is_sales:
            sold = {one: (said[f"qty_{one.pk}"], said[f"amount_{one.pk}"]) for one in keyed}
            return reports.sales_rows(self.due, sold)
        return reports.stock_rows(self.due, {one: said[f"qty_{one.pk}"] for one in keyed})


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

    kind = forms.ChoiceField(label=gettext_lazy("Report"), choices=ReportDuty.Kind.choices)
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
