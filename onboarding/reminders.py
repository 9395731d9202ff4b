"""A signature on an application that nobody has given by the day it is due."""

from core.reminders import Rule, define, morning_of

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
    )
)
