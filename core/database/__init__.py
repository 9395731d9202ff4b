"""Logins, roles, the role context and the walls in SQL."""
