"""The dealers' part of a world: places, our people, and for each dealer its people and everything in its file."""

from datetime import date, timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import access
from core.database.context import acting
from core.database.roles import Role
from core.worlds import OURS, Account, Seen, World
from dealers import events
from dealers.backends import attach_scope_to
from dealers.models import (
    Approval,
    Assignment,
    BankAccount,
    BrandCarried,
    Company,
    Contact,
    Dealer,
    Document,
    OutletIdentity,
    Person,
    Product,
    ProductLine,
    Terminal,
    Territory,
    User,
)
from dealers.models.outlet import OutletClass
from dealers.models.tree import Node
from dealers.roles import ROLES
from dealers.services import (
    bank_accounts,
    brands,
    contacts,
    dealers,
    deputies,
    documents,
    invitations,
    links,
    notes,
    outlets,
    trees,
)

LONG_AGO = date(2020, 1, 1)
EVERYWHERE = "everywhere"
REGIONS = ("NORTH", "SOUTH")  # dealers lie in turn in one and the other; staff of a world look after the north


def build(world: World) -> None:
    with world.making(OURS):
        with acting(Role.JOBS):
            regions = _places(world)
        ours = _our_people(world, regions[0])
    for owner in world.owners():
        with world.making(owner):
            _dealer(world, owner, regions[int(owner[-3:]) % 2 - 1], ours)


def _places(world: World) -> list[Territory]:
    prefix = f"W{world.seed}"
    root = _plant(world, Territory(code=f"{prefix}-WORLD", name="World", name_zh="世界"))
    for name, is_archived in (
        ("EMPTY", False),
        ("GONE", True),
    ):  # nothing hangs on the one, the other is in the archive
        _plant(world, Territory(code=f"{prefix}-{name}", name=name.title(), parent=root, is_archived=is_archived))
        _plant(world, ProductLine(code=f"{prefix}-{name}", name=name.title(), is_archived=is_archived))
    regions = [
        _plant(world, Territory(code=f"{prefix}-{name}", name=name.title(), parent=root, level="region"))
        for name in REGIONS
    ]
    line = _plant(world, ProductLine(code=f"{prefix}-TOOLS", name="Tools", name_zh="工具"))
    world.keep(Product.objects.create(code=f"{prefix}-P1", name="Hammer", name_zh="锤子", line=line))
    world.keep(Company.objects.create(code=prefix, name="Halvard", country="DE", currency="EUR"))
    for region in regions:
        code = f"{region.code}-T"
        shop = Terminal(code=code, name=f"Shop {region.name}", outlet_class=OutletClass.RETAILER, territory=region)
        shop.save()
        world.keep(shop)
    return regions


def _plant[N: Node](world: World, node: N) -> N:
    return world.keep(trees.plant(node), number=node.code)


def _our_people(world: World, region: Territory) -> User:
    """One person of ours in each role for the north, and two for everywhere, of whom one does what is to be done."""
    here = {role.code: _ours(world, role.code, region) for role in ROLES if not role.is_dealers}
    for state in ("disabled", "second_factor_pending"):
        _ours(world, "account_manager", region, state=state)
    _deputy(world, here["finance"], _ours(world, "finance", None))
    return _ours(world, "channel_operations", None)


def _deputy(world: World, person: User, deputy: User) -> None:
    """Who looks after everything stands in for who looks after the north."""
    today = timezone.localdate()
    with acting(Role.STAFF, user_id=person.pk):
        pair = access.rows_of(Person).in_bulk([person.pk, deputy.pk])
        week = {"starts_on": today, "ends_on": today + timedelta(days=7)}
        world.keep(deputies.name(pair[person.pk], deputy=pair[deputy.pk], by=person, **week))


def _ours(world: World, role: str, region: Territory | None, *, state: str = "active") -> User:
    reach = region.code if region else EVERYWHERE
    email = f"{role}.{reach.rsplit('-')[-1]}.{state}@w{world.seed}.example".lower()
    fields = {"kind": User.Kind.STAFF, "name": f"{role} {state}"}
    user, account = _account(world, role, email, fields, state=state, reach=reach)
    with acting(Role.ADMIN):
        group = Group.objects.get(name=role)
        Assignment.objects.create(user=user, role=group, node=region, starts_on=LONG_AGO)
    return _ready(world, user, account)


def _theirs(world: World, role: str, dealer: Dealer, *, state: str = "active") -> User:
    mark = world.mark(dealer.code, Seen.PEOPLE)
    email = f"{role}.{state}@{mark}.example"
    given: dict[str, Any] = {"kind": User.Kind.DEALER, "dealer": dealer, "mobile": None, "password": ""}
    fields = world.words(User, dealer.code, Seen.PEOPLE, email=email, language="en", time_zone="UTC", **given)
    user, account = _account(world, role, email, fields, state=state, reach=dealer.code)
    with acting(Role.ADMIN):
        user.groups.add(Group.objects.get(name=role))
    return _ready(world, user, account)


def _account(
    world: World, role: str, email: str, fields: dict[str, Any], *, state: str, reach: str
) -> tuple[User, Account]:
    """An account as it is after its invitation was accepted, with a second factor unless that is pending."""
    password, totp = world.secrets_of(email)
    user = User(**fields | {"email": email, "is_active": state != "disabled"})
    user.set_password(password)
    with acting(Role.ADMIN):
        user.save()
    if state == "second_factor_pending":
        totp = ""
    else:
        with acting(None):
            TOTP.activate(user, totp)
    return user, Account(role, user.dealer.code if user.dealer else OURS, email, password, totp, reach, state)


