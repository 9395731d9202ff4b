"""Deputies: who decides and signs for me while I am away. Administrators name them for others too."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import NotYours, Refused
from dealers.forms.deputies import DeputyForm
from dealers.models import Deputy, Person, User
from dealers.requests import PortalRequest
from dealers.services import deputies
from dealers.views.frame import BOTH, fulfil, status_of


@door(Audience.STAFF, methods=BOTH)
def deputy_list(request: PortalRequest) -> HttpResponse:
    """One's own deputy, and for administrators that of the person whom `for` names."""
    user = request.user
    person = _whom(request)
    decides = deputies.titles_of(person)
    form = DeputyForm(request.POST or None, user=user, person=person) if decides else None
    if request.method == "POST" and form is None:
        raise PermissionDenied
    if form is not None and request.method == "POST" and form.is_valid():
        name = partial(deputies.name, person, by=user, **form.cleaned_data)
        if fulfil(form, name):
            messages.success(request, _("%(person)s is told.") % {"person": form.cleaned_data["deputy"]})
            return redirect(_address(request, person))
    standing = Deputy.objects.visible_to(user).standing().select_related("person", "deputy").order_by("starts_at")
    context: dict[str, Any] = {
        "person": person,
        "is_own": person.pk == user.pk,
        "form": form,
        "has_candidates": form is not None and form.fields["deputy"].queryset.exists(),  # type: ignore[attr-defined]
        "decides": decides,
        "rows": [(one, _may_end(one, request)) for one in standing],
        "people": deputies.who_decide() if user.has_perm("dealers.administer") else (),
    }
    return render(request, "dealers/deputies.html", context, status=status_of(form) if form is not None else 200)


@door(Audience.STAFF, "dealers.deputy", methods=("POST",))
def deputy_end(request: PortalRequest, public_id: str) -> HttpResponse:
    deputy = get_object_or_404(Deputy.objects.visible_to(request.user), public_id=public_id)
    try:
        deputies.withdraw(deputy, by=request.user)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Ended. The people concerned are told."))
    return redirect("dealers:deputies")


def _whom(request: PortalRequest) -> Person:
    people = Person.objects.visible_to(request.user).filter(kind=User.Kind.STAFF)
    wanted = request.GET.get("for", "")
    if not wanted:
        return get_object_or_404(people, pk=request.user.pk)
    if not request.user.has_perm("dealers.administer"):
        raise Http404
    return get_object_or_404(people, public_id=wanted)


def _address(request: PortalRequest, person: Person) -> str:
    own = reverse("dealers:deputies")
    return own if person.pk == request.user.pk else f"{own}?for={person.public_id}"


def _may_end(deputy: Deputy, request: PortalRequest) -> bool:
    return request.user.pk in {deputy.person_id, deputy.deputy_id} or request.user.has_perm("dealers.administer")
