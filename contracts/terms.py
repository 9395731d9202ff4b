"""The terms of the texts that a page shows of an agreement, read through what the reader may see; each table once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Q

from contracts import rules
from contracts.models import Contract, Grant, PriceLimit, RebateTerm, ReviewRhythm, Target
from contracts.rules import Rules


class _Term(Protocol):
    contract_id: int


def _by_text[T: _Term](found: Iterable[T]) -> Mapping[int, list[T]]:
    by_text: dict[int, list[T]] = {}
    for one in found:
        by_text.setdefault(one.contract_id, []).append(one)
    return by_text


class Terms:
    """By the key of the text they hang on."""

    def __init__(self, texts: Sequence[Contract], user: Any, *, on: date) -> None:
        self.texts = {one.pk: one for one in texts}
        self.user, self.on = user, on

    @cached_property
    def grants(self) -> Mapping[int, list[Grant]]:
        return _by_text(Grant.objects.visible_to(self.user).filter(contract__in=self.texts).for_page())

    @cached_property
    def targets(self) -> list[Target]:
        """Those of these texts, and those agreed in any text of their agreement that reach into their time."""
        texts = self.texts.values()
        [first] = {one.amends_id or one.pk for one in texts}
        others = Q(contract=first) | Q(contract__amends=first)
        others &= Q(status=Target.Status.AGREED, starts_on__lte=max(one.ends_on for one in texts))
        others &= Q(ends_on__gte=min(one.starts_on for one in texts))
        found = Target.objects.visible_to(self.user).filter(others | Q(contract__in=self.texts))
        found = found.exclude(status=Target.Status.WITHDRAWN).select_related("contract", "line")
        return self._of_the_dealer(found.with_months())

    @cached_property
    def rebates(self) -> Mapping[int, list[RebateTerm]]:
        found = RebateTerm.objects.visible_to(self.user).filter(contract__in=self.texts).select_related("line")
        return _by_text(self._of_the_texts(self._of_the_dealer(found.with_tiers())))

    @cached_property
    def limits(self) -> Mapping[int, list[PriceLimit]]:
        found = PriceLimit.objects.visible_to(self.user).filter(contract__in=self.texts)
        return _by_text(found.select_related("product", "line"))

    @cached_property
    def rhythms(self) -> Mapping[int, list[ReviewRhythm]]:
        return _by_text(self._of_the_texts(ReviewRhythm.objects.visible_to(self.user).filter(contract__in=self.texts)))

    @cached_property
    def rules(self) -> Mapping[str, Rules]:
        """By jurisdiction."""
        return rules.rules_of((one.jurisdiction for one in self.texts.values()), on=self.on)

    def _of_the_dealer[T: (Target, RebateTerm)](self, found: Iterable[T]) -> list[T]:
        """Whose dealer is at hand: all texts of an agreement are his."""
        rows, text = list(found), next(iter(self.texts.values()))
        for one in rows:
            one.dealer = text.dealer
        return rows

    def _of_the_texts[T: (RebateTerm, ReviewRhythm)](self, found: Iterable[T]) -> list[T]:
        """Whose texts are at hand."""
        rows = list(found)
        for one in rows:
            one.contract = self.texts[one.contract_id]
        return rows
