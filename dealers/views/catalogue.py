"""Products for both sides; terminals and own companies for our people."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import show
from dealers.forms.catalogue import ProductForm, TerminalForm
from dealers.models import Company, Product, Terminal
from dealers.requests import PortalRequest
from dealers.services import catalogue
from dealers.tables import PRODUCTS, TERMINALS

BOTH = ("GET", "POST")


@door(Audience.PORTAL, permission="dealers.view_product")
def product_list(request: PortalRequest) -> HttpResponse:
    may_add = request.user.is_ours and request.user.has_perm("dealers.add_product")
    return show(request, PRODUCTS, may_add=may_add)


@door(Audience.PORTAL, permission="dealers.view_product")
def product_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, PRODUCTS, file_format)


@door(Audience.PORTAL, "dealers.product", permission="dealers.view_product")
def product(request: PortalRequest, public_id: str) -> HttpResponse:
    found = Product.objects.visible_to(request.user).select_related("line")
    if request.user.is_dealers:
        found = found.filter(is_sold_to_dealers=True)
    shown = get_object_or_404(found, public_id=public_id)
    context = {"product": shown, "may_change": request.user.is_ours and request.user.has_perm("dealers.change_product")}
    return render(request, "dealers/product.html", context)


@door(Audience.STAFF, permission="dealers.add_product", methods=BOTH)
def product_add(request: PortalRequest) -> HttpResponse:
    return _form(request, ProductForm, None, _("Add a product"))


@door(Audience.STAFF, "dealers.product", permission="dealers.change_product", methods=BOTH)
def product_edit(request: PortalRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Product.objects.visible_to(request.user), public_id=public_id)
    return _form(request, ProductForm, found, _("Change %(name)s") % {"name": found})


@door(Audience.STAFF, permission="dealers.view_terminal")
def terminal_list(request: PortalRequest) -> HttpResponse:
    return show(request, TERMINALS, may_add=request.user.has_perm("dealers.add_terminal"))


@door(Audience.STAFF, permission="dealers.view_terminal")
def terminal_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, TERMINALS, file_format)


@door(Audience.STAFF, permission="dealers.add_terminal", methods=BOTH)
def terminal_add(request: PortalRequest) -> HttpResponse:
    return _form(request, TerminalForm, None, _("Add a terminal"))


@door(Audience.STAFF, "dealers.terminal", permission="dealers.change_terminal", methods=BOTH)
def terminal_edit(request: PortalRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Terminal.objects.visible_to(request.user), public_id=public_id)
    return _form(request, TerminalForm, found, _("Change %(name)s") % {"name": found})


@door(Audience.STAFF, permission="dealers.view_company")
def company_list(request: PortalRequest) -> HttpResponse:
    companies = Company.objects.visible_to(request.user).order_by("is_archived", "code")
    return render(request, "dealers/company_list.html", {"companies": companies})


def _form(request: PortalRequest, form_class: Any, thing: Any, title: str) -> HttpResponse:
    back = "dealers:products" if form_class is ProductForm else "dealers:terminals"
    form = form_class(request.POST or None, user=request.user, instance=thing)
    if request.method == "POST" and form.is_valid():
        try:
            if thing is None:
                catalogue.add(form.instance, by=request.user)
            else:
                catalogue.change(thing, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(request, "dealers/catalogue_form.html", {"form": form, "title": title, "back": back})
