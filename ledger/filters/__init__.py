"""What people narrow the lists of this room by."""
