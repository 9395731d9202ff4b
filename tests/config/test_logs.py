"""What is logged in production is one JSON object per line, findable by request, without people's data."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator

import pytest
from django.conf import settings

from config import logs
from dealers.events import request_id


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    written = io.StringIO()
    configuration = logs.configuration(for_people=False)
    configuration["handlers"]["output"]["stream"] = written
    logging.config.dictConfig(configuration)
    yield written
    logging.config.dictConfig(settings.LOGGING)


def test_an_entry_is_one_object_with_time_level_and_request(output: io.StringIO) -> None:
    token = request_id.set("r-17")
    try:
        logging.getLogger("core.jobs").warning("The broker does not answer (%s)", "away")
    finally:
        request_id.reset(token)
    entry = json.loads(output.getvalue())
    assert entry["event"] == "The broker does not answer (away)"
    assert (entry["level"], entry["logger"], entry["request"]) == ("warning", "core.jobs", "r-17")
    assert entry["timestamp"].endswith("Z")


def test_a_failure_keeps_its_trace_on_one_line_and_says_it_once(output: io.StringIO) -> None:
    try:
        raise ValueError("first line\nsecond line")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error", extra={"status_code": 500})
    (line,) = output.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["status_code"] == 500
    assert "second line" in entry["exception"]
