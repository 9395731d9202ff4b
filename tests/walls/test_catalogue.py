"""The second wall, as the database describes it. Whoever adds a table finds here what its wall lacks."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from core import ownership
from core.database.roles import ENTERED, Role
from core.ownership import Kind
from tests.walls import catalogue
from tests.walls.catalogue import name_of, rows

pytestmark = pytest.mark.django_db

WITHOUT_MODEL = {"django_migrations", "core_cache"}  # core_cache: Django's cache, see core.cache
# Policies for dealers that are narrower than "the dealer's rows", each with its reason.
NARROWER = {
    "dealers_delivery_read": "a notice is read by its recipient",
    "dealers_delivery_mark": "a notice is marked as read by its recipient",
}
# Policies on dealer-owned tables for roles that are not entered in the usual way.
PUBLIC_READS = {
    "dealers_territory": "openings and applications name a place",
    "dealers_productline": "openings and applications name a line",
    "onboarding_opening": "what we look for is for everybody to read, once it is published",
    "onboarding_openingline": "the lines of an opening",
    "onboarding_answer": "an applicant reads what was decided, and why",
}
PUBLIC_KEEPS = {
    "core_submission": "a form sent twice counts once; who sent it is part of its hash",
    "onboarding_application": "an applicant writes his own, found by the secret of his link",
    "onboarding_applicationbrand": "the brands that an applicant carries, with his application",
    "onboarding_applicationfile": "an applicant's papers, with his application",
}
DEALER_READS_WITHOUT_POLICY = {
    "django_content_type": "names of models",
    "auth_permission": "names of rights",
    "auth_group": "names of roles",
    "auth_group_permissions": "which role has which right",
}
APP_READS = {
    "django_migrations": "is this database up to date",
    "core_cache": "throttle counters and used one-time codes",
    "dealers_assignment": "a person's reach is known before the role is entered",
    "dealers_deputy": "whom a person stands in for is known before the role is entered",
    "dealers_territory": "reach is a range of the tree",
    "dealers_productline": "reach is a range of the tree",
    "dealers_invitation": "accepting an invitation is an account door",
}
# Unique across dealers, because the value is ours or is unique by nature: (table, columns) -> reason.
GLOBALLY_UNIQUE = {
    ("dealers_dealer", ("code",)): "we number our dealers",
    ("dealers_invitation", ("token_hash",)): "a hash of 256 random bits",
    ("contracts_certificate", ("number",)): "a random number that we give",
    ("dealers_delivery", ("business_key",)): "put together by the machine from event, channel and recipient",
    ("dealers_approval", ("kind", "subject_type", "subject_id", "step")): "points at one object by its key",
    ("ledger_importbatch", ("kind", "source", "sha256")): "files that we bring for the whole network, not reports",
}
# No keys per row: three quarters of an import's cost. Only jobs write these tables, and each import joins every parent
# and locks it once; a dealer reads and never writes, so no key check can tell him anything.
WITHOUT_KEYS = {
    "ledger_movement",
    "ledger_stockcount",
    "ledger_stockgap",
    "ledger_invoice",
    "ledger_payment",
    "ledger_order",
    "ledger_monthtotal",
}
# What a policy for applicants is tied to, and the one alternative in one of them.
WAYS_TO_AN_APPLICATION = ("'app.application'", "onboarding_application", "onboarding_opening", "(state)::text = 'open'")
NO_END = "(closes_on IS NULL) OR"
REFERS_TO_DEALER = {"dealers_user": "an account is the machinery's, with a policy of its own"}


def test_every_model_is_declared() -> None:
    assert ownership.undeclared() == [], "declare it: @dealer_owned(), @staff_only, @shared or @system"


def test_every_table_belongs_to_a_model() -> None:
    assert catalogue.tables() - set(catalogue.model_of_table()) == WITHOUT_MODEL


def test_what_points_at_a_dealer_is_dealer_owned_or_staff_only() -> None:
    walled = set(catalogue.tables_of(Kind.DEALER_OWNED)) | set(catalogue.tables_of(Kind.STAFF_ONLY))
    pointing = {key.table for key in catalogue.foreign_keys() if key.parent == "dealers_dealer"}
    assert pointing - walled == set(REFERS_TO_DEALER)


def test_the_owner_column_of_a_dealer_owned_table_exists() -> None:
    missing = [
        table
        for table, declared in catalogue.tables_of(Kind.DEALER_OWNED).items()
        if not rows(
            "select 1 from information_schema.columns where table_name = %s and column_name = %s",
            table,
            declared.column,
        )
    ]
    assert missing == []


def test_dealer_owned_and_staff_only_tables_have_row_security_enabled_and_not_forced() -> None:
    walled = set(catalogue.tables_of(Kind.DEALER_OWNED)) | set(catalogue.tables_of(Kind.STAFF_ONLY)) | {"dealers_user"}
    states = rows(
        "select relname, relrowsecurity, relforcerowsecurity from pg_class where relname = any(%s)", [*walled]
    )
    assert len(states) == len(walled)
    assert [name for name, enabled, _forced in states if not enabled] == [], "add walls.dealer_owned(...) or staff_only"
    assert [name for name, _enabled, forced in states if forced] == [], "ENABLE, never FORCE"


def test_what_applicants_reach_has_row_security_and_each_policy_names_his_application() -> None:
    """By his link's secret itself, by way of the application, or because an opening is published."""
    faults = []
    for table in catalogue.tables_of(Kind.FOR_APPLICANTS):
        found = catalogue.policies_of(table, Role.PUBLIC)
        enabled = rows("select relrowsecurity and not relforcerowsecurity from pg_class where relname = %s", table)
        if enabled != [(True,)] or not found:
            faults.append(f"{table}: add walls.for_applicants(...)")
        for policy in found:
            for predicate in filter(None, (policy.using, policy.check)):
                ties = [way for way in WAYS_TO_AN_APPLICATION if way in predicate]
                if not ties or " OR " in predicate.replace(NO_END, ""):
                    faults.append(f"{policy.name}: {predicate}")
        lacking = [role for role in (Role.STAFF, Role.ADMIN, Role.JOBS) if not catalogue.policies_of(table, role)]
        faults += [f"{table}: no policy for {role}" for role in lacking]
    assert faults == []


