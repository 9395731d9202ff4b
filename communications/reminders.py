"""Meetings of tomorrow, minutes that are missing, promises whose day is over, announcements nobody has read."""

from core.reminders import Rule, clock_of, define, moment_key, morning_of, people

AT_TABLE = """
    select distinct m.id as meeting_id, t.person_id from communications_meeting m
    join communications_participant t on t.meeting_id = m.id and t.person_id is not null
"""
OVERDUE = "a.state = 'open' and a.claim in ('', 'accepted') and a.published_at is not null and a.due_on < p.morning"

ASKED_AFTER = (3, 7, 14)  # days since an announcement came out
_ASKED = ", ".join(f"({days}, {later})" for days, later in zip(ASKED_AFTER, (*ASKED_AFTER[1:], 28), strict=True))

define(
    Rule(
        "reminder.announcement",
        "communications.AnnouncementCopy",
        # The dealer's executives, while nobody of his has read it or, where that is asked for, confirmed it: after
        # some days, in their own morning, and whenever we ask again.
        f"""
        select c.id, c.dealer_id, p.id, ask.occasion
        from communications_announcementcopy c
        join communications_announcement a on a.id = c.announcement_id and a.state = 'published'
        join dealers_user p on p.dealer_id = c.dealer_id and p.is_active
        join dealers_user_groups held on held.user_id = p.id
        join auth_group g on g.id = held.group_id and g.name = 'dealer_executive'
        join lateral (
            select (a.published_at at time zone ({clock_of()}))::date as day
        ) came_out on true
        join lateral (
            select came_out.day::text || ' ' || stage.days as occasion
            from (values {_ASKED}) stage (days, later)
            where %(now)s >= {morning_of("came_out.day + stage.days")}
              and %(now)s < {morning_of("came_out.day + stage.later")}
            union all
            select 'asked ' || {moment_key("a.asked_again_at")}
            where a.asked_again_at <= %(now)s and a.asked_again_at > %(now)s::timestamptz - interval '7 days'
        ) ask on true
        where a.published_at > %(now)s::timestamptz - interval '1 year'
          and not exists (
            select from communications_announcementreading r
            where r.copy_id = c.id and (r.confirmed_at is not null or not a.needs_confirmation)
          )
        """,
        data=lambda copy: {"title": copy.announcement.title, "title_zh": copy.announcement.title_zh},
        label=lambda _copy: "",
        joins=("announcement",),
    ),
    Rule(
        "reminder.meeting_tomorrow",
        "communications.Meeting",
        # From the morning of the day before, by the clock of whoever is reminded, until it begins.
        f"""
        select m.id, m.dealer_id, p.id, {moment_key("m.starts_at")}
        from communications_meeting m
        join ({AT_TABLE}) t on t.meeting_id = m.id
        join dealers_user p on p.id = t.person_id and p.is_active
        where m.state = 'agreed' and m.starts_at > %(now)s and m.starts_at < %(now)s::timestamptz + interval '3 days'
          and %(now)s >= {morning_of(f"(m.starts_at at time zone ({clock_of()}))::date - 1")}
        """,
        data=lambda meeting: meeting.told,
    ),
    Rule(
        "reminder.minutes_missing",
        "communications.Meeting",
        # The morning after the day of the meeting; what is a month old is known.
        f"""
        select m.id, m.dealer_id, p.id, {moment_key("m.starts_at")}
        from communications_meeting m
        join dealers_user p on p.id = m.organiser_id and p.is_active
        where m.state in ('agreed', 'held') and m.starts_at > %(now)s::timestamptz - interval '30 days'
          and m.starts_at < %(now)s
          and not exists (select from communications_minutes e where e.meeting_id = m.id)
          and %(now)s >= {morning_of(f"(m.starts_at at time zone ({clock_of()}))::date + 1")}
        """,
        data=lambda meeting: meeting.told,
    ),
    Rule(
        "reminder.action_overdue",
        "communications.ActionItem",
        # The owner and our account manager, the morning after the day it was due; in two joins, which cost a fraction
        # of asking for both row by row.
        f"""
        with {people()}
        select a.id, a.dealer_id, p.id, a.due_on::text
        from communications_actionitem a join p on p.id = a.owner_id
        where {OVERDUE}
        union all
        select a.id, a.dealer_id, p.id, a.due_on::text
        from communications_actionitem a
        join dealers_dealer d on d.id = a.dealer_id and d.manager_id <> a.owner_id
        join p on p.id = d.manager_id
        where {OVERDUE}
        """,
        repeats=False,
        data=lambda item: {"owner": item.owner.name, "due": f"{item.due_on}"},
        joins=("owner",),
    ),
)
