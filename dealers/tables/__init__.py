"""The lists of this room: dealers and their customers, and the catalogue of products and terminals."""

from dealers.tables.catalogue import PRODUCTS, TERMINALS
from dealers.tables.dealers import DEALERS
from dealers.tables.outlets import MY_OUTLETS, OUTLETS

__all__ = ["DEALERS", "MY_OUTLETS", "OUTLETS", "PRODUCTS", "TERMINALS"]
