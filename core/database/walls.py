"""Migration operations that build the second wall: grants, row policies, composite keys, the history trigger.

Each is reversible and reads as what it means::

    operations = [walls.dealer_owned("dealers_contact"), walls.staff_only("dealers_assignment")]

`{dealer}`, `{staff}`, ... stand for the roles' names in the connected database. ENABLE, never FORCE: under FORCE a
managed server's owner could neither migrate data nor back up. One policy per role, never an OR with a bypass flag:
the planner would stop using the index.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState

from core.database.roles import role_names

MY_DEALER = "(select nullif(current_setting('app.dealer_id', true), '')::bigint)"
ME = "(select nullif(current_setting('app.user_id', true), '')::bigint)"
MY_APPLICATION = "(select nullif(current_setting('app.application', true), ''))"  # the hash of the link's secret
READ = "select"
WRITE = "select, insert, update"
ALL = "select, insert, update, delete"


class RoleSQL(Operation):
    """SQL in which `{dealer}`, `{staff}`, `{app}`... are this database's role names. Runs both ways."""

    reversible = True
    category = OperationCategory.SQL

    def __init__(self, forwards: Sequence[str], backwards: Sequence[str], about: str = "") -> None:
        self.forwards, self.backwards, self.about = list(forwards), list(backwards), about

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__name__,
            [],
            {"forwards": self.forwards, "backwards": self.backwards, "about": self.about},
        )

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Tables and columns stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.forwards)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._run(schema_editor, self.backwards)

    def describe(self) -> str:
        return self.about or "Run SQL with role names"

    @staticmethod
    def _run(schema_editor: BaseDatabaseSchemaEditor, statements: Sequence[str]) -> None:
        quoted = {short: f'"{name}"' for short, name in role_names(schema_editor.connection).items()}
        for statement in statements:
            filled = re.sub(r"\{(\w+)\}", lambda match: quoted.get(match[1], match[0]), statement)
            schema_editor.execute(filled, params=None)


def _guard(table: str, policies: dict[str, str], grants: dict[str, str], about: str) -> RoleSQL:
    """Row-level security on `table`: `policies` role -> predicate, `grants` role -> rights."""
    forwards = [f"alter table {table} enable row level security"]
    backwards = []
    for role, predicate in policies.items():
        forwards.append(f"create policy {table}_{role} on {table} to {{{role}}} using ({predicate})")
        backwards.append(f"drop policy {table}_{role} on {table}")
    for role, rights in grants.items():
        if rights:
            forwards.append(f"grant {rights} on {table} to {{{role}}}")
            backwards.append(f"revoke all on {table} from {{{role}}}")
    backwards.append(f"alter table {table} disable row level security")
    return RoleSQL(forwards, backwards, about)


def dealer_owned(
    table: str,
    *,
    column: str = "dealer_id",
    dealer: str = WRITE,
    staff: str = WRITE,
    jobs: str = ALL,
    also: str = "",
    public: str = "",
) -> RoleSQL:
    """A dealer sees and writes its own rows only. `also` narrows further (a visibility class, say).

    `public` is the predicate for applicants and passers-by, read-only; empty means nothing.
    """
    own = f"{column} = {MY_DEALER}" + (f" and ({also})" if also else "")
    policies = {"dealer": own, "staff": "true", "admin": "true", "jobs": "true"}
    grants = {"dealer": dealer, "staff": staff, "admin": staff, "jobs": jobs}
    if public:
        policies["public"], grants["public"] = public, READ
    return _guard(table, policies, grants, f"Wall around {table}: a dealer has its own rows only")


def staff_only(table: str, *, staff: str = WRITE, admin: str = ALL, jobs: str = ALL) -> RoleSQL:
    """Dealers and the public have no right at all, not even on zero rows."""
    return _guard(
        table,
        {"staff": "true", "admin": "true", "jobs": "true"},
        {"staff": staff, "admin": admin, "jobs": jobs},
        f"{table} is for the manufacturer's people only",
    )


