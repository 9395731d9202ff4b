"""Action items: the promise ledger. Every promise has an owner, a date and an outcome."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communications.models.meeting import Meeting, Side
from communications.models.minutes import Topic
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet


class ActionItemQuerySet(DealerOwnedQuerySet["ActionItem"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer sees an item once the minutes that hold it are sent; until then it is our draft."""
        found = super().visible_to(user)
        return found.filter(published_at__isnull=False) if getattr(user, "is_dealers", False) else found

    def open(self) -> Self:
        """Owed and not done yet; what is not accepted, or contested, is owed by nobody."""
        return self.filter(STANDS, state=ActionItem.State.OPEN)

    def overdue(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def tally(self, *, on: date) -> dict[str, int]:
        """How many promises each side kept and broke: `us_kept`, `us_broken`, `dealer_kept`, `dealer_broken`."""
        return self.published().order_by().aggregate(**_counts(on))

    def tallies(self, *, on: date) -> "models.QuerySet[ActionItem, Any]":
        """The same for each dealer who has any."""
        return self.published().order_by().values("dealer").annotate(**_counts(on))

    def for_list(self) -> Self:
        return self.select_related("dealer", "owner", "meeting")

    def to_answer(self) -> Self:
        """What dealers say that we promised, and nobody of ours has answered."""
        return self.filter(claim=ActionItem.Claim.WAITING)


def _counts(on: date) -> dict[str, Count]:
    return {
        f"{side}_{word}": Count("pk", filter=Q(side=side) & condition)
        for side in Side
        for word, condition in (("kept", KEPT), ("broken", broken(on=on)))
    }


@dealer_owned()
class ActionItem(models.Model):
    """Who does what until when. `first_due_on` is what was promised and never moves: whether a promise was kept is
    judged by it, however often the date in force (`due_on`) moved since."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("action item", "Open")
        DONE = "done", pgettext_lazy("action item", "Done")
        DROPPED = "dropped", pgettext_lazy("action item", "Released")

    class Claim(models.TextChoices):
        """How it stands with what a dealer says that we promised."""

        WAITING = "waiting", pgettext_lazy("promise", "Not accepted yet")
        ACCEPTED = "accepted", pgettext_lazy("promise", "Accepted")
        CONTESTED = "contested", pgettext_lazy("promise", "Contested")

    class Outcome(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("promise", "Not accepted yet")
        CONTESTED = "contested", pgettext_lazy("promise", "Contested")
        OPEN = "open", pgettext_lazy("promise", "Open")
        KEPT = "kept", pgettext_lazy("promise", "Kept")
        BROKEN = "broken", pgettext_lazy("promise", "Broken")
        RELEASED = "released", pgettext_lazy("promise", "Released")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="action_items", verbose_name=_("dealer"))
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="action_items", db_constraint=False,
        verbose_name=_("meeting"),
    )  # fmt: skip
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="action_items", db_constraint=False,
        verbose_name=_("topic"),
    )  # fmt: skip
    what = models.CharField(pgettext_lazy("of a task", "what"), max_length=300)
    owner = models.ForeignKey(
        Person, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("of a task", "owner")
    )
    side = models.CharField(_("side"), max_length=6, choices=Side, editable=False)
    first_due_on = models.DateField(_("promised for"), editable=False)
    due_on = models.DateField(_("due"))
    moved_reason = models.TextField(_("why the date moved"), blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, editable=False)
    closed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("closed by")
    )
    closing_note = models.TextField(_("note"), blank=True, editable=False)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", editable=False, verbose_name=_("noted by"))
    published_at = models.DateTimeField(null=True, editable=False)
    # Of a promise that the dealer noted: where it was said, and our answer.
    said_where = models.CharField(_("where it was said"), max_length=160, blank=True, editable=False)
    claim = models.CharField(_("answer"), max_length=9, choices=Claim, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("answered by")
    )
    contested_reason = models.TextField(_("why it is contested"), blank=True, editable=False)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ["due_on", "pk"]
        permissions = [
            ("complete_actionitem", _("Can mark own action items as done")),
            ("claim_actionitem", _("Can note for the dealer what was promised to him")),
        ]
        constraints = [
            models.UniqueConstraint(name="communications_actionitem_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="communications_actionitem_closed_by_somebody",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False, closed_on__isnull=False, closed_by__isnull=False)),
                violation_error_message=_("What is closed says by whom and when."),
            ),
            models.CheckConstraint(
                name="communications_actionitem_moved_says_why",
                condition=Q(due_on=F("first_due_on")) | ~Q(moved_reason=""),
                violation_error_message=_("Moving the date needs a reason."),
            ),
            models.CheckConstraint(
                name="communications_actionitem_answered_by_somebody",
                condition=Q(claim__in=["", "waiting"], answered_at__isnull=True)
                | Q(claim__in=["accepted", "contested"], answered_at__isnull=False, answered_by__isnull=False),
                violation_error_message=_("An answer names who gave it, and when."),
            ),
            models.CheckConstraint(
                name="communications_actionitem_contested_says_why",
                condition=~Q(claim="contested") | ~Q(contested_reason=""),
                violation_error_message=_("Contesting a promise needs a reason."),
            ),
            models.CheckConstraint(
                name="communications_actionitem_closed_was_owed",
                condition=Q(state="open") | Q(claim__in=["", "accepted"]),
                violation_error_message=_("Only what is owed can be done or released."),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="communications_action_due"),
            models.Index(fields=["state", "due_on", "id"], name="communications_action_state"),
            models.Index(fields=["owner", "due_on"], name="communications_action_owner", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("communications:action", args=[self.public_id])

    def outcome(self, *, on: date) -> Outcome:
        """Kept or broken, by the date that was promised first; nobody has to say it."""
        if not self.stands():
            return self.Outcome(self.claim)
        if self.closed_on is None:
            return self.Outcome.BROKEN if self.first_due_on < on else self.Outcome.OPEN
        if self.closed_on > self.first_due_on:
            return self.Outcome.BROKEN
        return self.Outcome.KEPT if self.state == self.State.DONE else self.Outcome.RELEASED

    def stands(self) -> bool:
        """Somebody owes it: what a dealer noted counts once we have accepted it."""
        return self.claim in {"", self.Claim.ACCEPTED}

    def has_moved(self) -> bool:
        return self.due_on != self.first_due_on


STANDS = Q(claim__in=["", ActionItem.Claim.ACCEPTED])
KEPT = STANDS & Q(state=ActionItem.State.DONE, closed_on__lte=F("first_due_on"))


def broken(*, on: date) -> Q:
    """The same rule as `ActionItem.outcome`, for whole sets."""
    closed_late = ~Q(state=ActionItem.State.OPEN) & Q(closed_on__gt=F("first_due_on"))
    return STANDS & (closed_late | Q(state=ActionItem.State.OPEN, first_due_on__lt=on))
