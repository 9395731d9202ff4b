"""The address of a list: its whole state. Every link of the page is this address with one thing changed."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict

PLACE = ("after", "before", "last", "row")  # where in the list; any other change starts again from the top
OWN = (*PLACE, "sort", "pane")


class Address:
    def __init__(self, path: str, query: QueryDict) -> None:
        self.path = path
        self._pairs = [(name, value) for name, values in query.lists() for value in values if value.strip()]

    def get(self, name: str) -> str:
        return next((value for own, value in reversed(self._pairs) if own == name), "")

    @property
    def filters(self) -> list[tuple[str, str]]:
        """What narrows the list, as it stands in the address."""
        return [(name, value) for name, value in self._pairs if name not in OWN]

    @property
    def query(self) -> str:
        """The filters and the order: what an export repeats."""
        return urlencode([pair for pair in self._pairs if pair[0] not in PLACE and pair[0] != "pane"])

    def carried(self, *without: str) -> list[tuple[str, str]]:
        """What a form on the page hands on as hidden fields."""
        return [pair for pair in self._pairs if pair[0] not in without and pair[0] not in PLACE and pair[0] != "pane"]

    def here(self) -> str:
        return self._url(pair for pair in self._pairs if pair[0] != "pane")

    def at(self, **place: str | int | None) -> str:
        """The same list at another place."""
        return self._url([*self.carried(), *((name, str(value)) for name, value in place.items() if value is not None)])

    def sorted_by(self, code: str) -> str:
        return self._url([*self.carried("sort"), ("sort", code)])

    def without(self, *names: str) -> str:
        return self._url(self.carried(*names))

    def unfiltered(self) -> str:
        return self._url(pair for pair in self.carried() if pair[0] == "sort")

    def with_pane(self) -> str:
        return self._url([*self.carried(), ("pane", "1")])

    def _url(self, pairs: Iterable[tuple[str, str]]) -> str:
        query = urlencode(list(pairs))
        return f"{self.path}?{query}" if query else self.path
