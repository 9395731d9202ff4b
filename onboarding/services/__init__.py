"""What somebody does: open an opening, apply, screen, decide, take on as a dealer."""
