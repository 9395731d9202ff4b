"""Every door, tried by everybody on his own, on foreign and on missing objects; what comes back is read for marks."""

from fnmatch import fnmatch
from typing import Any

import pytest

from core import doors
from core.doors import Address, Audience
from core.worlds import World
from tests.walls import expectation, matrix
from tests.walls.catalogue import rows
from tests.walls.conftest import CELLS
from tests.walls.expectation import Marks
from tests.walls.matrix import Actor, Visitor

# The number of cells tried; it may not shrink without a reason written here.
FEWEST_CELLS = 29_000
# Addresses that nobody can succeed at with an empty request, each with its reason.
NO_SUCCESS = {
    "admin:*_delete": "nothing is deleted in the administration",
    "admin:dealers_dealer_add": "a dealer's file is opened by its verb",
    "admin:contracts_rulepack_add": "rules of law are revised on their page",
    "admin:performance_scorecardtemplate_add": "rules of judging are drafted on their page",
    "admin:dealers_user_add": "an account comes by invitation",
    "admin:dealers_signin_add": "the sign-in log is written by signing in",
    "admin:view_on_site": "leads from the administration to a page; no model offers it there",
    "admin:": "the administration's own 404 for what it does not know",
    "mfa_view_recovery_codes": "there are codes only after their owner has made them",
    "mfa_download_recovery_codes": "there are codes only after their owner has made them",
}
MOST_QUESTIONS = 15  # to the database for any page of ours, beside session and account
UNUSED_METHODS = ("PUT", "PATCH", "DELETE")
STRANGE_METHODS = ("HEAD", "OPTIONS", *UNUSED_METHODS)
ADDRESSES = doors.addresses()
DECLARED = [address for address in ADDRESSES if address.door is not None]


@pytest.fixture(scope="module")
def marks(built_world: World) -> Marks:
    return Marks(built_world)


def named(address: Address) -> str:
    return address.name.strip(":") or address.shown_path


def test_every_address_is_declared() -> None:
    undeclared = [f"{address.shown_path} ({address.name})" for address in ADDRESSES if address.door is None]
    assert undeclared == [], "put @door(Audience..., kind, permission=...) on the view, or doors.declare() its URL name"


def test_every_address_says_what_stands_in_it(network: World, everybody: list[Actor]) -> None:
    unclear = []
    for address in DECLARED:
        try:
            matrix.targets(address, network, everybody[0].account)
        except matrix.Undeclared as reason:
            unclear.append(str(reason))
    assert unclear == []


@pytest.mark.parametrize("address", DECLARED, ids=named)
def test_a_door_answers_each_as_declared_and_leaks_nothing(
    network: World, everybody: list[Actor], visitor: Visitor, marks: Marks, address: Address
) -> None:
    assert address.door is not None
    faults = []
    succeeded = False
    shapes: dict[tuple[str, str], dict[str, Any]] = {}
    for actor, target, method in matrix.cells(address, network, everybody):
        answer = visitor.ask(actor, target.path, method, matrix.posted(address, network, min(network.owners())))
        where = f"{method} {target.path} ({target.whose or 'page'}) as {actor.name}"
        problem = expectation.fault(address, actor, target, method, answer)
        if problem:
            faults.append(f"{where} {problem}")
        if leaks := marks.leaks(actor, expectation.readable(answer), address):
            faults.append(f"{where} leaks {sorted(leaks)}")
        if method == "GET" and answer.questions > MOST_QUESTIONS and address.door.audience is not Audience.ADMIN:
            faults.append(f"{where} asks the database {answer.questions} times")
        if method == "GET" and (shut := expectation.shut_links(actor, answer)):
            faults.append(f"{where} links to what its reader may not open: {sorted(shut)}")
        succeeded = succeeded or expectation.is_success(actor, answer)
        if target.whose in expectation.OUT_OF_SIGHT and address.door.audience is not Audience.ADMIN:
            shapes.setdefault((actor.name, method), {})[target.whose] = expectation.same_shape(answer, target)
    for who, by_whose in shapes.items():
        faults += [
            f"{who}: {whose} is told apart from missing" for whose in by_whose if by_whose[whose] != by_whose["missing"]
        ]
    if not succeeded and not any(fnmatch(address.name, pattern) for pattern in NO_SUCCESS):
        faults.append("nobody succeeded: give the world what the page needs, or say in NO_SUCCESS why")
    assert not faults, f"{len(faults)} faults at {address.shown_path}:\n" + "\n".join(one[:700] for one in faults[:8])


def test_no_fewer_cells_are_tried_than_before(
    network: World, everybody: list[Actor], request: pytest.FixtureRequest
) -> None:
    count = sum(1 for address in DECLARED for _cell in matrix.cells(address, network, everybody))
    request.config.stash[CELLS] = f"door matrix: {len(DECLARED)} addresses, {len(everybody)} actors, {count} cells"
    assert count >= FEWEST_CELLS


@pytest.mark.long
@pytest.mark.parametrize("address", DECLARED, ids=named)
def test_a_method_that_a_door_does_not_name_is_refused_and_asking_changes_nothing(
    network: World, everybody: list[Actor], visitor: Visitor, address: Address
) -> None:
    """HEAD and OPTIONS need no token against foreign sites, so they must never be taken for a POST."""
    assert address.door is not None
    faults = []
    for actor in (
        everybody[0],
        *(one for one in everybody if one.account.role in {"head_of_sales", "dealer_executive"}),
    ):
        for target in matrix.targets(address, network, actor.account):
            before = changes_written()
            status = {method: visitor.ask(actor, target.path, method).status for method in ("GET", *STRANGE_METHODS)}
            where = f"{target.path} as {actor.name}: {status}"
            if changes_written() != before:
                faults.append(f"{where} changed something")
            if status["HEAD"] != status["GET"] or any(one >= 500 for one in status.values()):
                faults.append(where)
            if address.door.audience is not Audience.ACCOUNT:
                refused = {302, 403, 404, 405}
                if status["OPTIONS"] not in refused | {204} or {status[one] for one in UNUSED_METHODS} - refused:
                    faults.append(where)
    assert not faults, "\n".join(faults[:10])


def changes_written() -> int:
    """How many changes the history took down in this transaction, also those undone since."""
    found = rows("select pg_stat_get_xact_tuples_inserted('core_change'::regclass)")
    return int(found[0][0])


def test_every_form_is_protected_against_foreign_sites() -> None:
    exempt = [address.name for address in DECLARED if getattr(address.view, "csrf_exempt", False)]
    assert exempt == []
