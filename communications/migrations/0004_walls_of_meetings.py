"""The second wall around meetings; and closed means closed: locked minutes, sent editions and given promises keep
their words, whoever writes."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL

AGREE = (
    "select, insert, update (state, starts_at, zone, length, place, link, proposed_by_id, proposed_side, sequence, "
    "cancel_reason, locked_at)"
)
ANSWER = "state, answered_by_id, answered_at, correction"
PROMISED = "dealer_id, meeting_id, topic_id, what, side, first_due_on, made_by_id, published_at"

CLOSED = walls.RoleSQL(
    [
        """
        create function communications_refuse_closed() returns trigger language plpgsql as $$
        begin
            raise exception '% % is closed: what both sides confirmed does not change', tg_table_name, old.id
                using errcode = 'integrity_constraint_violation';
        end $$
        """,
        "create trigger communications_meeting_closed before update or delete on communications_meeting "
        "for each row when (old.state in ('locked', 'cancelled')) execute function communications_refuse_closed()",
        """
        create function communications_refuse_locked_part() returns trigger language plpgsql as $$
        declare
            part jsonb;
            meeting bigint;
        begin
            foreach part in array array[to_jsonb(old), to_jsonb(new)] loop
                continue when part is null;
                meeting := case when part ? 'meeting_id' then (part ->> 'meeting_id')::bigint
                                else (select t.meeting_id from communications_topic t
                                      where t.id = (part ->> 'topic_id')::bigint) end;
                if exists (select 1 from communications_meeting m
                           where m.id = meeting and m.state in ('locked', 'cancelled')) then
                    raise exception 'the meeting of this % is closed', tg_table_name
                        using errcode = 'integrity_constraint_violation';
                end if;
            end loop;
            return case when tg_op = 'DELETE' then old else new end;
        end $$
        """,
        *(
            f"create trigger communications_{table}_locked before insert or update or delete on communications_{table} "
            "for each row execute function communications_refuse_locked_part()"
            for table in ("topic", "participant", "topictext", "resolution")
        ),
        "create trigger communications_minutes_edition before delete or update of dealer_id, meeting_id, version, "
        "content, sha256, sent_by_id, sent_at on communications_minutes "
        "for each row execute function communications_refuse_closed()",
        "create trigger communications_minutes_answered before update on communications_minutes "
        "for each row when (old.state <> 'out') execute function communications_refuse_closed()",
        """
        create function communications_refuse_promised() returns trigger language plpgsql as $$
        begin
            if (old.meeting_id is null and old.published_at is not null) or exists (
                select 1 from communications_meeting m where m.id = old.meeting_id and m.state = 'locked'
            ) then
                raise exception 'action item % is promised: its words and its first date stay', old.id
                    using errcode = 'integrity_constraint_violation';
            end if;
            return case when tg_op = 'DELETE' then old else new end;
        end $$
        """,
        f"create trigger communications_actionitem_promised before delete or update of {PROMISED} "
        "on communications_actionitem for each row execute function communications_refuse_promised()",
        "create trigger communications_actionitem_locked before insert on communications_actionitem "
        "for each row when (new.meeting_id is not null) execute function communications_refuse_locked_part()",
    ],
    [
        "drop trigger communications_actionitem_locked on communications_actionitem",
        "drop trigger communications_actionitem_promised on communications_actionitem",
        "drop function communications_refuse_promised()",
        "drop trigger communications_minutes_answered on communications_minutes",
        "drop trigger communications_minutes_edition on communications_minutes",
        *(
            f"drop trigger communications_{table}_locked on communications_{table}"
            for table in ("topic", "participant", "topictext", "resolution")
        ),
        "drop function communications_refuse_locked_part()",
        "drop trigger communications_meeting_closed on communications_meeting",
        "drop function communications_refuse_closed()",
    ],
    "Closed means closed: meetings, minutes, promises",
)
TABLES = ("meeting", "participant", "meetingnote", "topic", "topictext", "resolution", "minutes", "actionitem")


class Migration(migrations.Migration):
    dependencies = [("communications", "0003_meetings")]
    operations = [
        walls.dealer_owned("communications_meeting", dealer=AGREE),
        walls.dealer_owned("communications_participant", dealer="select, insert", staff=ALL),
        walls.staff_only("communications_meetingnote"),
        walls.dealer_owned("communications_topic", dealer="select, insert", staff=ALL),
        walls.staff_only("communications_topictext"),
        walls.staff_only("communications_resolution", staff=ALL),
        walls.dealer_owned(
            "communications_minutes",
            dealer=f"select, update ({ANSWER})",
            staff=f"select, insert, update ({ANSWER})",
        ),
        # Until the minutes that hold it are sent, an action item is our draft.
        walls.dealer_owned(
            "communications_actionitem",
            dealer="select, update (state, closed_at, closed_on, closed_by_id, closing_note)",
            also="published_at is not null",
            staff=ALL,
        ),
        walls.system("communications_reminder", jobs=ALL),
        walls.same_dealer("communications_meeting", "previous_id", "communications_meeting"),
        walls.same_dealer("communications_participant", "meeting_id", "communications_meeting"),
        walls.same_dealer("communications_topic", "meeting_id", "communications_meeting"),
        walls.same_dealer("communications_minutes", "meeting_id", "communications_meeting"),
        walls.same_dealer("communications_actionitem", "meeting_id", "communications_meeting"),
        walls.same_dealer("communications_actionitem", "topic_id", "communications_topic"),
        *(walls.history(f"communications_{table}") for table in TABLES),
        CLOSED,
    ]
