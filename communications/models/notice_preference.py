"""What a person wants to be told over which channel, where that differs from the kind's own channels."""

from collections.abc import Iterable
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import system
from dealers.events import EventKind
from dealers.models import Person


class NoticePreferenceQuerySet(models.QuerySet["NoticePreference"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(person_id=user.pk)

    def chosen_by(self, people: Iterable[int]) -> "Choices":
        rows = self.filter(person_id__in=set(people)).values_list("person_id", "kind", "channel", "is_wanted")
        return Choices({(person, kind, channel): wanted for person, kind, channel, wanted in rows})


class Choices(dict[tuple[int, str, str], bool]):
    """Who wants what over which channel: as chosen, else as the kind says."""

    def wants(self, person_id: int, kind: EventKind, channel: str) -> bool:
        return self.get((person_id, kind.code, channel), channel in kind.channels)


@system
class NoticePreference(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    kind = models.CharField(_("kind of event"), max_length=60)
    channel = models.CharField(_("channel"), max_length=20)
    is_wanted = models.BooleanField(_("wanted"))

    objects = NoticePreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="communications_noticepreference_once", fields=["person", "kind", "channel"])
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel} {self.is_wanted}"
