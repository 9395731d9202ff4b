"""Which brands the dealer carries beside ours."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from dealers.forms.brands import brand_formset
from dealers.models import BrandCarried
from dealers.requests import PortalRequest
from dealers.services import brands
from dealers.views.frame import BOTH, find_dealer, status_of


@door(Audience.STAFF, "dealers.dealer", permission="dealers.change_dealer", methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    present = BrandCarried.objects.visible_to(request.user).filter(dealer=dealer)
    formset = brand_formset(request.POST or None, present.values("brand", "relation", "share_percent"))
    refusal = ""
    if formset.is_valid():
        try:
            brands.replace(dealer, formset.brands(), by=request.user)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect(dealer)
    context = {"dealer": dealer, "formset": formset, "refusal": refusal}
    return render(request, "dealers/brands.html", context, status=status_of(formset))
