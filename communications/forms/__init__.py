"""What people type about meetings and promises."""
