"""Verbs: what changes people, dealers, documents and approvals."""
