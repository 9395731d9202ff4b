"""Pages of people, dealers, places and products."""
