"""Reports of dealers: three days before they are due, and when they are late."""

from core.reminders import Rule, define, morning_of

BEFORE = 3  # days
FORGIVEN = 30  # days: what is late for longer is known

# Those of the dealer who may sign in: reports are filed by executives and staff.
THEIR_PEOPLE = """
    select u.id from dealers_user u
    join dealers_user_groups held on held.user_id = u.id
    join auth_group g on g.id = held.group_id and g.name in ('dealer_executive', 'dealer_staff')
    where u.dealer_id = r.dealer_id
"""
OPEN = "r.filed_on is null and r.waived_by_id is null"

define(
    Rule(
        "reminder.report_due",
        "ledger.ReportDue",
        f"""
        select r.id, r.dealer_id, p.id, r.due_on::text
        from ledger_reportdue r
        join lateral ({THEIR_PEOPLE}) who on true
        join dealers_user p on p.id = who.id and p.is_active
        where {OPEN} and r.due_on between %(now)s::date - 1 and %(now)s::date + {BEFORE + 1}
          and %(now)s >= {morning_of(f"r.due_on - {BEFORE}")}
          and %(now)s < {morning_of("r.due_on + 1")}
        """,
        data=lambda due: due.told | {"due": f"{due.due_on}"},
    ),
    Rule(
        "reminder.report_late",
        "ledger.ReportDue",
        f"""
        select r.id, r.dealer_id, p.id, r.due_on::text
        from ledger_reportdue r
        join dealers_dealer d on d.id = r.dealer_id
        join lateral ({THEIR_PEOPLE} union select d.manager_id) who on true
        join dealers_user p on p.id = who.id and p.is_active
        where {OPEN} and r.due_on between %(now)s::date - {FORGIVEN + 1} and %(now)s::date
          and %(now)s >= {morning_of("r.due_on + 1")}
        """,
        data=lambda due: due.told | {"due": f"{due.due_on}"},
    ),
)