def _ready(world: World, user: User, account: Account) -> User:
    """Written down, and able to act."""
    world.accounts.append(account)
    world.keep(user, account.dealer, Seen.PEOPLE, number=account.email)
    with acting(None):
        attach_scope_to(user)
    return user


def _dealer(world: World, owner: str, region: Territory, ours: User) -> None:
    with acting(Role.STAFF, user_id=ours.pk):
        dealer = _file(world, owner, region, ours)
    by = _theirs(world, "dealer_executive", dealer)
    _theirs(world, "dealer_staff", dealer)
    for state in ("disabled", "second_factor_pending"):
        _theirs(world, "dealer_executive", dealer, state=state)
    with acting(Role.DEALER, dealer_id=dealer.pk, user_id=by.pk):
        _contacts(world, dealer, by)
        _bank_account(world, dealer, by)
        _document(world, dealer, by, Seen.BOTH)
        _outlets(world, dealer, by)
    with acting(Role.STAFF, user_id=ours.pk):
        _document(world, dealer, ours, Seen.INTERNAL)
        _note(world, dealer, ours)
        _invitation(world, dealer, ours)


def _file(world: World, owner: str, region: Territory, ours: User) -> Dealer:
    name = world.mark(owner, Seen.NAME)
    given: dict[str, Any] = {
        "code": owner,
        "name": f"Trading {name}",
        "name_zh": f"商贸 {name}",
        "status": Dealer.Status.ACTIVE,
        "tier": Dealer.Tier.GOLD,
        "segment": Dealer.Segment.RETAIL,
        "home": region,
        "currency": "EUR",
        "country": "DE",
        "capital_currency": "EUR",
        "time_zone": "UTC",
        "since": LONG_AGO,
    }
    dealer = dealers.create(by=ours, **world.words(Dealer, owner, **given))
    brand = world.words(BrandCarried, owner, relation=BrandCarried.Relation.RIVAL)
    brands.replace(dealer, [brands.Brand(brand["brand"], brand["relation"])], by=ours)
    return world.keep(dealer, owner, number=owner)


def _contacts(world: World, dealer: Dealer, by: User) -> None:
    """A few: how many is a matter of chance, so that a count betrays whose it is."""
    for number in range(1, 1 + world.chance(dealer.code).choice([2, 3, 4])):
        name = f"Contact {number} {world.mark(dealer.code)}"
        fields = world.words(Contact, dealer.code, name=name, duty=Contact.Duty.SALES)
        contact = contacts.add(dealer, by=by, **fields)
        world.keep(contact, dealer.code)
    events.record("contact.changed", contact, by=by, reason=world.mark(dealer.code), notify=[by])


def _bank_account(world: World, dealer: Dealer, by: User) -> None:
    fields = world.words(BankAccount, dealer.code, currency="USD", swift="DEUTDEFF")
    fields.pop("status", None)
    account = bank_accounts.propose(dealer, by=by, reason=f"New bank {world.mark(dealer.code)}", **fields)
    world.keep(account, dealer.code)
    approval = Approval.objects.filter(subject_type=account._meta.label_lower, subject_id=account.pk).get()
    world.keep(approval, dealer.code)


def _document(world: World, dealer: Dealer, by: User, seen: Seen) -> None:
    mark = world.mark(dealer.code, seen)
    upload = SimpleUploadedFile(f"licence {mark}.pdf", _pdf(mark), content_type="application/pdf")
    document = documents.add(
        dealer,
        upload,
        by=by,
        is_internal=seen is Seen.INTERNAL,
        kind=Document.Kind.LICENCE,
        title=f"Licence {mark}",
        number=mark,
        expires_on=timezone.now().date() + timedelta(days=30),
    )
    world.keep(document, dealer.code, seen)


def _pdf(mark: str) -> bytes:
    """The smallest file that says whose it is."""
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [] /Count 0 /Of (" + mark.encode() + b") >>\nendobj\n"
        b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"
    )


def _note(world: World, dealer: Dealer, ours: User) -> None:
    note = notes.write(dealer, by=ours, text=f"Between us: {world.mark(dealer.code, Seen.INTERNAL)}")
    world.keep(note, dealer.code, Seen.INTERNAL)


def _outlets(world: World, dealer: Dealer, by: User) -> None:
    """The manufacturer may know who the first customer is, not who the second is; the third is gone."""
    for number, seen in enumerate((Seen.BOTH, Seen.PRIVATE, Seen.PRIVATE)):
        words = world.words(OutletIdentity, dealer.code, seen)
        who = {name: words[name] for name in ("name", "contact", "phone", "address")}
        code = f"{number} {world.mark(dealer.code)}"
        what: dict[str, Any] = {
            "code": code,
            "outlet_class": OutletClass.RETAILER,
            "territory": dealer.home,
            "since": LONG_AGO,
        }
        outlet = outlets.add(dealer, by=by, **who, **what)
        if seen is Seen.BOTH:
            outlets.show(outlet, by=by)
        world.keep(outlet, dealer.code)
    outlets.archive(outlet, by=by)


def _invitation(world: World, dealer: Dealer, ours: User) -> None:
    mark = world.mark(dealer.code, Seen.PEOPLE)
    invitation = invitations.invite(
        by=ours, dealer=dealer, role="dealer_staff", name=f"Guest {mark}", email=f"guest@{mark}.example"
    )
    token, _totp = world.secrets_of(invitation.email)
    invitation.token_hash = links.hash_of(token)  # as if the letter had been sent
    invitation.save(update_fields=["token_hash"])
    world.links[dealer.code] = {"token": token}
    world.keep(invitation, dealer.code, Seen.PEOPLE)
