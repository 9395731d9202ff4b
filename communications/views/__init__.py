"""Pages of communications, one module per concept."""
