"""Announcements, for our people: write, look whom it reaches, publish, see who has read it, correct, withdraw."""

import copy
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from communications.announcement_tables import ANNOUNCEMENTS, CHIPS, READERS
from communications.forms.announcements import AnnouncementForm
from communications.models import Announcement, AnnouncementCopy
from communications.services import announcements
from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import GIVEN_OUT, answer
from core.listing import show
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.services.people import executives_by_dealer
from dealers.views.frame import BOTH, fulfil, status_of

KIND, DRAFT = "communications.announcement", "communications.announcement:draft"
VIEW, ADD, CHANGE, PUBLISH = (f"communications.{word}_announcement" for word in ("view", "add", "change", "publish"))
NAMED = 24  # dealers that are named before it goes out; the others are counted
State = Announcement.State


@door(Audience.STAFF, permission=VIEW)
def announcement_list(request: PortalRequest) -> HttpResponse:
    return show(request, ANNOUNCEMENTS, may_add=request.user.has_perm(ADD))


@door(Audience.STAFF, permission=VIEW)
def readers(request: PortalRequest) -> HttpResponse:
    return show(request, READERS)


@door(Audience.STAFF, permission=VIEW)
def readers_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, READERS, file_format)


def _find(request: PortalRequest, public_id: str) -> Announcement:
    found = Announcement.objects.visible_to(request.user).select_related("author", "territory", "line", "replaces")
    return get_object_or_404(found, public_id=public_id)


@door(Audience.STAFF, KIND, permission=VIEW)
def announcement(request: PortalRequest, public_id: str) -> HttpResponse:
    """A draft shows whom it would reach; a published one, who has read it."""
    one, user = _find(request, public_id), request.user
    context: dict[str, Any] = {
        "one": one,
        "chip": CHIPS[State(one.state)],
        "newer": one.replaced_by.exclude(state=State.DRAFT).first(),
        "may_change": one.is_open() and user.has_perm(CHANGE),
        "may_publish": one.is_open() and user.has_perm(PUBLISH),
        "may_correct": one.is_out() and user.has_perm(ADD),
        "may_withdraw": one.is_out() and user.has_perm(PUBLISH),
    }
    context |= _circle(one, user) if one.is_open() else _reading(one, user)
    return render(request, "communications/announcement.html", context)


def _circle(one: Announcement, user: Any) -> dict[str, Any]:
    found = announcements.reached(one, by=user)
    people = executives_by_dealer(found.values_list("pk", flat=True))
    return {
        "reaches": found.count(),
        "people": sum(len(some) for some in people.values()),
        "named": list(found.only("name", "name_zh", "code", "public_id").order_by("sort_key", "pk")[:NAMED]),
        "seen": announcements.circle(one, by=user),
    }


def _reading(one: Announcement, user: Any) -> dict[str, Any]:
    copies = AnnouncementCopy.objects.visible_to(user).filter(announcement=one)
    return {
        "reached": copies.count(),
        "read": copies.filter(readings__isnull=False).distinct().count(),
        "confirmed": copies.filter(readings__confirmed_at__isnull=False).distinct().count(),
        "rest": copies.unread().count(),
        "may_remind": one.is_out() and user.has_perm(PUBLISH),
    }


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def write(request: PortalRequest) -> HttpResponse:
    form = AnnouncementForm(request.POST or None, request.FILES or None, user=request.user, instance=Announcement())
    made: list[Announcement] = []
    if form.is_valid() and fulfil(
        form,
        lambda: made.append(
            announcements.draft(by=request.user, upload=form.cleaned_data["upload"], **form.words())
        ),
    ):  # fmt: skip
        return redirect(made[0])
    return _form(request, form)


@door(Audience.STAFF, DRAFT, permission=CHANGE, methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    one = _find(request, public_id)
    # On a copy: what the form writes onto its row must not be taken for what stands.
    form = AnnouncementForm(
        request.POST or None, request.FILES or None, user=request.user, instance=copy.copy(one)
    )  # fmt: skip
    if form.is_valid() and fulfil(
        form,
        lambda: announcements.change(
            one, by=request.user, version=form.cleaned_data["version"] or 0, changes=form.words(),
            upload=form.cleaned_data["upload"], without_file=form.cleaned_data.get("without_file", False),
        ),
    ):  # fmt: skip
        messages.success(request, _("The draft is saved."))
        return redirect(one)
    return _form(request, form, one=one)


def _form(request: PortalRequest, form: AnnouncementForm, **context: Any) -> HttpResponse:
    return render(
        request, "communications/announcement_form.html", {"form": form} | context, status=status_of(form)
    )  # fmt: skip


@door(Audience.STAFF, DRAFT, permission=CHANGE, methods=("POST",))
def discard(request: PortalRequest, public_id: str) -> HttpResponse:
    one = _find(request, public_id)
    if _try(request, lambda: announcements.discard(one, by=request.user), _("The draft is thrown away.")):
        return redirect("communications:announcements")
    return redirect(one)


@door(Audience.STAFF, DRAFT, permission=PUBLISH, methods=("POST",))
def publish(request: PortalRequest, public_id: str) -> HttpResponse:
    """The page sends what it has shown: nobody is reached who was not."""
    one = _find(request, public_id)
    seen = request.POST.get("seen", "")
    _try(request, lambda: announcements.publish(one, by=request.user, seen=seen), _("The announcement is out."))
    return redirect(one)


@door(Audience.STAFF, KIND, permission=ADD, methods=("POST",))
def correct(request: PortalRequest, public_id: str) -> HttpResponse:
    one, begun = _find(request, public_id), []
    if _try(
        request, lambda: begun.append(announcements.correct(one, by=request.user)),
        _("Correct the words, then publish: it takes the place of the former one."),
    ):  # fmt: skip
        return redirect("communications:announcement_edit", begun[0].public_id)
    return redirect(one)


@door(Audience.STAFF, KIND, permission=PUBLISH, methods=BOTH)
def withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    one, form = _find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("The dealers read it.")
    if form.is_valid() and fulfil(
        form, lambda: announcements.withdraw(one, by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("The announcement is withdrawn. Everybody it reached is told."))
        return redirect(one)
    return render(
        request, "communications/announcement_withdraw.html", {"form": form, "one": one}, status=status_of(form)
    )


@door(Audience.STAFF, KIND, permission=PUBLISH, methods=("POST",))
def remind(request: PortalRequest, public_id: str) -> HttpResponse:
    one = _find(request, public_id)
    _try(
        request, lambda: announcements.ask_again(one, by=request.user),
        _("Whoever has not read it is reminded within a quarter of an hour, each once."),
    )  # fmt: skip
    return redirect(one)


def _try(request: PortalRequest, verb: Any, done: str) -> bool:
    try:
        verb()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


@door(Audience.STAFF, KIND, permission=VIEW)
def attachment(request: PortalRequest, public_id: str) -> FileResponse:
    return give(_find(request, public_id))


def give(one: Announcement) -> FileResponse:
    """Always an attachment, of the type that we found."""
    if not one.sha256:
        raise Http404
    try:
        content = one.path().open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content, as_attachment=True, filename=one.file_name, content_type=one.content_type, headers=GIVEN_OUT
    )
