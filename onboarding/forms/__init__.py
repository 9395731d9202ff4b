"""What is typed about openings and applications."""
