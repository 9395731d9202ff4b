"""What an applicant does: begin, save a step, bring papers, send, withdraw. He has no account, only his link.

Everything here runs in the database role of the public, within the one application that the link opens. What our
people have to know of it is written by the jobs' role, for that one sentence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import access, formatting
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused, refuse_unsound
from core.files.errors import Unacceptable
from core.files.inspection import inspect
from dealers import events, mobile
from dealers.models import User
from onboarding import letters, reach
from onboarding.models import Application, ApplicationBrand, ApplicationFile, Handling, Opening, Step
from onboarding.models.application import FILES, OVER
from onboarding.models.approval import Outcome
from onboarding.services import links

State = Application.State
MOST_FILES = 12
MOST_BYTES = 60 * 1024 * 1024  # all papers together
MOST_BRANDS = 20
WHOLE = Decimal(100)
# What has to be there before it is sent: field -> the step of the form that asks for it.
NEEDED = {
    "contact_name": "contact",
    "legal_name": "company",
    "registration_code": "company",
    "legal_representative": "company",
    "country": "company",
    "city": "company",
    "capital": "company",
    "staff_count": "business",
    "experience_years": "business",
    "motive": "business",
}


class NotOpen(Refused):
    """The application is no longer, or not at the moment, in the applicant's hands."""


class NotForNow(Refused):
    """The opening takes no applications."""


# ---- beginning -------------------------------------------------------------------------------
@transaction.atomic
def begin(opening: Opening, **contact: Any) -> Application:
    """A new application, with the link that opens it. The wall lets nobody insert another's."""
    if not opening.is_published(on=timezone.localdate()):
        raise NotForNow(_("This opening takes no applications now. Look at what else is open."))
    application = Application(opening=opening, language=_language(), **_reachable(contact))
    links.mint(application, now=timezone.now())
    refuse_unsound(application)
    with acting(Role.PUBLIC, application=application.token_hash):
        application.save()
    letters.post_news(application)
    return application


