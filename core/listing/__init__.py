"""Lists: one module for every table of the portal that people page, sort, filter and take away.

    DEALERS = register(Listing("dealers", _("Dealers"), rows=..., columns=(...), filters=DealerFilter, sort="name"))

    def dealer_list(request):
        return show(request, DEALERS)

The whole state of a list stands in its address; `keyset` pages, `filters` narrows, `page` reads the address.
"""

from core.listing.columns import Column, Empty, Listing, Sort, Total, all_listings, discover, find, register
from core.listing.filters import ListFilter
from core.listing.page import Page, narrowed, open_page, show, show_page

__all__ = [
    "Column",
    "Empty",
    "ListFilter",
    "Listing",
    "Page",
    "Sort",
    "Total",
    "all_listings",
    "discover",
    "find",
    "narrowed",
    "open_page",
    "register",
    "show",
    "show_page",
]
