from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.files.inspection import ACCEPTED
from core.forms import FilePicker
from dealers.models import Document, User


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is typed beside a file."""

    class Meta:
        model = Document
        fields = ["kind", "title", "number", "issued_on", "expires_on"]
        widgets = {
            "issued_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "expires_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


def _file_field() -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        help_text=_("PDF, PNG, JPEG, WEBP, DOCX or XLSX."),
        widget=FilePicker(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,  # the inspection says it better
        max_length=None,
    )


class NewDocumentForm(DocumentForm):
    """A document with its file; our people may keep it to themselves."""

    file = _file_field()
    field_order = ["file"]

    class Meta(DocumentForm.Meta):
        fields = [*DocumentForm.Meta.fields, "is_internal"]
        help_texts = {"is_internal": _("The dealer never sees it.")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.is_ours:
            del self.fields["is_internal"]


class ReplaceDocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """The newer version: usually another number and other dates."""

    file = _file_field()
    field_order = ["file"]

    class Meta:
        model = Document
        fields = ["number", "issued_on", "expires_on"]
        widgets = DocumentForm.Meta.widgets
