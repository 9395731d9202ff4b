"""Decisions of this room on the list of approvals: they are taken on the application's page, beside the marks."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from dealers.approvals import Waiting, waits_elsewhere
from dealers.deputies import person_for
from dealers.models import User
from onboarding.models import Step
from onboarding.services.decisions import SIGNATURES

MOST = 50


@waits_elsewhere
def waiting_steps(user: User) -> Iterator[Waiting]:
    found = Step.objects.waiting_for(user).select_related("application__opening", "submitted_by")
    for one in found.order_by("due_on", "pk")[:MOST]:
        yield Waiting(
            "user-check",
            title_of(one),
            why_of(one, user),
            one.application.get_absolute_url(),
            one.due_on,
        )


def title_of(step: Step) -> str:
    words = {"company": step.application, "opening": step.application.opening.local_title}
    return _("Application of %(company)s for %(opening)s") % words


def why_of(step: Step, user: User) -> str:
    words = {
        "role": SIGNATURES[step.number - 1].title, "person": step.submitted_by, "reason": step.request_reason,
    }  # fmt: skip
    asked = _("As %(role)s. %(person)s asks: %(reason)s") % words
    person = person_for(user, getattr(step, "stands_for", None))
    return _("You stand in for %(person)s. %(words)s") % {"person": person, "words": asked} if person else asked
