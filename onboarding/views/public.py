"""What everybody may read: the openings, and how to apply. No account, no session, the role of the public."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.doors import Audience, door
from core.errors import Refused
from dealers.views.frame import status_of
from onboarding import letters
from onboarding.forms.applicant import ContactForm, LinkForm
from onboarding.models import Application, Opening
from onboarding.services import applicants, links

BOTH = ("GET", "POST")


def throttled(request: HttpRequest, action: str, *, key: str | None = None, get: bool = False) -> HttpResponse | None:
    """The answer to whoever comes too often; None lets him on."""
    if request.method == "GET" and not get:
        return None
    answer: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action=action, key=key, limit_get=get
    )
    return answer


@door(Audience.PUBLIC)
def opening_list(request: HttpRequest) -> HttpResponse:
    """What we look for now."""
    found = Opening.objects.published(on=timezone.localdate()).select_related("territory")
    rows = found.prefetch_related("lines__line").order_by("closes_on", "pk")[:200]
    return render(request, "onboarding/public_openings.html", {"openings": rows})


@door(Audience.PUBLIC, "onboarding.opening")
def opening_page(request: HttpRequest, public_id: str) -> HttpResponse:
    return render(request, "onboarding/public_opening.html", {"opening": _published(public_id)})


@door(Audience.PUBLIC, "onboarding.opening", methods=BOTH)
def begin(request: HttpRequest, public_id: str) -> HttpResponse:
    """The first step: who is applying. From here on everything is kept, and found again by the link."""
    opening = _published(public_id)
    form = ContactForm(request.POST or None, instance=Application(opening=opening))
    if form.is_valid():
        if limited := throttled(request, "apply_begin"):
            return limited
        try:
            application = applicants.begin(opening, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("onboarding:apply_company", links.secret_of(application))
    context = {"opening": opening, "form": form, "wizard": first_step()}
    return render(request, "onboarding/apply_contact.html", context, status=status_of(form))


def first_step() -> list[dict[str, str]]:
    from onboarding.views.applicant import wizard  # which needs this module for its throttle

    return wizard("", "contact")


@door(Audience.ACCOUNT, methods=BOTH)
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Send somebody his links. The answer is the same whether or not anybody applied with the address."""
    form = LinkForm(request.POST or None)
    if form.is_valid():
        email = form.cleaned_data["email"]
        if limited := throttled(request, "apply_link", key=email.strip().lower()):
            return limited
        letters.post_links(email)
        return redirect("onboarding:apply_link_sent")
    return render(request, "onboarding/link_ask.html", {"form": form}, status=status_of(form))


@door(Audience.ACCOUNT)
def link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "onboarding/link_sent.html")


def _published(public_id: str) -> Opening:
    found = Opening.objects.published(on=timezone.localdate()).select_related("territory")
    return get_object_or_404(found.prefetch_related("lines__line"), public_id=public_id)