def for_applicants(table: str, public: str, *rules: str, staff: str = READ, jobs: str = ALL) -> RoleSQL:
    """Somebody without an account has the rights `public`, on the rows that `rules` say: "select using (...)".

    Dealers have no right at all. Each rule is a policy of its own, so that reading and writing differ where they must.
    """
    guard = _guard(
        table, {"staff": "true", "admin": "true", "jobs": "true"}, {"staff": staff, "admin": READ, "jobs": jobs}, ""
    )
    forwards, backwards = guard.forwards, guard.backwards
    for number, rule in enumerate(rules, start=1):
        name = f"{table}_public_{number}"
        forwards.append(f"create policy {name} on {table} for {rule.replace(' ', ' to {public} ', 1)}")
        backwards.insert(0, f"drop policy {name} on {table}")
    forwards.append(f"grant {public} on {table} to {{public}}")
    backwards.insert(0, f"revoke all on {table} from {{public}}")
    return RoleSQL(forwards, backwards, f"Wall around {table}: an applicant has his own application only")


def shared(table: str, *, staff: str = READ, admin: str = ALL, public: str = "") -> RoleSQL:
    """Everybody signed in reads; few write."""
    grants = {"dealer": READ, "staff": staff, "admin": admin, "jobs": ALL, "public": public}
    forwards = [f"grant {rights} on {table} to {{{role}}}" for role, rights in grants.items() if rights]
    backwards = [f"revoke all on {table} from {{{role}}}" for role, rights in grants.items() if rights]
    return RoleSQL(forwards, backwards, f"{table} is shared")


def shared_where(table: str, dealer: str, *, staff: str = READ) -> RoleSQL:
    """Rows of ours that a dealer reads where the predicate `dealer` says so; he never writes them."""
    policies = {"dealer": dealer, "staff": "true", "admin": "true", "jobs": "true"}
    grants = {"dealer": READ, "staff": staff, "admin": READ, "jobs": ALL}
    return _guard(table, policies, grants, f"Wall around {table}: a dealer reads what is for him")


def system(table: str, **grants: str) -> RoleSQL:
    """Machinery: `system("django_session", app=ALL)`. Roles that are not named have no right."""
    forwards = [f"grant {rights} on {table} to {{{role}}}" for role, rights in grants.items()]
    backwards = [f"revoke all on {table} from {{{role}}}" for role in grants]
    return RoleSQL(forwards, backwards, f"{table} belongs to the machinery")


def same_dealer(table: str, column: str, parent: str) -> RoleSQL:
    """Composite foreign key: a row of one dealer cannot point at another dealer's parent.

    Stands beside `ForeignKey(db_constraint=False)`; a plain key would not do, because key checks ignore row policies.
    Where `dealer_id` may be empty the key is not checked then: keep the plain one as well.
    """
    name = f"{table}_{column}_same_dealer"
    return RoleSQL(
        [
            f"alter table {table} add constraint {name} foreign key (dealer_id, {column}) "
            f"references {parent} (dealer_id, id) deferrable initially deferred"
        ],
        [f"alter table {table} drop constraint {name}"],
        f"{table}.{column} stays with its dealer",
    )


def history(table: str, *, hide: Sequence[str] = (), on: str = "insert or update or delete") -> RoleSQL:
    """Every change of a row lands in the change table, whichever way it was made. `hide` names secret columns.

    `on="update"` is for rows that a job makes by the hundred thousand and people change one by one.
    """
    hidden = ", ".join(f"'{column}'" for column in hide)
    return RoleSQL(
        [
            f"create trigger {table}_history after {on} on {table} "
            f"for each row execute function core_note_change({hidden})"
        ],
        [f"drop trigger {table}_history on {table}"],
        f"Keep the history of {table}",
    )


def history_hides(table: str, *columns: str) -> RoleSQL:
    """From now on these columns are no part of the table's history: a generated column says nothing of its own."""
    hiding, plain = history(table, hide=columns), history(table)
    return RoleSQL(
        [*plain.backwards, *hiding.forwards],
        [*hiding.backwards, *plain.forwards],
        f"Keep {', '.join(columns)} out of the history of {table}",
    )


def append_only(table: str) -> RoleSQL:
    """No UPDATE and no DELETE, for anybody who serves."""
    return RoleSQL(
        [
            f"create trigger {table}_append_only before update or delete on {table} "
            f"for each row execute function core_refuse_change()"
        ],
        [f"drop trigger {table}_append_only on {table}"],
        f"{table} is append-only",
    )
