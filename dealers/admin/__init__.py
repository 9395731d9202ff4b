"""What administrators keep: people and roles, places, the catalogue. Dealers are for looking only."""

from dealers.admin import catalogue, dealers, people, places

__all__ = ["catalogue", "dealers", "people", "places"]
