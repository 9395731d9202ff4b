"""Pages of this room: contracts with their terms and steps, targets, and the rules of law."""
