"""Who stands in, and from when until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.forms.dealers import day_input
from dealers.models import Person
from dealers.services import deputies


class DeputyForm(ScopedForm, forms.Form):
    """A deputy of one person, out of those who could be."""

    deputy = ScopedModelChoiceField(Person, label=_("Deputy"))
    starts_on = forms.DateField(label=_("First day"), widget=day_input())
    ends_on = forms.DateField(label=_("Last day"), widget=day_input())

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        self.person = person
        super().__init__(*args, **options)
        field: Any = self.fields["deputy"]
        field.queryset = field.queryset.filter(pk__in=deputies.candidates(person)).order_by("name")
        self.fields["ends_on"].help_text = _("Both days included, by the clock of %(zone)s.") % {
            "zone": person.time_zone.replace("_", " ")
        }
