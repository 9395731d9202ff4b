"""A signature on an application that nobody has given by the day it is due, and one that has waited too long."""

from core.reminders import Rule, define, morning_of
from dealers.reminders import FORGOTTEN, one_up

define(
    Rule(
        "reminder.step_waits",
        "onboarding.Application",
        # Whoever was asked for this signature: by then it was worked out who may give it. Two weeks later it is
        # known; a step that is opened anew is another occasion.
        f"""
        select s.application_id, null::bigint, p.id, s.round || '.' || s.number || ' ' || s.due_on
        from onboarding_step s
        join dealers_event e on e.subject_type = 'onboarding.application' and e.subject_id = s.application_id
          and e.kind = 'application.asked' and e.at >= s.submitted_at and (e.data ->> 'step')::int = s.number
        join dealers_delivery l on l.event_id = e.id
        join dealers_user p on p.id = l.recipient_id and p.is_active
        where s.outcome = 'waiting' and s.due_on > %(now)s::date - 14
          and %(now)s >= {morning_of("s.due_on")}
        """,
        data=lambda application: application.opening.told,
        joins=("opening",),
    ),
    Rule(
        "reminder.step_escalated",
        "onboarding.Application",
        f"""
        select s.application_id, null::bigint, p.id, s.round || '.' || s.number || ' ' || s.escalates_on
        from onboarding_step s
        join onboarding_application a on a.id = s.application_id
        join onboarding_opening o on o.id = a.opening_id
        join dealers_territory place on place.id = o.territory_id
        join lateral ({one_up("s.permission", "place.low", "s.submitted_by_id")}) who on true
        join dealers_user p on p.id = who.person_id and p.is_active
        where s.outcome = 'waiting' and s.escalates_on > %(now)s::date - {FORGOTTEN}
          and %(now)s >= {morning_of("s.escalates_on")}
        """,
        data=lambda application: application.opening.told,
        joins=("opening",),
    ),
)