def test_dealers_have_no_right_at_all_on_what_applicants_bring() -> None:
    brought = set(catalogue.tables_of(Kind.FOR_APPLICANTS))
    assert brought
    assert brought & set(catalogue.rights_on_tables(Role.DEALER)) == set()


def test_a_dealers_policy_compares_the_owner_column_with_the_dealer_who_asks() -> None:
    faults = []
    for table, declared in catalogue.tables_of(Kind.DEALER_OWNED).items():
        found = catalogue.policies_of(table, Role.DEALER)
        own = [policy for policy in found if policy.name not in NARROWER]
        if not own:
            faults.append(f"{table}: no policy for dealers")
        for policy in own:
            predicate = policy.using or policy.check
            if f"({declared.column} = " not in predicate or "'app.dealer_id'" not in predicate:
                faults.append(f"{policy.name}: {predicate}")
            if " OR " in predicate or (policy.check and "'app.dealer_id'" not in policy.check):
                faults.append(f"{policy.name} has a bypass: {predicate} / {policy.check}")
        for policy in found:
            if policy.name in NARROWER and "'app.user_id'" not in policy.using:
                faults.append(f"{policy.name}: {policy.using}")
    assert faults == []


def test_dealer_owned_tables_have_one_policy_for_staff_and_one_for_jobs() -> None:
    lacking = [
        f"{table}: {role}"
        for table in catalogue.tables_of(Kind.DEALER_OWNED)
        for role in (Role.STAFF, Role.ADMIN, Role.JOBS)
        if len(catalogue.policies_of(table, role)) != 1
    ]
    assert lacking == []


def test_no_policy_is_for_everybody() -> None:
    """A policy without a role holds for every role there is, also for those that come later."""
    assert [policy.name for policy in catalogue.policies() if "public" in policy.roles] == []
    assert [policy.name for policy in catalogue.policies() if not policy.permissive] == []


def test_the_public_reads_only_what_is_listed() -> None:
    rights = catalogue.rights_on_tables(Role.PUBLIC)
    assert set(rights) == set(PUBLIC_READS) | set(PUBLIC_KEEPS)
    for table in PUBLIC_READS:
        assert rights[table] <= {"select", "select*"}, table


def test_a_dealer_reads_nothing_without_a_policy_except_what_is_shared() -> None:
    secured = {name for (name,) in rows("select relname from pg_class where relrowsecurity")}
    open_to_dealers = set(catalogue.rights_on_tables(Role.DEALER)) - secured
    assert open_to_dealers - set(catalogue.tables_of(Kind.SHARED)) == set(DEALER_READS_WITHOUT_POLICY)


