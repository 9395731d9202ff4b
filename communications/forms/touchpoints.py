"""Noting a contact: as few taps as it takes, on a phone too."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from communications.forms.minutes import OwnerField
from communications.models import Touchpoint
from communications.services.touchpoints import NextStep
from core.scoped_fields import ScopedForm
from core.search.grams import matching
from dealers.forms.dealers import day_input
from dealers.models import Contact, Dealer, Person, User

NOON = time(12)
STEP = ("what", "owner", "due_on")
OFFERED = 200  # dealers that a browser is given to choose from


class TouchForm(ScopedForm, forms.Form):
    """A contact with one dealer. The next step is for those who may note promises."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("contact", "How"), choices=Touchpoint.Kind.choices, initial=Touchpoint.Kind.CALL,
        widget=forms.RadioSelect(attrs={"class": "in-a-row"}),
    )  # fmt: skip
    contacts = forms.MultipleChoiceField(
        label=gettext_lazy("With"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(label=gettext_lazy("With others"), max_length=200, required=False)
    about = forms.ChoiceField(
        label=pgettext_lazy("contact", "About"), choices=Touchpoint.About.choices, initial=Touchpoint.About.PRODUCTS,
        widget=forms.RadioSelect(attrs={"class": "in-a-row"}),
    )  # fmt: skip
    said = forms.CharField(
        label=gettext_lazy("What was said"), widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("For our own people only. The dealer never reads it."),
    )  # fmt: skip
    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    what = forms.CharField(
        label=gettext_lazy("Next step"), max_length=300, required=False,
        help_text=gettext_lazy("Becomes a promise that both sides see. May stay empty."),
    )  # fmt: skip
    owner = OwnerField(Person, label=pgettext_lazy("of a task", "Owner"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Due"), widget=day_input(), required=False)

    def __init__(self, *args: Any, user: User, dealer: Dealer | None, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.dealer = dealer
        self._contacts: dict[str, Contact] = {}
        self.initial.setdefault("day", timezone.localdate())
        if dealer is None or not user.has_perm("communications.add_actionitem"):
            for name in STEP:
                del self.fields[name]
        if dealer is None:
            del self.fields["contacts"]
            return
        found = Contact.objects.visible_to(user).filter(dealer=dealer, is_archived=False)
        self._contacts = {one.public_id: one for one in found.order_by("name", "pk")}
        people = cast("forms.MultipleChoiceField", self.fields["contacts"])
        people.choices = [(key, one.name) for key, one in self._contacts.items()]
        if not self._contacts:
            del self.fields["contacts"]
        if isinstance(owner := self.fields.get("owner"), OwnerField):
            owner.narrow_to(dealer)

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        data = cast("dict[str, Any]", super().clean())
        names = [name for name in STEP if name in self.fields]
        if any(data.get(name) for name in names):
            for name in names:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("A next step says what, who and until when."))
        return data

    def note(self) -> dict[str, Any]:
        """What `touchpoints.note` takes. Today means now; of another day nobody remembers the hour."""
        data = self.cleaned_data
        here = timezone.get_current_timezone()
        is_today = data["day"] == timezone.localdate()
        return {
            "kind": data["kind"], "about": data["about"], "said": data["said"], "others": data["others"],
            "at": timezone.now() if is_today else datetime.combine(data["day"], NOON, tzinfo=here),
            "contacts": [self._contacts[key] for key in data.get("contacts", ())],
            "step": NextStep(data["what"], data["owner"], data["due_on"]) if data.get("what") else None,
        }  # fmt: skip


class TouchAnyForm(TouchForm):
    """The same from My day, where the dealer is still to be named: by code, or by any part of the name."""

    whose = forms.CharField(
        label=gettext_lazy("Dealer"), max_length=120,
        widget=forms.TextInput(attrs={"list": "dealers-offered", "autocomplete": "off"}),
        help_text=gettext_lazy("Code, or a part of the name."),
    )  # fmt: skip
    field_order = ["whose"]

    def offered(self) -> list[Dealer]:
        """Whom the person looks after, for the browser to complete."""
        mine = Dealer.objects.visible_to(self.user).filter(manager=self.user.pk, archived_at__isnull=True)
        return list(mine.only("name", "name_zh", "code").order_by("sort_key")[:OFFERED])

    def clean_whose(self) -> Dealer:
        typed = self.cleaned_data["whose"].strip()
        reach = Dealer.objects.visible_to(self.user).filter(archived_at__isnull=True)
        exact = list(reach.filter(code__iexact=typed)[:1])
        found = exact or list(matching(reach, typed)[:2])
        if not found:
            raise forms.ValidationError(_("No dealer of yours is called “%(name)s”."), params={"name": typed})
        if len(found) > 1:
            raise forms.ValidationError(_("Several dealers contain “%(name)s”: type the code."), params={"name": typed})
        return found[0]
