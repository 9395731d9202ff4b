"""What this room brings to the search page."""

from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from core.doors import Audience
from core.search.sources import Source, local, offer
from dealers.models import Contact, Dealer, Document, Product


def _dealers(user: Any) -> QuerySet[Dealer]:
    return Dealer.objects.visible_to(user).filter(archived_at__isnull=True)


def _contacts(user: Any) -> QuerySet[Contact]:
    return Contact.objects.visible_to(user).filter(is_archived=False)


def _documents(user: Any) -> QuerySet[Document]:
    return Document.objects.visible_to(user).current()


def _products(user: Any) -> QuerySet[Product]:
    offered = Product.objects.visible_to(user).filter(is_archived=False)
    return offered.filter(is_sold_to_dealers=True) if user.is_dealers else offered


offer(
    Source(
        "dealers",
        _("Dealers"),
        "building-store",
        visible=_dealers,
        label=lambda: local("name", "name_zh"),
        under=lambda: Concat("code", Value("  "), "city"),
        url="dealers:detail",
        right="dealers.view_dealer",
        audience=Audience.STAFF,
        list_url="dealers:list",
        order=10,
    ),
    Source(
        "contacts",
        _("Contacts"),
        "user",
        visible=_contacts,
        label=lambda: F("name"),
        under=lambda: local("dealer__name", "dealer__name_zh"),
        url="dealers:contacts",
        key="dealer__public_id",
        right="dealers.view_contact",
        order=20,
    ),
    Source(
        "documents",
        _("Documents"),
        "file-certificate",
        visible=_documents,
        label=lambda: F("title"),
        under=lambda: local("dealer__name", "dealer__name_zh"),
        url="dealers:documents",
        key="dealer__public_id",
        right="dealers.view_document",
        order=30,
    ),
    Source(
        "products",
        _("Products"),
        "package",
        visible=_products,
        label=lambda: local("name", "name_zh"),
        under=lambda: F("code"),
        url="dealers:product",
        right="dealers.view_product",
        list_url="dealers:products",
        order=40,
    ),
)
