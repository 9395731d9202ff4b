"""A dealer notes what he was promised, as a claim that nobody owes yet, and hands his own items to his own people.
Which answer it gets is ours to write."""

from django.db import migrations

from core.database.walls import RoleSQL

NOTED = (
    "public_id, dealer_id, meeting_id, topic_id, what, owner_id, side, first_due_on, due_on, moved_reason, state, "
    "closed_at, closed_on, closed_by_id, closing_note, made_by_id, published_at, said_where, claim, answered_at, "
    "answered_by_id, contested_reason"
)
GUARD = """
create function communications_guard_claim() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if nullif(current_setting('app.dealer_id', true), '') is null then
        return null;
    end if;
    if tg_op = 'INSERT' then
        if new.claim <> 'waiting' or new.side <> 'us' or new.state <> 'open' or new.meeting_id is not null
           or new.made_by_id::text is distinct from current_setting('app.user_id', true)
           or not exists (select 1 from dealers_user p where p.id = new.owner_id and p.kind = 'staff') then
            raise exception 'a dealer notes what was promised to him, in his own name'
                using errcode = 'restrict_violation';
        end if;
    elsif new.owner_id <> old.owner_id and (new.side <> 'dealer' or not exists (
            select 1 from dealers_user p where p.id = new.owner_id and p.dealer_id = new.dealer_id)) then
        raise exception 'a dealer hands over to his own people' using errcode = 'restrict_violation';
    end if;
    return null;
end $$
"""


class Migration(migrations.Migration):
    dependencies = [("communications", "0010_walls_of_announcements")]
    operations = [
        RoleSQL(
            [
                f"grant insert ({NOTED}), update (owner_id) on communications_actionitem to {{dealer}}",
                GUARD,
                "create trigger communications_actionitem_claim after insert or update of owner_id "
                "on communications_actionitem for each row execute function communications_guard_claim()",
            ],
            [
                "drop trigger communications_actionitem_claim on communications_actionitem",
                "drop function communications_guard_claim()",
                f"revoke insert ({NOTED}), update (owner_id) on communications_actionitem from {{dealer}}",
            ],
            "A dealer notes what he was promised",
        ),
    ]
