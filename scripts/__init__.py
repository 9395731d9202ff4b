"""Tools for whoever works on the portal; nothing here runs in production."""
