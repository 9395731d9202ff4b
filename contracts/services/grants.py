"""Granting a piece of the market in a draft. The database decides what crosses; here it is said in words."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from contracts.models import Contract, Grant, GrantException, GrantTerminal
from contracts.services.drafts import open_draft
from core import access, formatting
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Dealer, Terminal, Territory, User

NOBODY_ELSE, ONE_IN_FORCE = "contracts_grant_nobody_else", "contracts_contract_one_in_force"


@transaction.atomic
def grant(
    contract: Contract,
    *,
    by: User,
    exceptions: Sequence[Territory] = (),
    terminals: Sequence[Terminal] = (),
    **fields: Any,
) -> Grant:
    """Grant a territory (less its exceptions and terminals), or named terminals, for the contract's term."""
    contract = open_draft(contract, by=by)
    made = Grant(contract=contract, dealer_id=contract.dealer_id, **_term(contract) | fields)
    _refuse_senseless(made, contract, exceptions, terminals)
    refuse_unsound(made)
    made.save()
    shared: dict[str, Any] = {"grant": made, "dealer_id": contract.dealer_id}
    GrantException.objects.bulk_create(GrantException(territory=one, **shared) for one in exceptions)
    GrantTerminal.objects.bulk_create(GrantTerminal(terminal=one, **shared) for one in terminals)
    place([made])
    events.record("grant.added", contract, by=by, data={"grant": label_of(made, terminals)})
    return made


@transaction.atomic
def take_out(made: Grant, *, by: User) -> None:
    """Take a grant out of a draft again."""
    contract = open_draft(made.contract, by=by)
    made = access.lock(made)
    label = label_of(made, [one.terminal for one in made.terminals.select_related("terminal")])
    made.exceptions.all().delete()
    made.terminals.all().delete()
    made.delete()
    events.record("grant.taken_out", contract, by=by, data={"grant": label})


def _term(contract: Contract) -> dict[str, date]:
    return {"starts_on": contract.starts_on, "ends_on": contract.ends_on}


def _refuse_senseless(
    made: Grant, contract: Contract, exceptions: Sequence[Territory], terminals: Sequence[Terminal]
) -> None:
    if made.territory is None and not terminals:
        raise Refused(_("Name a territory, or the terminals that are granted."))
    if made.territory is None and exceptions:
        raise Refused(_("Exceptions belong to a territory; single terminals have none."))
    for one in exceptions:
        if made.territory and not made.territory.low < one.low <= made.territory.high:
            raise Refused(_("%(exception)s does not lie within %(territory)s.") % {
                "exception": one, "territory": made.territory})  # fmt: skip
    if made.starts_on < contract.starts_on or made.ends_on > contract.ends_on:
        raise Refused(_("A grant lies within the term of its contract."))


def label_of(made: Grant, terminals: Iterable[Terminal]) -> str:
    where = str(made.territory) if made.territory else formatting.listed(terminals)
    return f"{where} / {made.line}" if made.line else where


def place(made: Iterable[Grant]) -> None:
    """Have the database work out where these grants reach."""
    with connection.cursor() as cursor:
        cursor.execute("select contracts_place_grants(%s)", [[one.pk for one in made]])


def follow_term(contract: Contract, before: tuple[date, date]) -> None:
    """A grant for the whole of the term as it was before is one for the whole of it now."""
    of_contract = access.rows_of(Grant).filter(contract=contract)
    whole = of_contract.filter(starts_on=before[0], ends_on=before[1])
    whole.update(starts_on=contract.starts_on, ends_on=contract.ends_on)


def keep_within_term(contract: Contract) -> None:
    """After the term has changed: no grant begins before it or outlives it."""
    of_contract = access.rows_of(Grant).filter(contract=contract)
    of_contract.filter(ends_on__gt=contract.ends_on, starts_on__lte=contract.ends_on).update(ends_on=contract.ends_on)
    of_contract.filter(starts_on__lt=contract.starts_on, ends_on__gte=contract.starts_on).update(
        starts_on=contract.starts_on
    )


# ---- who stands against it -------------------------------------------------------------------
@contextmanager
def refusing_in_words(contract: Contract, *, by: User) -> Iterator[None]:
    """Turn what the database refuses when a contract comes into force into a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        name = getattr(getattr(fault.__cause__, "diag", None), "constraint_name", "")
        if name == ONE_IN_FORCE:
            raise Refused(
                _("Another contract of %(dealer)s is in force in this time. End it first, or let this one begin later.")
                % {"dealer": contract.dealer}
            ) from fault
        if name == NOBODY_ELSE:
            raise Refused(_against(contract, by)) from fault
        raise


def _against(contract: Contract, by: User) -> str:
    found = crossing(contract)
    if found is None:
        return _("A grant of this contract crosses another one that shuts others out.")
    ours, theirs = found
    words = {"grant": label_of(ours, [one.terminal for one in ours.terminals.select_related("terminal")])}
    if not Dealer.objects.visible_to(by).filter(pk=theirs.dealer_id).exists():
        return _("%(grant)s: another dealer outside your reach holds a grant here. Ask the head of sales.") % words
    words |= {
        "dealer": str(theirs.dealer), "other": label_of(theirs, [o.terminal for o in theirs.terminals.all()]),
        "number": theirs.contract.number, "day": formatting.day(theirs.ends_on),
    }  # fmt: skip
    if theirs.shuts_out:
        return (
            _(
                "%(grant)s: %(dealer)s holds %(other)s exclusively until %(day)s (contract %(number)s). "
                "Leave it out, or end that grant first."
            )
            % words
        )
    return (
        _(
            "%(grant)s cannot be exclusive: %(dealer)s also sells there until %(day)s (contract %(number)s). Make it "
            "non-exclusive, or end that grant first."
        )
        % words
    )


def crossing(contract: Contract) -> tuple[Grant, Grant] | None:
    """A grant of this contract and one in force that it crosses; None where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select mine.id, other.id from contracts_grant mine
            join contracts_grant other on other.in_force and other.id <> mine.id
                and other.area && mine.area and other.shops && mine.shops and other.lines && mine.lines
                and daterange(other.starts_on, other.ends_on, '[]') && daterange(mine.starts_on, mine.ends_on, '[]')
                and contracts_claim(other.exclusivity, other.dealer_id, other.id)
                    && contracts_claim(mine.exclusivity, mine.dealer_id, mine.id)
            where mine.contract_id = %s
            order by mine.id, other.id limit 1
            """,
            [contract.pk],
        )
        pair = cursor.fetchone()
    if pair is None:
        return None
    grants = access.rows_of(Grant).select_related("dealer", "contract", "territory", "line").in_bulk(pair)
    return grants[pair[0]], grants[pair[1]]
