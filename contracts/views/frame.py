"""What the pages of this room share: finding a contract, and a form that does one thing to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from contracts.models import Contract, Target
from dealers.requests import PortalRequest
from dealers.views.frame import fulfil, status_of


def find_contract(request: PortalRequest, public_id: str) -> Contract:
    found = Contract.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("dealer__manager", "company", "submitted_by"), public_id=public_id)


@dataclass(frozen=True, slots=True)
class Words:
    """What a form page says: its title, what follows from sending it, the button, and when it is done."""

    title: str
    verb: str
    done: str = ""
    text: str = ""
    stop: bool = False


def form_page(
    request: PortalRequest, subject: Contract | Target, form: Any, words: Words, verb: Callable[..., object]
) -> HttpResponse:
    """Ask, `verb(subject, by=..., **what was typed)`, go back to the contract.

    What is refused is said beside the form, with everything still typed in.
    """
    contract = subject.contract if isinstance(subject, Target) else subject
    if form.is_valid() and fulfil(form, lambda: verb(subject, by=request.user, **form.cleaned_data)):
        messages.success(request, words.done)
        return redirect(contract)
    return show_form(request, form, words, dealer=contract.dealer, contract=contract)


def show_form(request: PortalRequest, form: Any, words: Words, **context: Any) -> HttpResponse:
    """The form's page; context: dealer, and contract where there is one."""
    status = context.pop("status", None) or status_of(form)
    return render(request, "contracts/form.html", {"form": form, "words": words} | context, status=status)
