"""The write fence: whatever a dealer's people send, or ours without reach, nothing of another dealer changes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoDbBlocker

from core import doors
from core.database.context import acting
from core.database.roles import Role
from core.doors import Address, Audience
from core.worlds import MISSING_ID, Thing, World
from dealers.models import Contact, Dealer
from tests.walls import matrix, pages
from tests.walls.fence import Fence, rows_written
from tests.walls.matrix import Actor, Visitor
from tests.walls.pages import PageForm
from tests.walls.undoing import undone

FORGED = ("id", "pk", "public_id", "dealer", "dealer_id", "owner", "user", "by", "object_id")
# Addresses where no form that can be filled in from the page changes a row of the dealer, each with its reason.
WRITES_NOTHING = {
    "ledger:import_columns": "the reports of a world are of a kind that pages do not match or post",
    "ledger:import_post": "the reports of a world are of a kind that pages do not match or post",
    "contracts:targets_new": "every dealer of a world has his target of the year",
    "performance:assessment_new": "takes somebody who looks after the whole network",
    "performance:assessment_run_again": "computes in tables of its own and compares: no row that lasts is written",
    "performance:assessment_publish": "takes somebody who looks after the whole network",
    "performance:template_put_in_use": "takes somebody who looks after the whole network",
    "performance:template_end": "takes somebody who looks after the whole network",
    "performance:template_try": "takes somebody who looks after the whole network",
    "dealers:export_selected": "leaves an event, nothing else",
    "communications:announcement_publish": "wants the sign of whom its page has shown, which changes with either",
    "dealers:archive": "the dealers of a world trade: only candidates and ended ones can be archived",
    "dealers:restore": "no dealer of a world is in the archive",
    "dealers:bank_account_correct": "no proposal of a world was sent back",
}
# What chance cannot fit together: typed over what a form is filled in with, so that its fields are forged around
# something that is accepted.
TYPED: dict[str, dict[str, str]] = {
    "contracts:grant_add": {"exceptions": "", "terminals": ""},
    "contracts:price_limit_add": {"line": ""},
    "contracts:rebate_add": {f"{name}_{number}": "" for number in (2, 3, 4, 5) for name in ("threshold", "rate")},
    "contracts:record_signatures": {"signed_on": "2026-01-01", "countersigned_on": "2026-01-01"},
    "contracts:notice": {"on": "2026-01-02", "ends_on": "2026-06-30"},
    "ledger:report_file": {"file": ""},
    **{
        f"communications:{name}": {"day": "2099-01-15", "at": "09:00", "link": ""}
        for name in ("propose", "propose_own", "meeting_time")
    },
    **{f"communications:announcement_{name}": {"picked": "", "upload": ""} for name in ("new", "edit")},
    "communications:touch_any": {"whose": "D001"},  # a dealer is named in words there
    "onboarding:opening_criteria": {  # knock-outs have no weight, and the weights make 100
        **{f"criteria-{number}-weight": "" for number in (0, 1, 2, 3, 13, 14, 15)},
        **{f"criteria-{number}-{name}": "" for number in (13, 14, 15) for name in ("name", "name_zh")},
        **{f"criteria-{number}-DELETE": "" for number in range(16)},
    },
    "performance:template_edit": {
        **{f"{measure}-is_in": "" for measure in ("growth", "collection", "overdue", "cover", "expansion", "reports")},
        **{f"attainment-{name}": "" for name in ("full_until", "zero_again_at", "floor")},
        **{f"{name}_{number}": "" for name in ("letter", "from") for number in (3, 4, 5, 6)},
    },
}
WORDS = {"text", "email", "url", "tel", "number", "search"}
NOT_COUNTED = {"dealers_session", "dealers_signin", "dealers_event", "core_submission"}  # every request may leave these
WRITING = [
    address
    for address in doors.addresses()
    if address.door and "POST" in address.door.methods and address.door.audience is not Audience.ADMIN
]


@pytest.fixture(scope="module")
def writers(everybody: list[Actor]) -> list[Actor]:
    """Who may write anything at all: active people of the first dealer, and ours who look after the north."""
    return [actor for actor in everybody if actor.account.state == "active"]


@pytest.fixture(scope="module")
def fences(built_world: World, django_db_blocker: DjangoDbBlocker) -> dict[bool, Fence]:
    """For dealers: around both others. For our people: around the one who is out of their reach."""
    _first, second, third = built_world.owners()
    with django_db_blocker.unblock():
        return {True: Fence([second, third]), False: Fence([second])}


def named(address: Address) -> str:
    return address.name


@pytest.mark.parametrize(
    "every", [pytest.param(False, id="whole-forms"), pytest.param(True, id="every-field", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("address", WRITING, ids=named)
def test_nothing_of_another_dealer_changes_whatever_is_sent(
    network: World, writers: list[Actor], visitor: Visitor, fences: dict[bool, Fence], address: Address, every: bool
) -> None:
    """Every thing of another in the address, and the form of an own page forged as a whole; in the long version every
    own thing too, and each field of the form for itself."""
    breaches = []
    forged_as: set[str] = set()
    has_written = False
    so_far, asked = rows_written(), visitor.writing_calls
    for actor in writers:
        fence = fences[bool(actor.account.dealer)]
        before = fence.outside()
        drawn: set[str] = set()
        for path, data in _attempts(network, visitor, address, actor, forged_as, every=every):
            if visitor.writing_calls != asked:  # pages were asked for their forms since
                so_far, asked = rows_written(), visitor.writing_calls
            what, touched = f"{actor.name} POST {path} {data}", Counter[str]()
            with undone() as trial, nullcontext() if path not in drawn else visitor.without_pages():
                drawn.add(path)
                answer = visitor.send(actor, path, "POST", data)
                if trial.may_have_written:
                    by_now = rows_written()
                    touched, so_far = by_now - so_far, by_now  # only what was written to can have changed
                if touched:  # only a row that was written can be another's, or be stopped
                    breaches += [f"{what}: {one}" for one in fence.changed(touched)]
                    breaches += stopped_late(what)
            written = set(touched) - NOT_COUNTED
            has_written = has_written or (answer.status < 400 and bool(written))
            if written and answer.status < 300 and not answer.leads_to:
                breaches.append(f"{what} would count twice: it wrote and leads nowhere")
            if answer.status >= 500:
                breaches.append(f"{what} broke: {answer.error}")
        breaches += [f"{actor.name}, anything sent here: {one}" for one in fence.left_outside(before)]
    if visitor.writing_calls != asked:  # a page wrote last, so counts say nothing: whatever was overlooked still stands
        breaches += [f"anything sent here: {one}" for fence in fences.values() for one in fence.changed()]
    elif rows_written() != so_far:
        breaches.append("rows were written by what was taken for reading; see tests/walls/undoing.py")
    is_ours = address.door is not None and address.door.audience in matrix.SIGNED_IN
    if every and is_ours and not has_written and address.name not in WRITES_NOTHING:
        breaches.append("nobody changed anything here, so the fence was not tried: what has to be sent?")
    assert not breaches, f"{len(breaches)} breaches:\n" + "\n".join(one[:900] for one in breaches[:6])


def stopped_late(what: str) -> list[str]:
    """What the database would refuse at the end of the transaction, and nothing before it did."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")  # until it is undone with the rest
    except IntegrityError as refused:
        return [f"{what} is stopped by the last wall only: {refused}"]
    return []


