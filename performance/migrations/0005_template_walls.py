"""The freeze of versions that are no drafts, and the second wall around drafts."""

from django.db import migrations

from core.database import walls

DECIDED = "status in ('in_use', 'retired')"
ROLES = ("staff", "admin", "jobs")
PARTS = ("performance_templatemeasure", "performance_templategrade")
DECISION = "reason, proposed_by_id, proposed_at, approved_by_id, approved_at, starts_on"
RULES = "name, name_zh, code, version, length, tiers, minimum_coverage, made_by_id"


def changed(columns: str) -> str:
    """Whether an update changes any of these columns."""
    names = columns.split(", ")
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("old", "new"))
    return f"({old}) is distinct from ({new})"


def ours_until_decided(table: str, condition: str) -> walls.RoleSQL:
    """Everybody signed in reads rules that are or were in use; a dealer's session knows of no others."""
    return walls.RoleSQL(
        [
            f"alter table {table} enable row level security",
            f"create policy {table}_dealer on {table} to {{dealer}} using ({condition})",
            *(f"create policy {table}_{role} on {table} to {{{role}}} using (true)" for role in ROLES),
        ],
        [
            *(f"drop policy {table}_{role} on {table}" for role in ("dealer", *ROLES)),
            f"alter table {table} disable row level security",
        ],
        f"Dealers read of {table} what is or was in use",
    )


FROZEN = walls.RoleSQL(
    [
        f"""
        create function performance_refuse_frozen() returns trigger language plpgsql as $$
        begin
            if tg_op = 'DELETE' and old.status <> 'draft' then
                raise exception 'template % is no draft: it stays', old.id
                    using errcode = 'integrity_constraint_violation';
            elsif tg_op = 'UPDATE' and old.status <> 'draft'
                and {changed(RULES)} then
                raise exception 'template % is no draft: a change is the next version', old.id
                    using errcode = 'integrity_constraint_violation';
            elsif tg_op = 'UPDATE' and old.status in ('in_use', 'retired')
                and (new.status in ('draft', 'proposed') or {changed(DECISION)}) then
                raise exception 'template % is decided: its decision stays', old.id
                    using errcode = 'integrity_constraint_violation';
            end if;
            return case when tg_op = 'DELETE' then old else new end;
        end $$
        """,
        """
        create function performance_refuse_frozen_part() returns trigger language plpgsql as $$
        declare
            templates bigint[] := array[]::bigint[];
        begin
            if tg_op <> 'INSERT' then templates := templates || old.template_id; end if;
            if tg_op <> 'DELETE' then templates := templates || new.template_id; end if;
            if exists (select 1 from performance_scorecardtemplate t
                       where t.id = any(templates) and t.status <> 'draft') then
                raise exception 'template % is no draft: a change is the next version', templates[1]
                    using errcode = 'integrity_constraint_violation';
            end if;
            return case when tg_op = 'DELETE' then old else new end;
        end $$
        """,
        "create trigger performance_scorecardtemplate_frozen before update or delete on performance_scorecardtemplate "
        "for each row execute function performance_refuse_frozen()",
        *(
            f"create trigger {table}_frozen before insert or update or delete on {table} "
            "for each row execute function performance_refuse_frozen_part()"
            for table in PARTS
        ),
    ],
    [
        *(f"drop trigger {table}_frozen on {table}" for table in PARTS),
        "drop trigger performance_scorecardtemplate_frozen on performance_scorecardtemplate",
        "drop function performance_refuse_frozen_part()",
        "drop function performance_refuse_frozen()",
    ],
    "The rules of a version that is no draft stay as they are",
)
# What was shipped holds from the beginning; what was replaced before versions had times ends where the next begins.
TIMES = migrations.RunSQL(
    """
    update performance_scorecardtemplate t
    set ends_before = coalesce((select min(n.starts_on) from performance_scorecardtemplate n
                                where n.code = t.code and n.version > t.version), current_date)
    where status = 'retired';
    update performance_scorecardtemplate set starts_on = null where made_by_id is null;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("performance", "0002_walls")]
    operations = [
        TIMES,
        walls.RoleSQL(
            ["grant delete on performance_scorecardtemplate to {staff}"],
            ["revoke delete on performance_scorecardtemplate from {staff}"],
            "A draft can be discarded",
        ),
        ours_until_decided("performance_scorecardtemplate", DECIDED),
        *(
            ours_until_decided(table, "exists (select 1 from performance_scorecardtemplate t where t.id = template_id)")
            for table in PARTS
        ),
        FROZEN,
    ]
