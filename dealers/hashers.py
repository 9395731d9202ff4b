"""Argon2id as it is meant here: about 150 ms and 64 MB a hash, and never more at once than the machine can carry."""

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

_AT_ONCE = threading.BoundedSemaphore(2)  # per process: a burst of sign-ins must not take the memory of the others


class TunedArgon2Hasher(Argon2PasswordHasher):
    """One lane, because web workers hash side by side already."""

    time_cost = 3
    memory_cost = 64 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _AT_ONCE:
            encoded: str = super().encode(password, salt)
        return encoded

    def verify(self, password: str, encoded: str) -> bool:
        with _AT_ONCE:
            verified: bool = super().verify(password, encoded)
        return verified

    def harden_runtime(self, password: str, encoded: Any) -> None:
        """Older hashes cost what they cost; they are renewed at the next sign-in."""