def test_dealers_never_write_what_is_shared() -> None:
    rights = catalogue.rights_on_tables(Role.DEALER)
    written = {
        table
        for table in [*catalogue.tables_of(Kind.SHARED), *DEALER_READS_WITHOUT_POLICY]
        if not rights.get(table, set()) <= {"select", "select*"}
    }
    assert written == set()


def test_dealers_and_the_public_have_no_right_at_all_on_staff_only_tables() -> None:
    staff_only = set(catalogue.tables_of(Kind.STAFF_ONLY))
    for role in (Role.DEALER, Role.PUBLIC):
        assert staff_only & set(catalogue.rights_on_tables(role)) == set()


@pytest.mark.parametrize("role", Role)
def test_no_role_that_serves_may_truncate_or_hang_triggers(role: Role) -> None:
    held = {table: rights & {"truncate", "trigger", "references", "references*"}
            for table, rights in catalogue.rights_on_tables(role).items()}  # fmt: skip
    assert {table: rights for table, rights in held.items() if rights} == {}


def test_a_child_cannot_point_at_another_dealers_parent() -> None:
    """Key checks ignore row policies, so every key between dealer-owned tables carries the dealer."""
    owned = catalogue.tables_of(Kind.DEALER_OWNED)
    composite = {
        (key.table, key.columns[1], key.parent)
        for key in catalogue.foreign_keys()
        if len(key.columns) == 2 and key.columns[0] == "dealer_id" and key.parent_columns == ("dealer_id", "id")
    }
    lacking = sorted(set(_references_between(owned)) - composite)
    assert lacking == [], "add walls.same_dealer(table, column, parent) and a unique (dealer_id, id) on the parent"


def _references_between(owned: dict[str, ownership.Ownership]) -> list[tuple[str, str, str]]:
    """(table, column, parent) of every reference, as the models declare it and as the catalogue has it."""
    declared = [
        (model._meta.db_table, str(field.column), field.related_model._meta.db_table)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.related_model is not None and field.column != "dealer_id"
    ]
    catalogued = [(key.table, key.columns[0], key.parent) for key in catalogue.foreign_keys() if len(key.columns) == 1]
    return [
        (table, column, parent)
        for table, column, parent in {*declared, *catalogued}
        if table in owned and parent in owned and parent != "dealers_dealer" and table not in WITHOUT_KEYS
    ]


def test_a_reference_without_a_plain_key_is_held_by_a_composite_key_that_is_never_null() -> None:
    """A composite key with an empty dealer is not checked at all: then the plain key has to stand beside it."""
    keys = catalogue.foreign_keys()
    plain = {(key.table, key.columns[0]) for key in keys if len(key.columns) == 1}
    composite = {(key.table, key.columns[1]) for key in keys if len(key.columns) == 2}
    surprises = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            place = (model._meta.db_table, field.column)
            if not field.is_relation or place in plain or not model._meta.managed or place[0] in WITHOUT_KEYS:
                continue
            if place not in composite:
                surprises.append(f"{place}: no key at all")
            elif catalogue.nullable(model._meta.db_table, "dealer_id"):
                surprises.append(f"{place}: unchecked where dealer_id is empty")
    assert surprises == []


@pytest.mark.parametrize("table", sorted(WITHOUT_KEYS))
def test_a_table_without_keys_is_read_by_people_and_written_by_jobs_only(table: str) -> None:
    for role in (Role.DEALER, Role.STAFF, Role.ADMIN):
        assert catalogue.rights_on_tables(role)[table] == {"select", "select*"}
    assert {key.columns for key in catalogue.foreign_keys() if key.table == table} == set()


def test_nothing_a_dealer_enters_is_unique_across_dealers() -> None:
    """A duplicate-key error would tell a dealer that somebody else has the value."""
    kept_together = {(key.table, key.columns[1]) for key in catalogue.foreign_keys() if len(key.columns) == 2}
    faults = []
    for table, declared in catalogue.tables_of(Kind.DEALER_OWNED).items():
        for name, columns in catalogue.unique_columns(table).items():
            is_ours = columns == ("public_id",) or (table, columns) in GLOBALLY_UNIQUE
            is_one_to_one = len(columns) == 1 and (table, columns[0]) in kept_together
            if declared.column not in columns and not is_ours and not is_one_to_one:
                faults.append(f"{name} on {table} {columns}")
    assert faults == [], "make it unique per dealer, or say in GLOBALLY_UNIQUE why the value is ours"


