"""The verbs of this room. Order of locks: the meeting, then what hangs on it."""
