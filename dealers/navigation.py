"""What this room brings to the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add, count_by
from dealers.models import Approval

add(
    Entry("day", _("My day"), "home", icon="sun-high", order=0, shortcut=True),
    Entry(
        "day",
        _("Approvals"),
        "dealers:approvals",
        icon="checks",
        permission="dealers.view_approval",
        order=20,
        counters=("approvals", "application_steps"),
        shortcut=True,
    ),
    Entry("home", _("Home"), "home", icon="home", order=0, shortcut=True),
    Entry(
        "business",
        _("My file"),
        "dealers:own_file",
        icon="building-store",
        permission="dealers.view_dealer",
        order=5,
        covers=(
            "dealers:detail",
            "dealers:timeline",
            "dealers:contact*",
            "dealers:bank*",
            "dealers:documents",
            "dealers:people",
            "performance:scores",
        ),
    ),
    Entry(
        "day",
        _("Dealers"),
        "dealers:list",
        icon="building-store",
        permission="dealers.view_dealer",
        order=10,
        shortcut=True,
        covers=("dealers:contact*", "dealers:document*"),
    ),
    Entry(
        "business",
        _("My customers"),
        "dealers:my_outlets",
        icon="building-community",
        permission="dealers.view_outlet",
        order=30,
    ),
    Entry(
        "agreement",
        _("Documents"),
        "dealers:my_documents",
        icon="file-certificate",
        permission="dealers.view_document",
        order=40,
    ),
    Entry("agreement", _("Who saw your data"), "dealers:who_saw", icon="eye", order=90),
    Entry("business", _("Products"), "dealers:products", icon="package", permission="dealers.view_product", order=80),
    Entry(
        "administer",
        _("Territories"),
        "dealers:territories",
        icon="map-pin",
        permission="dealers.view_territory",
        order=10,
    ),
    Entry(
        "administer",
        _("Product lines"),
        "dealers:product_lines",
        icon="category",
        permission="dealers.view_productline",
        order=20,
    ),
    Entry("administer", _("Products"), "dealers:products", icon="package", permission="dealers.view_product", order=30),
    Entry(
        "administer",
        _("Terminals"),
        "dealers:terminals",
        icon="building-store",
        permission="dealers.view_terminal",
        order=40,
    ),
    Entry(
        "administer",
        _("Own companies"),
        "dealers:companies",
        icon="building",
        permission="dealers.view_company",
        order=50,
    ),
    Entry("administer", _("Administration"), "admin:index", icon="settings", permission="dealers.administer", order=90),
    Entry("business", _("People"), "dealers:my_people", icon="users", order=85),
    Entry("administer", _("Who covers what"), "dealers:coverage", icon="users", order=60),
    Entry(
        "administer",
        _("Deputies"),
        "dealers:deputies",
        icon="user-share",
        permission="dealers.administer",
        order=65,
    ),
)

count_by("approvals", lambda user: Approval.objects.waiting_for(user) if user.is_ours else None)
