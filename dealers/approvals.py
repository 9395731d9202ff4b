"""Kinds of decision: their steps, what the decider gets to see, and what follows from the outcome.

Each room declares its kinds in `approval_kinds.py`. The verbs are in `services/approvals.py`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from dealers.models import User

type Text = "str | Promise"
type Fact = tuple[Text, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One signature on the way: who gives it, by right, and within how many working days."""

    title: Text
    right: str
    working_days: int = 3


class ApprovalKind:
    """What is decided. Subclasses say what follows; each is called inside the decision's transaction."""

    code: ClassVar[str]
    title: ClassVar[Text]
    model: ClassVar[type[models.Model]]
    steps: ClassVar[Sequence[Step]]
    icon: ClassVar[str] = "checks"

    def approved(self, subject: Any, *, by: User) -> None:
        """The last step was approved."""
        raise NotImplementedError

    def sent_back(self, subject: Any, *, by: User) -> None:
        """Corrections are wanted; as a rule the subject stays and can be submitted again."""

    def rejected(self, subject: Any, *, by: User) -> None:
        raise NotImplementedError

    def withdrawn(self, subject: Any, *, by: User) -> None:
        raise NotImplementedError

    def asks_again(self, user: User) -> bool:
        """Whether this person has to confirm who he is before he sees and decides it."""
        return False

    def facts(self, subject: Any, user: User) -> Sequence[Fact]:
        """What the decider compares, narrowed to what this person may see."""
        return ()


_kinds: dict[str, ApprovalKind] = {}
_elsewhere: list[Callable[[User], "Iterable[Waiting]"]] = []


@dataclass(frozen=True, slots=True)
class Waiting:
    """A decision that is taken on a page of another room, for the list of what waits."""

    icon: str
    title: Text
    why: Text
    url: str
    due: date | None = None


def waits_elsewhere(find: "Callable[[User], Iterable[Waiting]]") -> "Callable[[User], Iterable[Waiting]]":
    """Register what else waits for a person's decision; soonest first."""
    _elsewhere.append(find)
    return find


def elsewhere(user: User) -> list[Waiting]:
    return [one for find in _elsewhere for one in find(user)]


def define(*kinds: ApprovalKind) -> None:
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"The kind of approval {kind.code} is defined twice")
        _kinds[kind.code] = kind


def kind_of(code: str) -> ApprovalKind:
    return _kinds[code]


def kinds() -> Mapping[str, ApprovalKind]:
    return dict(_kinds)


def discover() -> None:
    autodiscover_modules("approval_kinds")
