"""The steps of a contract: signing, filing, notice."""

from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.models import Contract, Paper
from contracts.models.certificate import typed
from core import formatting
from core.files.inspection import ACCEPTED
from core.forms import FilePicker
from dealers.forms.dealers import ReasonForm, day_input


class SigningForm(forms.Form):
    """The name, and the box that says which document was read. `sha256` travels hidden: what is signed is what was
    shown, also when something else is offered meanwhile."""

    name = forms.CharField(label=_("Your name, as it shall stand under the contract"), max_length=120)
    has_read = forms.BooleanField(required=False)  # the verb says it better
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, whom: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whom = whom
        self._tell(self["sha256"].value() or "")

    def on(self, paper: Paper | None) -> Self:
        """The form for the paper that is shown; a signature under another one needs another tick."""
        sha256 = paper.sha256 if paper else ""
        if self.is_bound and self.data.get("sha256") != sha256:
            self.data = {"name": self.data.get("name", ""), "sha256": sha256}
        self._tell(sha256)
        return self

    def _tell(self, sha256: str) -> None:
        words = _("I have read the document with the SHA-256 %(sha256)s and sign it for %(whom)s.")
        self.fields["has_read"].label = words % {"sha256": formatting.checksum(sha256), "whom": self.whom}


class ScanForm(forms.Form):
    scan = forms.FileField(
        label=_("Scan of the signed contract"),
        help_text=_("PDF, PNG, JPEG or WEBP, with the signatures and seals on it."),
        widget=FilePicker(attrs={"accept": ACCEPTED}),
        allow_empty_file=True,  # the inspection says it better
    )


class SignaturesForm(ScanForm):
    """`sent` are the scans that are here already: one of them, or a file."""

    sent = forms.ChoiceField(label=_("Scan that is here"), required=False, widget=forms.RadioSelect)
    signed_by = forms.CharField(label=_("Signed for the dealer by"), max_length=120)
    signed_on = forms.DateField(label=_("Signed by the dealer on"), widget=day_input())
    countersigned_by = forms.CharField(label=_("Signed for us by"), max_length=120, required=False)
    countersigned_on = forms.DateField(label=_("Signed by us on"), widget=day_input(), required=False)
    field_order = ["sent", "scan"]

    def __init__(self, *args: Any, sent: Sequence[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sent:
            del self.fields["sent"]
            return
        choice = self.fields["sent"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(one.public_id, _told(one)) for one in sent] + [("", _("another file, which I add here"))]
            choice.initial = sent[0].public_id
        self.fields["scan"].required = False

    def clean(self) -> dict[str, Any]:
        """What the verb takes: `scan` is a file, or the name of a scan that is here."""
        typed = super().clean() or {}
        known = typed.pop("sent", "")
        if known:
            typed["scan"] = known
        elif "scan" not in self.errors and not typed.get("scan"):
            self.add_error("scan", _("Add the scan, or choose one that is here."))
        return typed


def _told(one: Paper) -> str:
    return _("%(file)s, sent by %(person)s on %(day)s") % {
        "file": one.file_name, "person": one.made_by.name, "day": formatting.day(one.made_at)}  # fmt: skip


class AuthorisationForm(forms.Form):
    """A certificate's number, with or without its dashes."""

    number = forms.CharField(label=_("Certificate number"), max_length=40)

    def clean_number(self) -> str:
        number = typed(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(_("Type the letters and digits of the number on the certificate."))
        return number


class FilingForm(forms.Form):
    number = forms.CharField(label=_("Filing number"), max_length=60)
    place = forms.CharField(label=_("Where the signed paper lies"), max_length=200)


class NoticeForm(ReasonForm):
    side = forms.ChoiceField(label=_("Notice by"), choices=Contract.Side.choices)
    on = forms.DateField(label=_("Notice given on"), widget=day_input())
    ends_on = forms.DateField(label=_("The contract ends on"), widget=day_input())
    field_order = ["side", "on", "ends_on", "reason"]
