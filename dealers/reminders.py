"""A decision that has waited too long goes one up: to who holds the right above."""

from django.utils import timezone

from core.reminders import Rule, define, morning_of
from dealers.roles import ABOVE, ESCALATIONS

FORGOTTEN = 14  # days: by then everybody knows
_UP = ", ".join(f"('{right}', '{above or ESCALATIONS}')" for right, above in ABOVE.items())


def above(permission: str, place: str, submitter: str) -> str:
    """SQL: the accounts that the decision goes to, beside `low` of the place it is about.

    They look after the place and every line. Where nobody does, it is told once more to those who could decide it:
    it is never told to nobody.
    """
    return f"""
        select held.user_id as person_id, bool_or(r.right_name <> {permission}) as is_above
        from (values {_UP}) up (permission, above)
        join (
            select g.group_id, c.app_label || '.' || q.codename as right_name
            from auth_group_permissions g
            join auth_permission q on q.id = g.permission_id
            join django_content_type c on c.id = q.content_type_id
        ) r on r.right_name in (up.above, up.permission)
        join dealers_assignment held on held.role_id = r.group_id and held.line_id is null
            and held.starts_on <= %(now)s::date and (held.ends_on is null or held.ends_on >= %(now)s::date)
        left join dealers_territory node on node.id = held.node_id
        where up.permission = {permission} and held.user_id <> {submitter}
          and (held.node_id is null or {place} between node.low and node.high)
        group by held.user_id
    """


def one_up(permission: str, place: str, submitter: str) -> str:
    """SQL: `above`, and where nobody stands there, those beside."""
    return f"""
        select found.person_id from (
            select each.person_id, each.is_above, bool_or(each.is_above) over () as has_above
            from ({above(permission, place, submitter)}) each
        ) found
        where found.is_above = found.has_above
    """


define(
    Rule(
        "reminder.decision_waits",
        "dealers.Approval",
        f"""
        select a.id, a.dealer_id, p.id, a.escalates_on::text
        from dealers_approval a
        join dealers_dealer d on d.id = a.dealer_id
        join dealers_territory home on home.id = d.home_id
        join lateral ({one_up("a.permission", "home.low", "a.submitted_by_id")}) who on true
        join dealers_user p on p.id = who.person_id and p.is_active
        where a.outcome = 'waiting' and a.escalates_on > %(now)s::date - {FORGOTTEN}
          and %(now)s >= {morning_of("a.escalates_on")}
        """,
        data=lambda approval: {"day": f"{timezone.localdate(approval.submitted_at)}"},
    )
)
