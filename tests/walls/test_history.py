"""Field history: whichever way a row is changed, its change says what it was before; and the logs stay as they are."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction

from core.database.context import acting
from core.database.roles import Role
from core.models import Change
from core.ownership import Kind
from core.worlds import World
from dealers.models import Event, User
from tests.walls import catalogue
from tests.walls.catalogue import rows
from tests.walls.matrix import Actor, Visitor
from tests.walls.undoing import undone

# Tables about dealers or of the house without field history, each with its reason.
WITHOUT_HISTORY = {
    "dealers_event": "append-only, a history itself",
    "dealers_eventpersonal": "personal values are erased with the person; a history would keep them",
    "dealers_delivery": "the state of a notice is the machinery's",
    "dealers_outletidentity": "the dealer's own, staff read the history; consent is told by events",
    "dealers_internalnote": "written once and never changed",
    "core_change": "the history itself",
    "ledger_movement": "append-only facts; a correction is a reversing batch",
    "ledger_stockcount": "append-only facts; a correction is a reversing batch",
    "ledger_invoice": "append-only facts; a correction is a reversing batch",
    "ledger_payment": "append-only facts; a correction is a reversing batch",
    "ledger_exchangerate": "a rate stands by its day and source; the batch that brought it is kept",
    "ledger_monthtotal": "computed from the facts",
    "ledger_rejectedrow": "what an import turned away, as it was in the file",
    "ledger_stockgap": "computed when the import is read",
    "ledger_importmend": "append-only, a history itself",
    "contracts_paper": "append-only, a history itself",
    "contracts_signature": "append-only, a history itself",
    "contracts_certificate": "append-only, a history itself",
    "communications_announcementcopy": "append-only, a history itself",
    "ledger_columnmapping": "a convenience of the import page",
    "performance_scorecardline": "frozen with its scorecard; the database refuses a change once that is published",
    "core_job": "the state of a job is the machinery's",
}
# Tables of which the database lets nobody change a word; what may change is tried by a test of its own.
FROZEN = {
    "communications_announcement",
    "communications_minutes",
    "performance_scorecard",
    "performance_scorecardtemplate",
    "performance_templatemeasure",
    "performance_templategrade",
}
SECRET = {"password", "token_hash", "secret", "key_hash"}
HIDDEN = "(hidden)"


def tables_with_history() -> dict[str, set[str]]:
    """Table -> columns that its trigger hides."""
    found = rows(
        "select relname, tgargs from pg_trigger join pg_class on pg_class.oid = tgrelid "
        "join pg_proc on pg_proc.oid = tgfoid where proname = 'core_note_change'"
    )
    return {table: {one.decode() for one in bytes(hidden).split(b"\0") if one} for table, hidden in found}


@pytest.mark.django_db
def test_whatever_people_decide_on_has_a_history() -> None:
    kept = {
        *catalogue.tables_of(Kind.DEALER_OWNED),
        *catalogue.tables_of(Kind.SHARED),
        *catalogue.tables_of(Kind.STAFF_ONLY),
        *catalogue.tables_of(Kind.FOR_APPLICANTS),
    }
    assert kept - set(tables_with_history()) - set(WITHOUT_HISTORY) == set(), "add walls.history(table) in a migration"
    assert set(WITHOUT_HISTORY) & set(tables_with_history()) == set()


@pytest.mark.django_db
def test_secrets_never_enter_the_history() -> None:
    shown = []
    for table, hidden in tables_with_history().items():
        columns = {str(one.column) for one in catalogue.model_of_table()[table]._meta.concrete_fields}
        shown += [f"{table}.{column}" for column in columns & SECRET - hidden]
    assert shown == [], "name them in walls.history(table, hide=[...])"


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["queryset", "shell", "sql"])
def test_every_way_of_changing_a_row_leaves_a_change(network: World, way: str) -> None:
    silent = []
    for table in set(tables_with_history()) - FROZEN:
        model = catalogue.model_of_table()[table]
        row = model._default_manager.order_by("pk").first()
        words = _words(model)
        if row is None or words is None:
            continue
        before, after = str(getattr(row, words.attname)), f"ch {way}"
        _change(row, words, after, way)
        change = Change.objects.filter(table=table, row_id=row.pk, operation="UPDATE").order_by("-pk").first()
        if change is None or (_said(change.before, words), _said(change.after, words)) != (before, after):
            silent.append(table)
    assert silent == []


@pytest.mark.django_db
def test_what_happens_to_a_frozen_card_leaves_a_change(network: World) -> None:
    answered = "published_at is not null and status <> 'published'"  # so that the update below changes something
    [(card, status)] = rows(f"select id, status from performance_scorecard where {answered} order by id limit 1")
    rows("update performance_scorecard set status = 'published' where id = %s returning id", card)
    change = Change.objects.filter(table="performance_scorecard", row_id=card).latest("pk")
    assert change.before is not None and change.after is not None
    assert (change.before["status"], change.after["status"]) == (status, "published")


@pytest.mark.django_db
def test_an_answer_to_minutes_leaves_a_change(network: World) -> None:
    """What was sent never changes; that it was taken back or confirmed does, once."""
    [(edition, by)] = rows("select id, sent_by_id from communications_minutes where state = 'out' order by id limit 1")
    rows(
        "update communications_minutes set state = 'taken_back', answered_by_id = %s, answered_at = now() "
        "where id = %s returning id",
        by, edition,
    )  # fmt: skip
    change = Change.objects.filter(table="communications_minutes", row_id=edition).latest("pk")
    assert change.before is not None and change.after is not None
    assert (change.before["state"], change.after["state"]) == ("out", "taken_back")


def _said(values: Any, words: Any) -> Any:
    return values[words.column]


def _words(model: type[models.Model]) -> Any:
    """A column for free words that nothing else hangs on."""
    free = [
        one
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField) and one.editable and not one.choices and (one.max_length or 0) >= 20
    ]
    named = [one for one in free if one.name in {"name", "title", "brand", "holder", "subject_label", "code"}]
    return next(iter([*named, *free]), None)


def _change(row: models.Model, words: Any, value: str, way: str) -> None:
    model = type(row)
    if way == "queryset":
        model._default_manager.filter(pk=row.pk).update(**{words.name: value})
    elif way == "shell":
        setattr(row, words.attname, value)
        row.save(update_fields=[words.name])
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"update {model._meta.db_table} set {words.column} = %s where id = %s", [value, row.pk])


@pytest.mark.django_db
def test_a_page_leaves_the_change_and_who_made_it(network: World, everybody: list[Actor], visitor: Visitor) -> None:
    admin = next(actor for actor in everybody if actor.account.role == "administrator")
    company = next(thing for thing in network.things if thing.kind == "dealers.company")
    sent = {"code": company.number, "name": "Renamed", "country": "DE", "currency": "EUR", "time_zone": "UTC"}
    with undone():
        answer = visitor.send(admin, f"/admin/dealers/company/{company.pk}/change/", "POST", sent)
        assert answer.status == 302, answer.body[:2000]
        change = Change.objects.filter(table="dealers_company", row_id=company.pk).order_by("-pk")[0]
        assert change.after is not None
        assert (change.after["name"], change.user_id) == ("Renamed", admin.user.pk)


@pytest.mark.django_db
def test_an_event_and_the_changes_it_tells_of_carry_the_same_transaction(network: World) -> None:
    told = set(Event.objects.filter(kind="contact.added").values_list("transaction", flat=True))
    changed = set(Change.objects.filter(table="dealers_contact").values_list("transaction", flat=True))
    assert told
    assert told == changed


@pytest.mark.django_db
def test_a_changed_password_leaves_a_change_without_it(network: World) -> None:
    user = User.objects.get(email=network.accounts[0].email)
    user.set_password("a new one that nobody knows")
    user.save()
    change = Change.objects.filter(table="dealers_user", row_id=user.pk).order_by("-pk")[0]
    assert change.before is not None
    assert change.after is not None
    assert change.before["password"] == change.after["password"] == HIDDEN
    assert not Change.objects.filter(after__password__startswith="md5").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["dealers_event", "core_change"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
@pytest.mark.parametrize("role", [None, *Role])
def test_the_logs_are_append_only_for_everybody(network: World, table: str, statement: str, role: Role | None) -> None:
    """Roles lack the right; the owner meets the trigger."""
    wanted = "append-only" if role is None else "permission denied|append-only"
    with pytest.raises(DatabaseError, match=wanted), transaction.atomic():
        if role is None:
            _execute(statement.format(table))
        else:
            with acting(None if role is Role.APP else role):
                _execute(statement.format(table))


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_no_role_may_even_try_to_change_the_logs(role: Role) -> None:
    rights = catalogue.rights_on_tables(role)
    assert rights.get("core_change", set()) <= {"select", "select*"}
    assert rights.get("dealers_event", set()) <= {"select", "select*", "insert", "insert*"}


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
