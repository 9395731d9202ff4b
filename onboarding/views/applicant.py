"""The applicant's own pages, opened by the secret in his link: the steps, the papers, and how it stands."""

import copy
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.database.context import acting
from core.database.roles import Role
from core.doors import Audience, door
from core.errors import Refused
from core.files.errors import Unacceptable
from dealers.services.links import hash_of
from dealers.views.frame import status_of
from onboarding.forms.applicant import BusinessForm, CompanyForm, ContactForm, LinkForm, PaperForm, brand_formset
from onboarding.models import Application, ApplicationFile
from onboarding.services import applicants
from onboarding.services.decisions import SIGNATURES
from onboarding.views.public import throttled

BOTH = ("GET", "POST")
STEPS = {
    "contact": pgettext_lazy("step of an application", "Contact"),
    "company": pgettext_lazy("step of an application", "Company"),
    "business": pgettext_lazy("step of an application", "Business"),
    "documents": pgettext_lazy("step of an application", "Documents"),
    "check": pgettext_lazy("step of an application", "Check and send"),
}
State = Application.State
CHIPS = {
    State.DRAFT: "now",
    State.SUBMITTED: "now",
    State.SCREENING: "now",
    State.IN_APPROVAL: "now",
    State.SENT_BACK: "warn",
    State.APPROVED: "good",
    State.REJECTED: "",
    State.WITHDRAWN: "",
}
# What happens next, in the applicant's words.
NEXT = {
    State.DRAFT: gettext_lazy("Fill in what is missing, check it, and send it."),
    State.SUBMITTED: gettext_lazy("It has arrived. We look at it and get in touch with you."),
    State.SCREENING: gettext_lazy("We look at your company, visit you, and ask in the market."),
    State.IN_APPROVAL: gettext_lazy("Three people decide, one after the other. You read each reason here."),
    State.SENT_BACK: gettext_lazy("We ask you to add something before we decide. Read why, add it, and send again."),
    State.APPROVED: gettext_lazy("We draft the contract and invite you to the portal, where you read and sign it."),
    State.REJECTED: gettext_lazy("Nothing more happens. You may apply for another opening."),
    State.WITHDRAWN: gettext_lazy("Nobody works on it any more. You may apply again."),
}
type Page = Callable[[HttpRequest, Application], HttpResponse]


def by_link(page: Page) -> Callable[..., HttpResponse]:
    """Find the application by the secret, under the wall that lets this visitor see no other."""

    @wraps(page)
    def opened(request: HttpRequest, secret: str) -> HttpResponse:
        if limited := throttled(request, "apply_page", get=True):
            return limited
        with acting(Role.PUBLIC, application=hash_of(secret)):
            found = Application.objects.select_related("opening__territory").prefetch_related("opening__lines__line")
            application = found.first()
            if application is None:
                return render(request, "onboarding/link_over.html", status=HTTPStatus.NOT_FOUND)
            response = page(request, application)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return opened


# ---- steps -----------------------------------------------------------------------------------
@door(Audience.PUBLIC, methods=BOTH)
@by_link
def contact(request: HttpRequest, application: Application) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=_copy(application))
    return _step(request, application, form, "contact")


@door(Audience.PUBLIC, methods=BOTH)
@by_link
def company(request: HttpRequest, application: Application) -> HttpResponse:
    form = CompanyForm(request.POST or None, instance=_copy(application))
    return _step(request, application, form, "company")


@door(Audience.PUBLIC, methods=BOTH)
@by_link
def business(request: HttpRequest, application: Application) -> HttpResponse:
    form = BusinessForm(request.POST or None, instance=_copy(application))
    carried = application.brands.values("brand", "products", "relation", "share_percent")
    formset = brand_formset(request.POST or None, carried)
    brands = formset.brands() if formset.is_valid() else None
    return _step(
        request, application, form, "business", formset=formset,
        save=lambda typed: applicants.save_business(application, brands or (), **typed),
        is_sound=brands is not None,
    )  # fmt: skip


