"""Logs on standard output: lines for people in development, one JSON object per entry in production."""

from collections.abc import MutableMapping
from typing import Any

import structlog


def _with_request(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Entries of one request can be found by its number, which its events carry too."""
    from dealers.events import request_id  # the settings are read before the rooms are

    if number := request_id.get():
        entry["request"] = number
    return entry


def configuration(*, for_people: bool) -> dict[str, Any]:
    """Django's LOGGING. Whatever logs, by the standard library or by structlog, comes out in one form."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_request,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(allow=["status_code"]),  # the other extra, `request`, holds people's data
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
        if for_people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "entry": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"output": {"class": "logging.StreamHandler", "formatter": "entry"}},
        "root": {"handlers": ["output"], "level": "INFO" if not for_people else "WARNING"},
        # Django's own handlers would say everything twice, and mail a page's local variables.
        "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO"}},
    }
