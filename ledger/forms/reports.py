"""A month's report, keyed in or as a file."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import FilePicker
from dealers.models import Product
from ledger.forms import TABLES
from ledger.models import ReportDue, ReportDuty
from ledger.services import reports


class ReportForm(forms.Form):
    """A month's sales or stock, product by product; or a file with the same. Made for a phone: figures only."""

    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        help_text=gettext_lazy("CSV or an Excel workbook (XLSX). Where a file is sent, the figures above are left."),
        widget=FilePicker(attrs={"accept": TABLES}),
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
