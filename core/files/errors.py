from core.errors import Refused


class Unacceptable(Refused):
    """We do not keep this file. The text says what is wrong with it and what to send instead."""

    status = 422
