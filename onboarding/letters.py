"""Letters to applicants. They have no account, so their mail goes the way of the account doors' letters."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Letter
from dealers.services import letters
from dealers.services.letters import Written
from onboarding.models import Answer, Application
from onboarding.services import links

NEWS, LINKS, END = "application_news", "application_links", "application_end"


def post_news(application: Application) -> None:
    """Tell the applicant how his application stands; who left no e-mail address looks at his link."""
    if application.email:
        _post(NEWS, application.public_id)


def post_end(application: Application) -> None:
    """Tell who has begun and not sent until when it is kept."""
    _post(END, application.public_id)


def post_links(email: str) -> None:
    """Send somebody the links to his applications. Noted alike for addresses that nobody applied with."""
    _post(LINKS, email.strip().lower())


def _post(what: str, name: str) -> None:
    with acting(None):  # letters belong to the account doors, whoever is served
        letters.post(what, name=name)


@letters.writes(NEWS)
def _news(letter: Letter) -> Written | None:
    with acting(Role.JOBS):
        found = access.rows_of(Application).filter(public_id=letter.name).select_related("opening").first()
        if found is None or not found.email:
            return None
        application = _renewed(found)
        answer = access.rows_of(Answer).filter(application=found).order_by("-at", "-pk").first()
        facts = {
            "application": application, "opening": found.opening, "answer": answer,
            "url": links.address_of(application),
        }  # fmt: skip
        return found.email, found.language, "application_news", facts


@letters.writes(END)
def _end(letter: Letter) -> Written | None:
    """Nothing any more when he has gone on, sent it, or withdrawn it meanwhile. The letter itself does not prolong."""
    with acting(Role.JOBS):
        found = access.rows_of(Application).filter(public_id=letter.name).select_related("opening").first()
        if found is None or not found.email or found.state != Application.State.DRAFT:
            return None
        if found.link_expires_at != found.told_of_end:
            return None
        links.mint_until(found, until=found.link_expires_at)
        found.save(update_fields=["token_hash", "link_expires_at"])
        facts = {"application": found, "opening": found.opening, "url": links.address_of(found)}
        return found.email, found.language, "application_end", facts


@letters.writes(LINKS)
def _links(letter: Letter) -> Written | None:
    with acting(Role.JOBS):
        found = list(
            access.rows_of(Application).filter(email=letter.name).select_related("opening").order_by("-created_at")[:10]
        )
        if not found:
            return None
        facts = {"links": [(one.opening, one, links.address_of(_renewed(one))) for one in found],
                 "openings_url": settings.SITE_URL + reverse("onboarding:apply_openings")}  # fmt: skip
        return letter.name, found[0].language, "application_links", facts


def _renewed(application: Application) -> Application:
    """With a link that opens from now on. Its hash is stored before the letter is out, never the other way."""
    links.renew(application, now=timezone.now())
    fields = ["link_version", "token_hash", "link_expires_at"]
    application.save(update_fields=fields)
    return application
