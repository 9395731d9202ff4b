"""Minutes of one topic in one form, so that nothing typed is lost when one part of it is saved."""

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from communications.models import ActionItem, Side
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import ReasonForm, day_input
from dealers.models import Dealer, Person


class OwnerField(ScopedModelChoiceField):
    """Who of both sides can owe something: ours, and the people of the one dealer."""

    def narrow_to(self, dealer: Dealer) -> None:
        if self.queryset is not None:
            found = self.queryset.filter(Q(kind="staff") | Q(dealer=dealer), is_active=True)
            self.queryset = found.order_by("-kind", "name", "pk")

    def only(self, kind: str, *, but_not: int | None = None) -> None:
        """People of one side."""
        if self.queryset is not None:
            self.queryset = self.queryset.filter(kind=kind).exclude(pk=but_not)


class ActionForm(ScopedForm, forms.Form):
    what = forms.CharField(label=gettext_lazy("What"), max_length=300)
    owner = OwnerField(Person, label=pgettext_lazy("of a task", "Owner"))
    due_on = forms.DateField(label=gettext_lazy("Due"), widget=day_input())

    def __init__(self, *args: Any, dealer: Dealer, **options: Any) -> None:
        super().__init__(*args, **options)
        owner = self.fields["owner"]
        if isinstance(owner, OwnerField):
            owner.narrow_to(dealer)


class ClaimForm(ActionForm):
    """What the dealer was promised: by whom of ours, and where it was said."""

    said_where = forms.CharField(
        label=gettext_lazy("Where it was said"), max_length=160,
        help_text=gettext_lazy("A meeting, a call, a chat; and when, if you remember."),
    )  # fmt: skip
    field_order = ["what", "owner", "due_on", "said_where"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].label = _("Who promised it")
        self.fields["due_on"].label = _("Until when")
        if isinstance(owner := self.fields["owner"], OwnerField):
            owner.only("staff")


class HandOverForm(ScopedForm, ReasonForm):
    """Another owner of the same side."""

    owner = OwnerField(Person, label=gettext_lazy("New owner"))
    field_order = ["owner", "reason"]

    def __init__(self, *args: Any, item: ActionItem, **options: Any) -> None:
        super().__init__(*args, **options)
        if isinstance(owner := self.fields["owner"], OwnerField):
            owner.narrow_to(item.dealer)
            owner.only("dealer" if item.side == Side.DEALER else "staff", but_not=item.owner_id)


class TopicTextForm(ActionForm):
    """What was said, and at the foot a resolution and an action item to add; each may stay empty."""

    text = forms.CharField(
        label=gettext_lazy("What was said"), required=False, widget=forms.Textarea(attrs={"rows": 8}), strip=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    resolution = forms.CharField(
        label=gettext_lazy("New resolution"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["text", "version", "resolution", "what", "owner", "due_on"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("what", "owner", "due_on"):
            self.fields[name].required = False
        self.fields["what"].label = _("New action item")

    def clean_text(self) -> str:
        return cast("str", self.cleaned_data["text"]).replace("\r\n", "\n")

    def clean(self) -> dict[str, Any]:
        data = cast("dict[str, Any]", super().clean())
        given = [name for name in ("what", "owner", "due_on") if data.get(name)]
        if given and len(given) < 3:
            for name in ("what", "owner", "due_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("An action item says what, who and until when."))
        return data


class CompleteForm(forms.Form):
    note = forms.CharField(
        label=pgettext_lazy("on a finished task", "Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Both sides can read it."),
    )  # fmt: skip


class MoveForm(ReasonForm):
    due_on = forms.DateField(label=gettext_lazy("New date"), widget=day_input())
    field_order = ["due_on", "reason"]


class CorrectionForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("What is not right"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Say what was agreed instead. The minutes are corrected and sent to you again."),
    )  # fmt: skip