def _language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def _reachable(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Addresses in the form in which they are compared."""
    kept = dict(contact)
    kept["email"] = kept.get("email", "").strip().lower()
    kept["mobile"] = mobile.normal(kept["mobile"]) if kept.get("mobile", "").strip() else ""
    return kept


# ---- writing ---------------------------------------------------------------------------------
@transaction.atomic
def save(application: Application, **typed: Any) -> Application:
    """Keep what was typed in one step; whatever else is missing is asked for before it is sent."""
    application = _writable(application)
    if "email" in typed or "mobile" in typed:
        typed = _reachable(typed)
    return _keep(application, typed)


@transaction.atomic
def leave_email(application: Application, *, email: str) -> Application:
    """Who gave only a mobile number leaves an address later, also while we decide: his link goes there at once."""
    application = access.lock(application)
    if application.email:
        raise Refused(_("There is an e-mail address already: %(email)s.") % {"email": application.email})
    if application.state in OVER:
        raise NotOpen(_("Your application is “%(state)s” already.") % {"state": application.get_state_display()})
    application.email = email.strip().lower()
    refuse_unsound(application)
    with acting(Role.JOBS):  # while it is screened the applicant's own role changes nothing
        access.rows_of(Application).filter(pk=application.pk).update(email=application.email)
    letters.post_news(application)
    return application


def _keep(application: Application, typed: Mapping[str, Any]) -> Application:
    for name, value in typed.items():
        setattr(application, name, value)
    application.language = _language()
    application.link_expires_at = timezone.now() + links.LIFE
    refuse_unsound(application)
    application.save(update_fields=[*typed, "language", "link_expires_at", "saved_at"])
    return application


@dataclass(frozen=True, slots=True)
class Brand:
    brand: str
    products: str = ""
    relation: str = ApplicationBrand.Relation.COMPLEMENT
    share_percent: Decimal | None = None


@transaction.atomic
def save_business(application: Application, brands: Iterable[Brand], **typed: Any) -> Application:
    """The step about the business, with the whole list of brands carried."""
    application = _writable(application)
    wanted = {one.brand.casefold(): one for one in brands}
    if len(wanted) > MOST_BRANDS:
        raise Refused(_("Name the %(most)d most important brands.") % {"most": MOST_BRANDS})
    total = sum((one.share_percent or Decimal(0) for one in wanted.values()), Decimal(0))
    if total > WHOLE:
        raise Refused(
            _("The shares of the brands add up to %(total)s%%, more than your whole sales.") % {"total": total}
        )
    application.brands.all().delete()
    for one in wanted.values():
        row = ApplicationBrand(
            application=application, brand=one.brand, products=one.products, relation=one.relation,
            share_percent=one.share_percent,
        )  # fmt: skip
        refuse_unsound(row)
        row.save()
    return _keep(application, typed)


@transaction.atomic
def add_file(application: Application, upload: "UploadedFile[bytes]", *, kind: str) -> ApplicationFile:
    """Keep a paper. What it is, is found by its content; number and size of all are limited."""
    application = _writable(application)
    data, name = upload.read(), upload.name or ""
    present = list(application.files.all())
    if len(present) >= MOST_FILES:
        raise Unacceptable(_("An application holds %(most)d files. Remove one first.") % {"most": MOST_FILES})
    if sum(one.size for one in present) + len(data) > MOST_BYTES:
        raise Unacceptable(
            _("All files together may have %(most)d MB. Remove one, or send a smaller one.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    found = inspect(data, name)
    row = ApplicationFile(
        application=application,
        kind=kind,
        file_name=found.named(name),
        content_type=found.content_type,
        size=len(data),
        sha256=FILES.put(data),  # first the file, then the row: no row ever names a missing file
    )
    if twin := next((one for one in present if one.sha256 == row.sha256), None):
        raise Unacceptable(_("This very file is already here as “%(title)s”.") % {"title": twin.file_name})
    row.save()
    _keep(application, {})
    return row


@transaction.atomic
def remove_file(application: Application, public_id: str) -> None:
    application = _writable(application)
    found = application.files.filter(public_id=public_id).first()
    if found is None:
        raise Refused(_("This file is no longer here."))
    found.delete()  # its content is swept when no row names it
    _keep(application, {})


def _writable(application: Application) -> Application:
    application = access.lock(application)
    if not application.is_editable():
        raise NotOpen(
            _("Your application is “%(state)s” and cannot be changed now.") % {"state": application.get_state_display()}
        )
    return application


# ---- sending ---------------------------------------------------------------------------------
def missing(application: Application, *, has_licence: bool) -> list[tuple[str, str]]:
    """What is still needed before it is sent: (label, step of the form)."""
    fields = {one.name: one for one in Application._meta.concrete_fields}
    found = [
        (str(fields[name].verbose_name), step)
        for name, step in NEEDED.items()
        if getattr(application, name) in (None, "")
    ]
    return found if has_licence else [*found, (str(ApplicationFile.Kind.LICENCE.label), "documents")]


@transaction.atomic
def submit(application: Application) -> Application:
    """Send it, for the first time or with what was asked for. Our people are told in the same transaction."""
    application = _writable(application)
    is_again = application.state == State.SENT_BACK
    if not is_again and not application.opening.is_published(on=timezone.localdate()):
        raise NotForNow(_("This opening takes no applications any more. Look at what else is open."))
    licences = application.files.filter(kind=ApplicationFile.Kind.LICENCE)
    if lacking := missing(application, has_licence=licences.exists()):
        words = formatting.listed(label for label, _step in lacking)
        raise Refused(_("Still needed: %(list)s.") % {"list": words})
    application.state, application.submitted_at = State.SUBMITTED, timezone.now()
    _keep(application, {"state": State.SUBMITTED, "submitted_at": application.submitted_at})
    _tell_us("application.sent_again" if is_again else "application.received", application)
    letters.post_news(application)
    return application


@transaction.atomic
def withdraw(application: Application) -> Application:
    """The applicant takes it back. A step that waits is taken back with it."""
    application = access.lock(application)
    if application.state in OVER:
        raise NotOpen(_("Your application is “%(state)s” already.") % {"state": application.get_state_display()})
    was_sent = application.submitted_at is not None
    now = timezone.now()
    application.state, application.closed_at = State.WITHDRAWN, now
    application.save(update_fields=["state", "closed_at", "saved_at"])
    if was_sent:
        with acting(Role.JOBS):
            access.rows_of(Step).filter(application=application, outcome=Outcome.WAITING).update(
                outcome=Outcome.WITHDRAWN
            )
        _tell_us("application.withdrawn", application)
    letters.post_news(application)
    return application


def _tell_us(code: str, application: Application) -> None:
    """The event, and a notice to whoever looks after the opening or the application."""
    with acting(None):
        system = User.objects.system()
    with acting(Role.JOBS, user_id=system.pk):
        handling, _is_new = access.rows_of(Handling).get_or_create(
            application=application, defaults={"owner_id": application.opening.owner_id}
        )
        who = [handling.owner] if handling.owner else reach.able_to("onboarding.work_application", application.opening)
        events.record(code, application, by=system, notify=who, data=application.opening.told)
