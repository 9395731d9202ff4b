"""Writing an announcement: the words in one or both languages, whom it is for, and a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications.models import Announcement
from contracts.forms.terms import open_nodes
from core.files.inspection import ACCEPTED
from core.forms import FilePicker
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import indented
from dealers.models import Dealer, ProductLine, Territory

STATUSES = [one for one in Dealer.Status.choices if one[0] != Dealer.Status.ENDED]


class AnnouncementForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    """Everybody who trades, unless something narrows it; dealers that are named are meant as they are."""

    territory = ScopedModelChoiceField(
        Territory, narrow=open_nodes, label=gettext_lazy("Territory"), label_from=indented, required=False,
        help_text=gettext_lazy("And everything below it. Empty means everywhere you look after."),
    )  # fmt: skip
    line = ScopedModelChoiceField(
        ProductLine, narrow=open_nodes, label=gettext_lazy("Product line"), required=False,
        help_text=gettext_lazy("Dealers with a grant in force for it. Empty means every line."),
    )  # fmt: skip
    statuses = forms.MultipleChoiceField(
        label=gettext_lazy("Status"), choices=STATUSES, required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "in-a-row"}),
        help_text=gettext_lazy("None means whoever trades: active, suspended and parting dealers."),
    )  # fmt: skip
    picked = forms.CharField(
        label=gettext_lazy("Only these dealers"), required=False,
        help_text=gettext_lazy("Codes, separated by commas. Then nothing else narrows it."),
    )  # fmt: skip
    upload = forms.FileField(
        label=gettext_lazy("Attachment"), required=False, widget=FilePicker(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy("PDF, PNG, JPEG, WEBP, DOCX or XLSX."), allow_empty_file=True,
    )  # fmt: skip
    without_file = forms.BooleanField(label=gettext_lazy("Take the attachment out"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Announcement
        fields = ["title", "text", "title_zh", "text_zh", "needs_confirmation"]
        widgets = {
            "text": forms.Textarea(attrs={"rows": 7}),
            "text_zh": forms.Textarea(attrs={"rows": 7, "lang": "zh-Hans"}),
            "title_zh": forms.TextInput(attrs={"lang": "zh-Hans"}),
        }
        labels = {"title": gettext_lazy("English title"), "text": gettext_lazy("English text")}

    field_order = [
        "title", "text", "title_zh", "text_zh", "needs_confirmation", "territory", "line", "statuses", "picked",
        "upload", "without_file", "version",
    ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        one = self.instance
        for name in ("territory", "line", "statuses", "version"):
            self.initial.setdefault(name, getattr(one, f"{name}_id" if name in {"territory", "line"} else name))
        self.initial.setdefault("picked", ", ".join(one.picked))
        if not one.sha256:
            del self.fields["without_file"]

    def clean_picked(self) -> list[str]:
        typed = self.cleaned_data["picked"].replace("，", ",").replace(";", ",").split(",")
        codes = sorted({code.strip().upper() for code in typed if code.strip()})
        known = Dealer.objects.visible_to(self.user).filter(code__in=codes).values_list("code", flat=True)
        if lacking := sorted(set(codes) - set(known)):
            raise forms.ValidationError(_("No such code: %(codes)s") % {"codes": ", ".join(lacking)})
        return codes

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for title, text in (("title", "text"), ("title_zh", "text_zh")):
            for one, other in ((title, text), (text, title)):
                if data.get(other) and not data.get(one) and one not in self.errors:
                    self.add_error(one, _("Title and text belong together."))
        if not any(data.get(name) for name in ("title", "title_zh", "text", "text_zh")):
            self.add_error("title", _("Write title and text in one language at least."))
        return data

    def words(self) -> dict[str, Any]:
        """What the announcement says and whom it is for."""
        apart = {"upload", "without_file", "version"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}
