"""The second wall around results; and closed means closed: what was published keeps its numbers."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, READ

ANSWER = "select, update (status, acknowledged_at, acknowledged_by_id)"
NUMBERS = (
    "dealer_id, assessment_id, contract_id, template_id, period, length, starts_on, ends_on, edition, cut_off, "
    "currency, weight, weight_with_data, points, score, grade, missing, peers, peer_median"
)

CLOSED = walls.RoleSQL(
    [
        """
        create function performance_refuse_closed() returns trigger language plpgsql as $$
        declare
            card bigint := case when tg_table_name = 'performance_scorecard' then old.id
                                else (to_jsonb(old) ->> 'scorecard_id')::bigint end;
        begin
            if exists (select 1 from performance_scorecard s where s.id = card and s.published_at is not null) then
                raise exception 'scorecard % is published: a correction is the next edition', card
                    using errcode = 'integrity_constraint_violation';
            end if;
            return case when tg_op = 'DELETE' then old else new end;
        end $$
        """,
        f"create trigger performance_scorecard_closed before delete or update of {NUMBERS} on performance_scorecard "
        "for each row when (old.published_at is not null) execute function performance_refuse_closed()",
        "create trigger performance_scorecardline_closed before delete or update on performance_scorecardline "
        "for each row execute function performance_refuse_closed()",
    ],
    [
        "drop trigger performance_scorecardline_closed on performance_scorecardline",
        "drop trigger performance_scorecard_closed on performance_scorecard",
        "drop function performance_refuse_closed()",
    ],
    "A published scorecard keeps its numbers",
)


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_scorecards"), ("contracts", "0003_walls")]
    operations = [
        walls.shared("performance_scorecardtemplate", staff=walls.WRITE),
        walls.shared("performance_templatemeasure", staff=ALL),
        walls.shared("performance_templategrade", staff=ALL),
        walls.staff_only("performance_assessment"),
        walls.dealer_owned(
            "performance_scorecard", dealer=ANSWER, staff="select, update", also="published_at is not null"
        ),
        walls.dealer_owned(
            "performance_scorecardline",
            dealer=READ,
            staff=READ,
            also="exists (select 1 from performance_scorecard s where s.id = scorecard_id)",
        ),
        walls.dealer_owned(
            "performance_objection",
            dealer="select, insert, update (outcome)",
            also="exists (select 1 from performance_scorecard s where s.id = scorecard_id)",
        ),
        walls.same_dealer("performance_scorecard", "contract_id", "contracts_contract"),
        walls.same_dealer("performance_scorecardline", "scorecard_id", "performance_scorecard"),
        walls.same_dealer("performance_objection", "scorecard_id", "performance_scorecard"),
        walls.same_dealer("performance_objection", "line_id", "performance_scorecardline"),
        walls.history("performance_scorecardtemplate"),
        walls.history("performance_templatemeasure"),
        walls.history("performance_templategrade"),
        walls.history("performance_assessment"),
        walls.history("performance_scorecard", on="update"),
        walls.history("performance_objection"),
        CLOSED,
    ]
