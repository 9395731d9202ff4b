"""Papers: a contract, minutes, a certificate as PDF, from a Typst template and facts. See `draw`."""

from core.documents.drawing import Undrawable, draw, picture

__all__ = ["Undrawable", "draw", "picture"]
