"""The second wall around announcements: a dealer reads what reached him, and writes only that he himself read it.
What was published keeps its words, and what was read stays read, whoever writes."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ, RoleSQL

WORDS = (
    "title, title_zh, text, text_zh, needs_confirmation, territory_id, line_id, statuses, picked, file_name, "
    "content_type, size, sha256, author_id, published_at, replaces_id"
)
REACHED = (
    "exists (select 1 from communications_announcementcopy c where c.announcement_id = communications_announcement.id)"
)
GUARD_WORDS = """
create function communications_refuse_published() returns trigger language plpgsql as $$
begin
    raise exception 'announcement % is published: its words stay, a correction is another one', old.id
        using errcode = 'integrity_constraint_violation';
end $$
"""
GUARD_READING = """
create function communications_guard_reading() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'what was read stays read' using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'UPDATE' and (new.person_id <> old.person_id or new.copy_id <> old.copy_id or new.read_at <> old.read_at
                             or old.confirmed_at is not null) then
        raise exception 'what was read stays read' using errcode = 'integrity_constraint_violation';
    end if;
    if nullif(current_setting('app.dealer_id', true), '') is not null
       and new.person_id::text is distinct from current_setting('app.user_id', true) then
        raise exception 'everybody reads for himself' using errcode = 'restrict_violation';
    end if;
    return new;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0009_announcements")]
    operations = [
        walls.shared_where("communications_announcement", REACHED, staff=ALL),
        walls.dealer_owned("communications_announcementcopy", dealer=READ, staff="select, insert"),
        walls.dealer_owned(
            "communications_announcementreading", dealer="select, insert, update (confirmed_at)", staff=READ
        ),
        walls.same_dealer("communications_announcementreading", "copy_id", "communications_announcementcopy"),
        walls.append_only("communications_announcementcopy"),
        *(walls.history(f"communications_{table}", hide=hidden) for table, hidden in (
            ("announcement", ("grams",)), ("announcementreading", ()))),
        RoleSQL(
            [
                GUARD_WORDS,
                f"create trigger communications_announcement_published before delete or update of {WORDS} "
                "on communications_announcement for each row when (old.state <> 'draft') "
                "execute function communications_refuse_published()",
                GUARD_READING,
                "create trigger communications_announcementreading_stays before update or delete "
                "on communications_announcementreading for each row execute function communications_guard_reading()",
                "create trigger communications_announcementreading_own after insert "
                "on communications_announcementreading for each row execute function communications_guard_reading()",
            ],
            [
                "drop trigger communications_announcementreading_own on communications_announcementreading",
                "drop trigger communications_announcementreading_stays on communications_announcementreading",
                "drop function communications_guard_reading()",
                "drop trigger communications_announcement_published on communications_announcement",
                "drop function communications_refuse_published()",
            ],
            "Published words stay, and what was read stays read",
        ),
    ]  # fmt: skip
