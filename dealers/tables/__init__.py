"""The lists of this room: dealers and their customers, the catalogue of products and terminals,
and the trees of places and lines."""

from dealers.tables.catalogue import PRODUCTS, TERMINALS
from dealers.tables.dealers import DEALERS
from dealers.tables.outlets import MY_OUTLETS, OUTLETS
from dealers.tables.trees import LINES, TERRITORIES

__all__ = ["DEALERS", "LINES", "MY_OUTLETS", "OUTLETS", "PRODUCTS", "TERMINALS", "TERRITORIES"]