def test_every_listed_exception_still_exists() -> None:
    names = {policy.name for policy in catalogue.policies()}
    assert set(NARROWER) <= names
    for table, columns in GLOBALLY_UNIQUE:
        assert columns in catalogue.unique_columns(table).values(), table


def test_views_ask_in_the_name_of_who_reads_them() -> None:
    found = rows(
        "select relname, relkind, coalesce(array_to_string(reloptions, ','), ''), "
        "has_table_privilege(%s, oid, 'select') or has_table_privilege(%s, oid, 'select') "
        "from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')",
        name_of(Role.DEALER),
        name_of(Role.PUBLIC),
    )
    open_views = [name for name, kind, options, readable in found
                  if readable and (kind == "m" or "security_invoker=true" not in options)]  # fmt: skip
    assert open_views == []


def test_role_names_carry_the_databases_name() -> None:
    prefix = settings.DATABASE_ROLE_PREFIX or connection.settings_dict["NAME"]
    (present,) = rows("select array_agg(rolname::text) from pg_roles where rolname like %s", f"{prefix}\\_%")[0]
    assert {name_of(role) for role in Role} <= set(present)
    assert all(name_of(role) == f"{prefix}_{role}" for role in Role)


def test_the_app_login_has_no_power_of_its_own() -> None:
    (flags,) = rows(
        "select rolsuper, rolbypassrls, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin "
        "from pg_roles where rolname = %s",
        name_of(Role.APP),
    )
    assert flags == (False, False, False, False, False, False, True)
    member_of = rows("select roleid::regrole::text from pg_auth_members where member = %s::regrole", name_of(Role.APP))
    assert {role for (role,) in member_of} == {name_of(role) for role in ENTERED}


@pytest.mark.parametrize("role", ENTERED)
def test_an_entered_role_cannot_sign_in_and_stands_for_itself_only(role: Role) -> None:
    (flags,) = rows(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles where rolname = %s",
        name_of(role),
    )
    assert flags == (False, False, False, False, False)
    assert rows("select 1 from pg_auth_members where member = %s::regrole", name_of(role)) == []


@pytest.mark.parametrize("role", Role)
def test_no_role_that_serves_owns_or_creates_anything(role: Role) -> None:
    assert rows("select relname from pg_class where relowner = %s::regrole", name_of(role)) == []
    assert rows("select proname from pg_proc where proowner = %s::regrole", name_of(role)) == []
    may_create = rows(
        "select has_schema_privilege(%s, 'public', 'create'), has_database_privilege(%s, current_database(), 'create')",
        name_of(role),
        name_of(role),
    )
    assert may_create == [(False, False)]


def test_the_app_login_touches_accounts_and_what_is_listed() -> None:
    touched = set(catalogue.rights_on_tables(Role.APP))
    accounts = set(catalogue.tables_of(Kind.SYSTEM))
    assert touched - accounts == set(APP_READS)


def test_nobody_but_the_account_doors_and_the_administration_reads_secrets() -> None:
    for role in (Role.DEALER, Role.STAFF, Role.PUBLIC, Role.JOBS):
        assert not catalogue.may_read_column(role, "dealers_user", "password")
        assert "mfa_authenticator" not in catalogue.rights_on_tables(role)
    for role in (Role.DEALER, Role.STAFF, Role.PUBLIC):
        assert "dealers_session" not in catalogue.rights_on_tables(role)


# Called under the public role, each with its reason.
ANSWERS_THE_PUBLIC = {"contracts_authorisation": "by a random number: what stands on the paper with it"}
# Called by people's own sessions: they answer with numbers of imports only, never with a word of what stands in them.
CALLED_BY_SESSIONS = {"ledger_posted_after": "bigint"}


def test_a_function_with_its_owners_rights_looks_in_a_fixed_place_and_is_called_by_nobody() -> None:
    found = rows(
        "select oid, proname, coalesce(array_to_string(proconfig, ';'), ''), prorettype::regtype::text from pg_proc "
        "where pronamespace = 'public'::regnamespace and prosecdef"
    )
    assert found
    for oid, name, config, answer in found:
        assert config.startswith("search_path=") and config.endswith("pg_temp"), (
            f"{name}: a temporary table comes first"
        )
        if name in CALLED_BY_SESSIONS:
            assert answer == CALLED_BY_SESSIONS[name]
            continue
        for role in Role:
            may_call = name in ANSWERS_THE_PUBLIC and role is Role.PUBLIC
            held = rows("select has_function_privilege(%s, %s::oid, 'execute')", name_of(role), oid)
            assert held == [(may_call,)], name
