"""Imports: uploading, matching columns, mending cells, posting."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_LABEL
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import FilePicker
from dealers.models import User
from ledger.forms import TABLES
from ledger.imports.kinds import ImportKind
from ledger.models import ImportBatch
from ledger.services import batches
from ledger.services.mends import Cell, headers

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
        widget=FilePicker(attrs={"accept": TABLES}),
        allow_empty_file=True,  # the import says it better
        max_length=None,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", BLANK_CHOICE_LABEL)] + [  # type: ignore[attr-defined]
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
        header = headers(batch)
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
