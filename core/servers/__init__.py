"""The servers that the one-command start brings along: PostgreSQL and Valkey from Python packages, on unix sockets.

Nothing here has an effect at import. A server is a folder; whoever needs it calls `ensure()`, which adopts one that
already answers. Used only where DATABASE_URL or REDIS_URL is not set.
"""
