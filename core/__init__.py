"""Mechanism without business nouns: database roles, doors, access, listing, search, jobs, files, change history."""
