"""Taking over what was agreed on paper: contracts in force, their grants, targets and rebates."""

from contracts.import_kinds import contracts, grants, rebates, targets

__all__ = ["contracts", "grants", "rebates", "targets"]
