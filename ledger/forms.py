"""What is typed about an import."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.models import Product, User
from ledger.imports.kinds import ImportKind
from ledger.models import ImportBatch, ReportDue, ReportDuty
from ledger.services import batches, reports
from ledger.services.mends import Cell

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
        widget=forms.ClearableFileInput(attrs={"accept": _FILES}),
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


_CELL = re.compile(r"cell-(\d{1,18})-([a-z0-9_]{1,40})")
LONGEST_CELL = 1_000
MOST_CELLS = 300  # a page of rejected rows and one of them in full


class MendForm(forms.Form):
    """The cells of one page of rejected rows as they were typed, and the last mend that the page knew."""

    seen = forms.IntegerField(required=False, min_value=0)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.names = [match for name in data if (match := _CELL.fullmatch(name))][:MOST_CELLS]
        for match in self.names:
            self.fields[match[0]] = forms.CharField(
                label=_("Row %(row)s") % {"row": match[1]}, required=False, strip=False, max_length=LONGEST_CELL
            )

    def cells(self) -> list[Cell]:
        return [Cell(int(match[1]), match[2], self.cleaned_data[match[0]]) for match in self.names]

    def typed(self) -> dict[str, str]:
        return {match[0]: str(self.data[match[0]]) for match in self.names}

    def first_fault(self) -> str:
        name, faults = next(iter(self.errors.items()))
        label = self.fields[name].label or name if name in self.fields else name
        return f"{label}: {faults[0]}"


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
        widget=forms.ClearableFileInput(attrs={"accept": _FILES}),
        allow_empty_file=True,
        max_length=None,
    )
    note = forms.CharField(
        label=gettext_lazy("Why it differs"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Goods on the way, sales not reported yet, breakage: one sentence. Both sides can read it."
        ),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)  # a file of the request before, see `reports.keep`

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
        if not said.get("file") and not said.get("kept") and not keyed and not self.errors:
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
