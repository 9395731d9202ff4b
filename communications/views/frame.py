"""What the pages of this room share: finding things, and a form that does one thing."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from communications.models import ActionItem, Meeting, Minutes, Topic
from contracts.views.frame import Words
from dealers.requests import PortalRequest
from dealers.views.frame import fulfil, status_of

__all__ = ["Words"]
VIEW, CHANGE, MINUTE = (f"communications.{word}_meeting" for word in ("view", "change", "minute"))
VIEW_ITEM = "communications.view_actionitem"


def find_meeting(request: PortalRequest, public_id: str) -> Meeting:
    found = Meeting.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("dealer__manager", "organiser", "previous"), public_id=public_id)


def find_topic(request: PortalRequest, public_id: str) -> Topic:
    found = Topic.objects.visible_to(request.user).select_related("meeting__dealer__manager", "meeting__organiser")
    return get_object_or_404(found.select_related("meeting__previous"), public_id=public_id)


def find_edition(request: PortalRequest, public_id: str) -> Minutes:
    found = Minutes.objects.visible_to(request.user).select_related("meeting__dealer", "sent_by", "answered_by")
    return get_object_or_404(found, public_id=public_id)


def find_item(request: PortalRequest, public_id: str) -> ActionItem:
    """With what every page of it shows. Who closed or answered it is read where it is shown: with all of them joined,
    the database takes five times as long to plan the question as to answer it."""
    found = ActionItem.objects.visible_to(request.user).select_related("dealer", "meeting", "owner")
    return get_object_or_404(found, public_id=public_id)


def form_page(
    request: PortalRequest, subject: Any, form: Any, words: Words, verb: Callable[..., object], *, back: Any = None
) -> HttpResponse:
    """Ask, `verb(subject, by=..., **what was typed)`, go back to the subject, or to `back`.

    What is refused is said beside the form, with everything still typed in.
    """
    back = back or subject
    if form.is_valid() and fulfil(form, lambda: verb(subject, by=request.user, **form.cleaned_data)):
        messages.success(request, words.done)
        return redirect(back)
    return show_form(request, form, words, back=back, dealer=subject.dealer)


def show_form(request: PortalRequest, form: Any, words: Words, **context: Any) -> HttpResponse:
    """The form's page; context: dealer, `back`, the thing it is about, where there is one, and `of_promises`, where the
    page stands among the promises rather than the meetings."""
    known = {"form": form, "words": words, "of_promises": isinstance(context.get("back"), ActionItem)}
    return render(request, "communications/form.html", known | context, status=status_of(form))
