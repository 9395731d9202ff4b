"""The rules of law: one form a tool, and what is said about the version as a whole."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Mode, RulePack, RuleSetting, Tool
from contracts.models.rule_pack import PRICE_TOOLS
from contracts.services.rule_packs import Ruling
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import ReasonForm, day_input
from dealers.models import Person, User


def _ours(people: Any) -> Any:
    return people.filter(kind=User.Kind.STAFF, is_active=True).order_by("name")


class RulingForm(ScopedForm, forms.Form):
    """How far one tool may go. Enforcing a price needs what it rests on; each lack is said beside its field."""

    mode = forms.ChoiceField(label=gettext_lazy("How it is handled"), choices=Mode.choices)
    basis = forms.CharField(
        label=gettext_lazy("Basis in law"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    named_person = ScopedModelChoiceField(
        Person,
        narrow=_ours,
        label=gettext_lazy("Person who answers for it"),
        required=False,
        label_from=lambda one: one.name,
    )
    expires_on = forms.DateField(label=gettext_lazy("Expires"), required=False, widget=day_input())

    def __init__(self, *args: Any, tool: Tool, setting: RuleSetting | None, **options: Any) -> None:
        self.tool, self.setting = tool, setting
        names = ("mode", "basis", "named_person", "expires_on")
        super().__init__(*args, **options)
        for name in names if setting else ():
            self.fields[name].initial = getattr(setting, name)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("mode") == Mode.ENFORCE and self.tool in PRICE_TOOLS:
            lacking = {
                "basis": _("Enforcing a price needs its basis in law."),
                "named_person": _("Enforcing a price needs a person who answers for it."),
                "expires_on": _("Enforcing a price needs an end date; after it, prices are only observed."),
            }
            for name, words in lacking.items():
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return said

    def ruling(self) -> Ruling:
        said = self.cleaned_data
        return Ruling(Mode(said["mode"]), said["basis"], said["named_person"], said["expires_on"])


class RevisionForm(ReasonForm):
    """What holds for the version as a whole."""

    valid_from = forms.DateField(label=gettext_lazy("Valid from"), widget=day_input())
    note = forms.CharField(
        label=gettext_lazy("Note in English"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    note_zh = forms.CharField(
        label=gettext_lazy("Note in Chinese"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["valid_from", "note", "note_zh", "reason"]

    def __init__(self, *args: Any, pack: RulePack, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].help_text = _("One sentence at least. It stays with this version.")
        self.fields["valid_from"].initial = max(today, pack.valid_from)
        self.fields["note"].initial, self.fields["note_zh"].initial = pack.note, pack.note_zh
