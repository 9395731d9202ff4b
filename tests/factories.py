"""Plain functions that make the rows a test is about. Everything has a default; name only what matters."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.contrib.auth.models import Group

from contracts.models import Contract, Grant, GrantException, GrantTerminal
from dealers.mobile import normal
from dealers.models import Assignment, Company, Contact, Dealer, ProductLine, Terminal, Territory, User

PASSWORD = "correct horse battery staple"
_numbers = count(1)


def territory(code: str = "", parent: Territory | None = None, **fields: Any) -> Territory:
    """A node of the map, numbered below its parent."""
    from dealers.services import trees

    number = next(_numbers)
    fields.setdefault("name", code or f"Territory {number}")
    return trees.plant(Territory(code=code or f"T{number}", parent=parent, **fields))


def product_line(code: str = "", parent: ProductLine | None = None, **fields: Any) -> ProductLine:
    from dealers.services import trees

    number = next(_numbers)
    fields.setdefault("name", code or f"Line {number}")
    return trees.plant(ProductLine(code=code or f"L{number}", parent=parent, **fields))


def company(**fields: Any) -> Company:
    number = next(_numbers)
    defaults = {"code": f"C{number}", "name": f"Halvard {number}", "country": "CN", "currency": "CNY"}
    return Company.objects.create(**defaults | fields)


def dealer(code: str = "", **fields: Any) -> Dealer:
    number = next(_numbers)
    name = fields.pop("name", f"Dealer {number}")
    fields.setdefault("home", Territory.objects.first() or territory("WORLD"))
    defaults: dict[str, Any] = {"currency": "CNY", "status": Dealer.Status.ACTIVE, "sort_key": name.lower()}
    return Dealer.objects.create(code=code or f"D{number:04}", name=name, **defaults | fields)


def contact(dealer: Dealer, **fields: Any) -> Contact:
    number = next(_numbers)
    return Contact.objects.create(dealer=dealer, **{"name": f"Contact {number}", "duty": "owner"} | fields)


def person(name: str, *roles: str, dealer: Dealer | None = None, node: Territory | None = None, **fields: Any) -> User:
    """An account. Dealers' people get their role as group; staff get it by an assignment (to `node`, or everywhere)."""
    kind = fields.pop("kind", User.Kind.DEALER if dealer else User.Kind.STAFF)
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}.{next(_numbers)}@example.com")
    fields["mobile"] = normal(fields["mobile"]) if fields.get("mobile") else None
    user = User(email=email or None, name=name, kind=kind, dealer=dealer, **fields)
    user.set_password(PASSWORD)
    user.save()
    for role in roles:
        group = Group.objects.get(name=role)
        if dealer:
            user.groups.add(group)
        else:
            Assignment.objects.create(user=user, role=group, node=node, starts_on=date(2020, 1, 1))
    return User.objects.get(pk=user.pk)


def terminal(territory: Territory, **fields: Any) -> Terminal:
    number = next(_numbers)
    defaults = {"code": f"S{number}", "name": f"Shop {number}", "outlet_class": "retailer"}
    return Terminal.objects.create(territory=territory, **defaults | fields)


def contract(dealer: Dealer, **fields: Any) -> Contract:
    """A contract for 2026 in yuan, active and filed unless another status is asked for."""
    number = next(_numbers)
    status = fields.setdefault("status", Contract.Status.ACTIVE)
    defaults: dict[str, Any] = {
        "number": f"N{number}", "company": Company.objects.first() or company(), "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 12, 31), "jurisdiction": "CN", "currency": dealer.currency,
    }  # fmt: skip
    if status not in {Contract.Status.DRAFT, Contract.Status.IN_REVIEW, Contract.Status.WITHDRAWN}:
        defaults["offered_at"] = datetime(2025, 12, 1, 8, tzinfo=UTC)
    if status in {Contract.Status.ACTIVE, Contract.Status.IN_NOTICE, Contract.Status.ENDED}:
        filed = date(2025, 12, 20)
        defaults |= {"signed_on": filed, "countersigned_on": filed, "filed_on": filed, "filing_number": f"F{number}"}
    return Contract.objects.create(dealer=dealer, **defaults | fields)


def grant(
    contract: Contract, *, less: Iterable[Territory] = (), terminals: Iterable[Terminal] = (), **fields: Any
) -> Grant:
    """A grant for the contract's term: of a territory (less its exceptions and terminals), or of named terminals."""
    from contracts.services.grants import place

    defaults = {"starts_on": contract.starts_on, "ends_on": contract.ends_on}
    made = Grant.objects.create(dealer=contract.dealer, contract=contract, **defaults | fields)
    for place_left_out in less:
        GrantException.objects.create(dealer=contract.dealer, grant=made, territory=place_left_out)
    for shop in terminals:
        GrantTerminal.objects.create(dealer=contract.dealer, grant=made, terminal=shop)
    place([made])
    return made
