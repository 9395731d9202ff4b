"""What of this room somebody should know now: decisions that wait, what arrives, next steps, whom to invite."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from core import formatting
from dealers import briefing
from dealers.briefing import Place, Reader, Section, Work
from dealers.models import Contact, Invitation, Person
from onboarding.approval_kinds import title_of, why_of
from onboarding.models import Application, Handling, Step
from onboarding.models.application import RUNNING
from onboarding.pages import invite_url

State = Application.State
DAY = (Place.DAY,)


def _to_decide(reader: Reader) -> QuerySet[Step]:
    waiting = Step.objects.waiting_for(reader.user).select_related("application__opening", "submitted_by")
    return waiting.order_by("due_on", "pk")[: reader.cut]


@briefing.work(order=11, places=DAY, permission="onboarding.view_application", asks=(_to_decide,))
def decisions(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_to_decide):
        yield Work(
            "user-check",
            title_of(one),
            why=why_of(one, reader.user),
            url=one.application.get_absolute_url(),
            due=one.due_on,
            action=_("Review"),
            section=Section.DECIDE,
        )


def _untouched(reader: Reader) -> QuerySet[Application]:
    """What nobody looks at yet: by the person it was meant for, else by everybody who screens here."""
    found = Application.objects.visible_to(reader.user).filter(state=State.SUBMITTED)
    mine = found.filter(handling__owner=reader.user.pk) | found.filter(handling__owner__isnull=True)
    return mine.select_related("opening").order_by("submitted_at")[: reader.cut]


@briefing.work(order=40, places=DAY, permission="onboarding.work_application", asks=(_untouched,))
def arrived(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_untouched):
        yield Work(
            "inbox",
            _("Application of %(company)s") % {"company": one},
            why=_("For %(opening)s, sent %(ago)s.")
            % {"opening": one.opening.local_title, "ago": formatting.ago(one.submitted_at or timezone.now())},
            url=one.get_absolute_url(),
            action=_("Open"),
            section=Section.TODAY,
        )


def _planned(reader: Reader) -> QuerySet[Handling]:
    mine = Handling.objects.visible_to(reader.user).filter(owner=reader.user.pk, next_on__lte=reader.on)
    running = mine.filter(application__state__in=RUNNING).exclude(next_step="")
    return running.select_related("application__opening").order_by("next_on")[: reader.cut]


@briefing.work(order=41, places=DAY, permission="onboarding.work_application", asks=(_planned,))
def next_steps(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_planned):
        yield Work(
            "arrow-right",
            _("%(company)s: %(step)s") % {"company": one.application, "step": one.next_step},
            why=one.application.opening.local_title,
            url=one.application.get_absolute_url(),
            due=one.next_on,
            action=_("Open"),
            section=Section.LATE if one.next_on and one.next_on < reader.on else Section.TODAY,
        )


def _without_account(reader: Reader) -> QuerySet[Any]:
    """Who was taken on and cannot sign in yet: without an account he cannot read the contract."""
    taken = Handling.objects.visible_to(reader.user).filter(reader.theirs)
    invited = Invitation.objects.visible_to(reader.user).filter(dealer__isnull=False).order_by()
    people = Person.objects.visible_to(reader.user).filter(dealer__isnull=False).order_by()
    taken = taken.exclude(dealer__in=invited.values("dealer")).exclude(dealer__in=people.values("dealer"))
    signatories = Contact.objects.visible_to(reader.user).filter(dealer=OuterRef("dealer"), signs_contracts=True)
    first = Subquery(signatories.order_by("pk").values("public_id")[:1])
    return taken.annotate(signatory=first).select_related("application", "dealer").order_by("pk")[: reader.cut]


@briefing.work(order=42, places=(Place.DAY, Place.FILE), permission="dealers.add_invitation", asks=(_without_account,))
def to_invite(reader: Reader) -> Iterator[Work]:
    for one in reader.rows(_without_account):
        yield Work(
            "mail-forward",
            _("Invite %(person)s of %(dealer)s")
            % {"person": one.application.contact_name, "dealer": one.application.legal_name},
            why=_("Approved, but nobody there has an account yet."),
            url=invite_url(one.dealer, one.signatory or "", one.application.language) if one.dealer else "",
            action=_("Invite"),
            section=Section.TODAY,
            dealer_id=one.dealer_id,
        )
