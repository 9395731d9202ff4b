"""Internal notes: our people only. A dealer's address bar finds nothing here."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from core.doors import Audience, door
from dealers.forms.notes import NoteForm
from dealers.models import InternalNote
from dealers.requests import PortalRequest
from dealers.services import notes
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil

MOST = 100


@door(Audience.STAFF, "dealers.dealer", permission="dealers.view_internalnote", methods=BOTH)
def note_list(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    may_add = request.user.has_perm("dealers.add_internalnote")
    if request.method == "POST" and not may_add:
        raise PermissionDenied
    form = NoteForm(request.POST or None)
    if form.is_valid() and fulfil(form, lambda: notes.write(dealer, by=request.user, text=form.cleaned_data["text"])):
        messages.success(request, _("The note is on file, for our people only."))
        return redirect("dealers:notes", dealer.public_id)
    found = InternalNote.objects.visible_to(request.user).filter(dealer=dealer).select_related("author")
    return file_page(
        request, dealer, "notes", "dealers/notes.html", form=form if may_add else None, notes=found[:MOST]
    )  # fmt: skip