def _attempts(
    network: World, visitor: Visitor, address: Address, actor: Actor, forged_as: set[str], *, every: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Own and foreign objects in the address; then the forms on the own page, forged: as a whole, or every field.

    Of others' things each is tried, of the own ones each or one.

    Forms are forged by the first of the dealer's people who gets the page and by the first of ours: what the others
    may do is less, and what they reach is the same condition.
    """
    door = address.door
    assert door is not None
    if door.audience in matrix.SIGNED_IN and door.audience not in actor.user.audiences():
        return
    others = _others(network, address)
    forged = {name: str(others[0].pk) for name in FORGED} | {"public_id": others[0].public_id}
    side = "theirs" if actor.account.dealer else "ours"
    is_first = side not in forged_as
    wanted = matrix.posted(address, network, network.owners()[0])
    if address.name in matrix.POSTS and not address.parameters:
        for owner in network.owners():
            yield address.path, matrix.posted(address, network, owner)
    own = {target.path for target in matrix.targets(address, network, actor.account, every=every)}
    for target in matrix.targets(address, network, actor.account, every=True):
        if target.whose == "own" and target.path not in own:
            continue
        if every or target.whose in {"own", ""}:  # without forged ids everybody asks at others' doors in test_doors
            yield target.path, wanted
        yield target.path, wanted | forged
        if target.whose in {"own", ""} and "GET" in door.methods and is_first:
            page = visitor.ask(actor, target.path)
            for form in pages.forms_on(page.body, target.path) if page.status == 200 else []:
                if form.action == target.path:
                    form.typed = TYPED.get(address.name, {})
                    if side in forged_as:
                        yield form.action, form.filled()
                    else:
                        yield from _forgeries(form, others)
                        yield from _forged_fields(form, others) if every else ()
                    forged_as.add(side)


def _others(network: World, address: Address) -> list[Thing]:
    """Things of the second dealer: one of the kind the address is about, the dealer, and somebody of his."""
    second = network.owners()[1]
    theirs = [thing for thing in network.things if thing.dealer == second]
    kinds = (address.kind, "dealers.dealer", "dealers.user")
    return [
        next(thing for thing in theirs if thing.kind == kind) for kind in kinds if any(t.kind == kind for t in theirs)
    ]


def _forgeries(form: PageForm, others: list[Thing]) -> Iterator[tuple[str, dict[str, Any]]]:
    for button in range(len(form.buttons) or 1):
        yield form.action, form.filled(button)
        yield form.action, form.filled(button, last=True)
    for other in others:
        yield form.action, form.filled() | {name: str(other.pk) for name in FORGED if name not in form.fields}


def _forged_fields(form: PageForm, others: list[Thing]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, one in form.fields.items():
        if one.kind in {"textarea", "file", "date", "password"}:
            continue
        values = {*{str(other.pk) for other in others[:2]}, others[0].public_id, MISSING_ID}
        if one.kind in WORDS:  # no list to choose from: one key and one public name show what a look-up would do
            values = {str(others[0].pk), others[0].public_id}
        for value in sorted(values):
            yield form.action, form.filled() | {name: value}


def test_the_fence_sees_a_single_changed_letter(network: World, fences: dict[bool, Fence]) -> None:
    with undone():
        Contact.objects.filter(dealer__code=network.owners()[2]).update(title="?")
        assert fences[True].changed() == ["dealers_contact.dealer_id"]
        assert fences[True].changed(rows_written()) == ["dealers_contact.dealer_id"]
    assert fences[True].changed() == []


def test_the_fence_sees_a_letter_and_a_missing_file(fences: dict[bool, Fence], network: World) -> None:
    fence = fences[True]
    kept = default_storage.save("kept-here", ContentFile(b"kept"))
    before = fence.outside()
    assert fence.left_outside(before) == []
    default_storage.delete(kept)
    mail.outbox.append(mail.EmailMessage(to=[min(fence.addresses)]))
    assert fence.left_outside(before) == ["mail", f"file {default_storage.path(kept)}:4 is gone"]


@pytest.mark.parametrize("statement", ["update dealers_dealer set segment = segment", "select nextval('x') from x"])
def test_whatever_is_not_known_to_read_is_taken_for_writing(network: World, statement: str) -> None:
    with undone() as trial:
        with suppress(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert trial.may_have_written
    with undone() as trial:
        with acting(Role.JOBS):
            assert Dealer.objects.count() == 3
            assert Dealer.objects.exists()
            assert list(Contact.objects.values("dealer").distinct())
        assert not trial.may_have_written
