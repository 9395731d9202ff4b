"""People at the dealer: whom one calls, and who may sign in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from dealers.forms.contacts import ContactForm
from dealers.models import Contact
from dealers.requests import PortalRequest
from dealers.services import contacts
from dealers.views import people
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil, status_of


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_contact")
def contact_list(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    found = Contact.objects.visible_to(request.user).filter(dealer=dealer)
    return file_page(
        request, dealer, "people", "dealers/contacts.html",
        contacts=found.filter(is_archived=False),
        archived=found.filter(is_archived=True),
        may_add=request.user.has_perm("dealers.add_contact") and not dealer.is_archived(),
        may_change=request.user.has_perm("dealers.change_contact"),
        **people.listing(request, dealer),
    )  # fmt: skip


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.add_contact", methods=BOTH)
def contact_add(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = ContactForm(request.POST or None)
    if form.is_valid() and fulfil(form, lambda: contacts.add(dealer, by=request.user, **form.cleaned_data)):
        messages.success(request, _("%(name)s is on file.") % {"name": form.cleaned_data["name"]})
        return redirect("dealers:contacts", dealer.public_id)
    context = {"form": form, "dealer": dealer, "contact": None}
    return render(request, "dealers/contact_form.html", context, status=status_of(form))


@door(Audience.PORTAL, "dealers.contact", permission="dealers.change_contact", methods=BOTH)
def contact_edit(request: PortalRequest, public_id: str) -> HttpResponse:
    contact = _find(request, public_id)
    form = ContactForm(request.POST or None, instance=_find(request, public_id))
    if form.is_valid() and fulfil(form, lambda: contacts.change(contact, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("dealers:contacts", contact.dealer.public_id)
    context = {"form": form, "dealer": contact.dealer, "contact": contact}
    return render(request, "dealers/contact_form.html", context, status=status_of(form))


@door(Audience.PORTAL, "dealers.contact", permission="dealers.change_contact", methods=("POST",))
def contact_archive(request: PortalRequest, public_id: str) -> HttpResponse:
    contact = _find(request, public_id)
    try:
        contacts.archive(contact, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s is archived.") % {"name": contact.name})
    return redirect("dealers:contacts", contact.dealer.public_id)


def _find(request: PortalRequest, public_id: str) -> Contact:
    return get_object_or_404(Contact.objects.visible_to(request.user).select_related("dealer"), public_id=public_id)