def _step(
    request: HttpRequest, application: Application, form: Any, step: str, *, save: Any = None, is_sound: bool = True,
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """Keep what was typed and go on; what is wrong is said beside it, with everything still typed in."""
    if closed := _closed(request, application):
        return closed
    if form.is_valid() and is_sound:
        try:
            save(form.cleaned_data) if save else applicants.save(application, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _go_on(request, application, step)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    page = _context(request, application, step) | {"form": form} | context
    return render(request, f"onboarding/apply_{step}.html", page, status=status)


def _go_on(request: HttpRequest, application: Application, step: str) -> HttpResponse:
    secret = _secret(request)
    if "later" in request.POST:
        messages.success(request, _("Saved. Go on whenever you like, with your link."))
        return redirect("onboarding:apply_status", secret)
    names = list(STEPS)
    return redirect(f"onboarding:apply_{names[names.index(step) + 1]}", secret)


@door(Audience.PUBLIC, methods=BOTH)
@by_link
def documents(request: HttpRequest, application: Application) -> HttpResponse:
    """The papers. POST with `remove` takes one away, otherwise brings one."""
    if closed := _closed(request, application):
        return closed
    if "remove" in request.POST:
        return _remove(request, application)
    if request.method == "POST" and (limited := throttled(request, "apply_file")):
        return limited
    form = PaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            applicants.add_file(application, form.cleaned_data["file"], kind=form.cleaned_data["kind"])
        except Refused as refusal:
            form.add_error("file" if isinstance(refusal, Unacceptable) else None, str(refusal))
        else:
            messages.success(request, _("The file is here."))
            return redirect("onboarding:apply_documents", _secret(request))
    page = _context(request, application, "documents") | {"form": form, "files": application.files.all()}
    return render(request, "onboarding/apply_documents.html", page, status=status_of(form))


def _remove(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        applicants.remove_file(application, request.POST["remove"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The file is removed."))
    return redirect("onboarding:apply_documents", _secret(request))


@door(Audience.PUBLIC, methods=BOTH)
@by_link
def check(request: HttpRequest, application: Application) -> HttpResponse:
    """Everything on one page, with what is still needed; POST sends it."""
    if closed := _closed(request, application):
        return closed
    refusal = ""
    if request.method == "POST":
        try:
            applicants.submit(application)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Your application is sent. Thank you."))
            return redirect("onboarding:apply_status", _secret(request))
    has_licence = application.files.filter(kind=ApplicationFile.Kind.LICENCE).exists()
    lacking = [
        (label, reverse(f"onboarding:apply_{step}", args=[_secret(request)]))
        for label, step in applicants.missing(application, has_licence=has_licence)
    ]
    page = _context(request, application, "check") | _told(application) | {"lacking": lacking, "refusal": refusal}
    status = HTTPStatus.CONFLICT if refusal else HTTPStatus.OK
    return render(request, "onboarding/apply_check.html", page, status=status)


# ---- how it stands ---------------------------------------------------------------------------
@door(Audience.PUBLIC)
@by_link
def status(request: HttpRequest, application: Application) -> HttpResponse:
    answers = [(one, _who(one.step)) for one in application.answers.all()]
    context = _context(request, application, "") | _told(application)
    context |= {
        "chip": CHIPS[State(application.state)],
        "next": NEXT[State(application.state)],
        "answers": answers[::-1],
        "email_form": LinkForm() if not application.email and not application.is_over() else None,
    }
    return render(request, "onboarding/apply_status.html", context)


@door(Audience.PUBLIC, methods=("POST",))
@by_link
def leave_email(request: HttpRequest, application: Application) -> HttpResponse:
    """Who gave only a mobile number leaves an e-mail address later."""
    form = LinkForm(request.POST)
    if limited := throttled(request, "apply_link", key=request.POST.get("email", "").strip().lower()):
        return limited
    try:
        if not form.is_valid():
            raise Refused(_("This is no e-mail address. Type it again."))
        applicants.leave_email(application, email=form.cleaned_data["email"])
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept. Your link is on its way to this address."))
    return redirect("onboarding:apply_status", _secret(request))


@door(Audience.PUBLIC, methods=("POST",))
@by_link
def withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        applicants.withdraw(application)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your application is withdrawn."))
    return redirect("onboarding:apply_status", _secret(request))


def _who(step: int) -> str:
    """Whose signature it is, never who gave it."""
    return str(SIGNATURES[step - 1].title)


def _secret(request: HttpRequest) -> str:
    """The secret that opened the page: still good when the portal's key was changed and new ones come out otherwise."""
    secret: str = request.resolver_match.kwargs["secret"]  # type: ignore[union-attr]  # a view has been found
    return secret


def _closed(request: HttpRequest, application: Application) -> HttpResponse | None:
    """Whoever opens a step after it was sent is led to how it stands."""
    if application.is_editable():
        return None
    words = {"state": application.get_state_display()}
    messages.error(request, _("Your application is “%(state)s” and cannot be changed now.") % words)
    return redirect("onboarding:apply_status", _secret(request))


def _context(request: HttpRequest, application: Application, step: str) -> dict[str, Any]:
    return {
        "application": application,
        "opening": application.opening,
        "secret": _secret(request),
        "address": settings.SITE_URL + reverse("onboarding:apply_status", args=[_secret(request)]),
        "wizard": wizard(_secret(request), step),
    }


def _told(application: Application) -> dict[str, Any]:
    return {"brands": application.brands.all(), "files": application.files.all()}


def wizard(secret: str, current: str) -> list[dict[str, str]]:
    """The steps with where one stands; before the first is kept, the others cannot be gone to."""
    names = list(STEPS)
    place = names.index(current) if current in names else len(names)
    return [
        {
            "title": str(STEPS[name]),
            "state": "now" if name == current else ("done" if number < place else ""),
            "url": reverse(f"onboarding:apply_{name}", args=[secret]) if secret else "",
        }
        for number, name in enumerate(names)
    ]


def _copy(application: Application) -> Application:
    """A form writes onto its row while it validates: not onto the one that the page shows."""
    return copy.copy(application)
