"""The kinds of import that the ledger brings: places and products, the dealers, what happened."""

from ledger.import_kinds import catalogue, facts, network, orders

__all__ = ["catalogue", "facts", "network", "orders"]
