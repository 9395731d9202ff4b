"""Proposing a meeting, another time for it, and its agenda."""

from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from communications.clock import moment
from communications.models import Meeting
from communications.services.meetings import When
from core.errors import Refused
from dealers.forms.dealers import ReasonForm, WordsField, day_input
from dealers.forms.preferences import zones
from dealers.models import Dealer, Person, User
from dealers.reach import staff_able_to
from dealers.services import people

type Choices = list[tuple[str, "str | Promise"]]


class TimeForm(forms.Form):
    """When, where, how long; what the other side says yes to."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=day_input())
    at = forms.TimeField(
        label=gettext_lazy("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
    length = forms.IntegerField(label=gettext_lazy("Duration, minutes"), min_value=5, max_value=720, initial=60)
    place = forms.CharField(label=pgettext_lazy("of a meeting", "Place"), max_length=200, required=False)
    link = forms.URLField(
        label=gettext_lazy("Video link"), max_length=300, required=False, assume_scheme="https",
        help_text=gettext_lazy("A place, a link, or both."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Turns day, clock time and zone into the moment meant."""
        data = cast("dict[str, Any]", super().clean())
        day, at, zone = data.get("day"), data.get("at"), data.get("zone")
        if isinstance(day, date) and isinstance(at, time) and zone:
            try:
                data["starts_at"] = moment(datetime.combine(day, at), zone)
            except Refused as refusal:
                self.add_error("at", str(refusal))
        if not data.get("place") and not data.get("link") and "link" not in self.errors:
            self.add_error("place", _("Name a place or a video link."))
        return data

    def when(self) -> When:
        return When(**{name: self.cleaned_data[name] for name in ("starts_at", "zone", "length", "place", "link")})


class OtherTimeForm(ReasonForm, TimeForm):
    """Another time, with the reason that the other side reads."""

    field_order = ["day", "at", "zone", "length", "place", "link", "reason"]

    @staticmethod
    def initial_of(meeting: Meeting) -> dict[str, Any]:
        start = meeting.local_start
        return {
            "day": start.date(), "at": start.time(), "zone": meeting.zone, "length": meeting.length,
            "place": meeting.place, "link": meeting.link,
        }  # fmt: skip


class MeetingForm(TimeForm):
    """A new meeting with one dealer. People are offered who can come: ours who see the dealer, and the dealer's own."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    level = forms.ChoiceField(
        label=pgettext_lazy("of a meeting", "Level"), choices=Meeting.Level.choices, widget=forms.RadioSelect,
        help_text=gettext_lazy("Executives meet formally, the working level lightly; both get minutes."),
    )  # fmt: skip
    ours = forms.MultipleChoiceField(
        label=gettext_lazy("From our side"), required=False, widget=forms.CheckboxSelectMultiple
    )
    theirs = forms.MultipleChoiceField(
        label=gettext_lazy("From the dealer"), required=False, widget=forms.CheckboxSelectMultiple
    )
    guests = WordsField(
        forms.CharField(max_length=120), label=gettext_lazy("Other guests of the dealer"), required=False,
        help_text=gettext_lazy("People without an account. Names, separated by commas."),
    )  # fmt: skip
    topics = forms.CharField(
        label=gettext_lazy("Topics"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line. Open promises and the figures are on the agenda by themselves."),
    )  # fmt: skip
    field_order = [
        "title", "level", "day", "at", "zone", "length", "place", "link", "ours", "theirs", "guests", "topics",
    ]  # fmt: skip

    def __init__(self, *args: Any, dealer: Dealer, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        if by.is_dealers:
            self.fields["ours"].label = _("From %(party)s") % {"party": settings.MANUFACTURER_NAME}
            self.fields["theirs"].label = _("From your company")
            self.fields["guests"].label = _("Other guests of yours")
        able = staff_able_to("communications.view_meeting", dealer)
        # A dealer asks for his account manager; whom else we bring is ours to say.
        ours = able if by.is_ours else [one for one in able if one.pk == dealer.manager_id] or able
        theirs = list(Person.objects.visible_to(by).filter(dealer=dealer, is_active=True).order_by("name", "pk"))
        self._people = {one.public_id: one for one in (*ours, *theirs)}
        self._offer("ours", ours)
        self._offer("theirs", theirs)
        heads = {one.pk for one in people.executives(dealer)}
        self.initial.setdefault("ours", [one.public_id for one in ours if one.pk == (by.pk if by.is_ours else
                                                                                    dealer.manager_id)])  # fmt: skip
        self.initial.setdefault("theirs", [one.public_id for one in theirs if one.pk in heads])
        self.initial.setdefault("zone", dealer.time_zone)
        self.initial.setdefault("level", Meeting.Level.WORKING)

    def _offer(self, name: str, found: list[Person]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(one.public_id, _named(one)) for one in found]

    def proposal(self) -> dict[str, Any]:
        """What `meetings.propose` takes."""
        data = self.cleaned_data
        return {
            "when": self.when(), "title": data["title"], "level": data["level"],
            "attendees": [self._people[one] for one in (*data["ours"], *data["theirs"])],
            "guests": data["guests"],
            "topics": [line.strip()[:160] for line in data["topics"].splitlines() if line.strip()],
        }  # fmt: skip


def _named(person: Person) -> str:
    return _("%(name)s, %(title)s") % {"name": person.name, "title": person.title} if person.title else person.name


class TopicForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Topic"), max_length=160)
    minutes = forms.IntegerField(label=gettext_lazy("Duration, minutes"), min_value=1, max_value=480, initial=15)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=pgettext_lazy("written for colleagues", "Note"), widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For our own people only. The dealer never reads it."),
    )  # fmt: skip
