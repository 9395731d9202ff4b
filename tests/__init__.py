"""The suite: behaviour through the public way in, on a real PostgreSQL, under the roles that serve in production."""
