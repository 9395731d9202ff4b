"""The day until which notice ends a contract with its term: 90, 60 and 30 days before."""

from core.reminders import Rule, define, morning_of

STAGES = (90, 60, 30)
_WINDOWS = ", ".join(f"({days}, {nearer})" for days, nearer in zip(STAGES, (*STAGES[1:], -1), strict=True))

define(
    Rule(
        "reminder.notice_deadline",
        "contracts.Contract",
        # Each deadline lies in one stage at most on any day: whoever asks late skips what is past. Both sides may
        # give notice, so both are reminded.
        f"""
        select c.id, c.dealer_id, p.id, (c.ends_on - c.notice_days)::text || ' ' || stage.days
        from contracts_contract c
        join dealers_dealer d on d.id = c.dealer_id
        join (values {_WINDOWS}) stage (days, nearer) on true
        join lateral (
            select d.manager_id as person_id
            union
            select u.id from dealers_user u
            join dealers_user_groups held on held.user_id = u.id
            join auth_group g on g.id = held.group_id and g.name = 'dealer_executive'
            where u.dealer_id = c.dealer_id
        ) who on true
        join dealers_user p on p.id = who.person_id and p.is_active
        where c.status = 'active' and c.amended_on is null and c.starts_on <= %(now)s::date + 1
          and %(now)s >= {morning_of("c.ends_on - c.notice_days - stage.days")}
          and %(now)s < {morning_of("c.ends_on - c.notice_days - stage.nearer")}
        """,
        data=lambda contract: {"deadline": f"{contract.notice_deadline()}", "ends": f"{contract.ends_on}"},
    )
)
