"""The lists of this room: dealers, and the catalogue of products and terminals."""

from dealers.tables.catalogue import PRODUCTS, TERMINALS
from dealers.tables.dealers import DEALERS

__all__ = ["DEALERS", "PRODUCTS", "TERMINALS"]
