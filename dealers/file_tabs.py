"""This room's own tabs of the dealer's file."""

from django.utils.translation import gettext_lazy as _

from dealers.models import Contact, Document, InternalNote, Outlet
from dealers.tabs import Tab, add

add(
    Tab("overview", _("Overview"), "dealers:detail", order=0, permission="dealers.view_dealer"),
    Tab(
        "people",
        _("People"),
        "dealers:contacts",
        order=80,
        permission="dealers.view_contact",
        count=lambda user, dealer: Contact.objects.visible_to(user).filter(dealer=dealer, is_archived=False),
    ),
    Tab(
        "documents",
        _("Documents"),
        "dealers:documents",
        order=82,
        permission="dealers.view_document",
        count=lambda user, dealer: Document.objects.visible_to(user).current().filter(dealer=dealer),
    ),
    Tab(
        "outlets",
        _("Customers"),
        "dealers:outlets",
        order=78,
        permission="dealers.view_outlet",
        ours_only=True,  # the dealer has a page of his own for them
        count=lambda user, dealer: Outlet.objects.visible_to(user).filter(dealer=dealer, is_archived=False),
    ),
    Tab("bank", _("Bank accounts"), "dealers:bank", order=84, permission="dealers.view_bankaccount"),
    Tab(
        "notes",
        _("Notes"),
        "dealers:notes",
        order=86,
        permission="dealers.view_internalnote",
        ours_only=True,
        count=lambda user, dealer: InternalNote.objects.visible_to(user).filter(dealer=dealer),
    ),
    Tab("timeline", _("Timeline"), "dealers:timeline", order=90, permission="dealers.view_dealer"),
)
