"""Grants as ranges: the database fills them from the trees and refuses what crosses another's exclusive grant.

Needs core PostgreSQL only. A territory is the range of its node less its exceptions; terminals stand in a second
range, so that two named terminals of one place do not meet and a terminal can be left out of a territory.
"""

from django.db import migrations

from core.database.walls import RoleSQL

COLUMNS = RoleSQL(
    [
        "alter table contracts_grant "
        "add column area int8multirange not null default '{}', "
        "add column shops int8multirange not null default '{}', "
        "add column lines int8range not null default 'empty'"
    ],
    ["alter table contracts_grant drop column area, drop column shops, drop column lines"],
    "Where, in which shops and for which lines, as ranges",
)

PLACING = RoleSQL(
    [
        """
        create function contracts_place_grants(only_these bigint[] default null) returns void
        language sql as $$
            update contracts_grant g set area = placed.area, shops = placed.shops, lines = placed.lines
            from (
                select g.id,
                       case when t.id is null then coalesce(named.places, '{}')
                            else int8multirange(int8range(t.low, t.high, '[]')) - coalesce(less.area, '{}')
                       end as area,
                       case when t.id is null then coalesce(named.shops, '{}')
                            else int8multirange(int8range(null, null)) - coalesce(named.shops, '{}')
                       end as shops,
                       case when l.id is null then int8range(null, null) else int8range(l.low, l.high, '[]')
                       end as lines
                from contracts_grant g
                left join dealers_territory t on t.id = g.territory_id
                left join dealers_productline l on l.id = g.line_id
                left join lateral (
                    select range_agg(int8range(x.low, x.high, '[]')) as area
                    from contracts_grantexception e join dealers_territory x on x.id = e.territory_id
                    where e.grant_id = g.id
                ) less on true
                left join lateral (
                    select range_agg(int8range(x.low, x.low, '[]')) as places,
                           range_agg(int8range(s.id, s.id, '[]')) as shops
                    from contracts_grantterminal n
                    join dealers_terminal s on s.id = n.terminal_id
                    join dealers_territory x on x.id = s.territory_id
                    where n.grant_id = g.id
                ) named on true
                where only_these is null or g.id = any(only_these)
            ) placed
            where placed.id = g.id
              and (g.area, g.shops, g.lines) is distinct from (placed.area, placed.shops, placed.lines)
        $$
        """,
        """
        create function contracts_follow_places() returns trigger language plpgsql as $$
        begin
            perform contracts_place_grants();
            return null;
        end $$
        """,
        "create trigger contracts_follow_territories after update of low, high on dealers_territory "
        "for each statement execute function contracts_follow_places()",
        "create trigger contracts_follow_lines after update of low, high on dealers_productline "
        "for each statement execute function contracts_follow_places()",
        "create trigger contracts_follow_terminals after update of territory_id on dealers_terminal "
        "for each statement execute function contracts_follow_places()",
    ],
    [
        "drop trigger contracts_follow_terminals on dealers_terminal",
        "drop trigger contracts_follow_lines on dealers_productline",
        "drop trigger contracts_follow_territories on dealers_territory",
        "drop function contracts_follow_places()",
        "drop function contracts_place_grants(bigint[])",
    ],
    "Areas follow the trees",
)

# A grant is in force as long as its contract is, whoever changes either of them.
FORCE = RoleSQL(
    [
        """
        create function contracts_follow_status() returns trigger language plpgsql as $$
        begin
            update contracts_grant set in_force = new.status in ('active', 'in_notice')
            where contract_id = new.id and in_force <> (new.status in ('active', 'in_notice'));
            return null;
        end $$
        """,
        "create trigger contracts_follow_status after update of status on contracts_contract for each row "
        "when (old.status is distinct from new.status) execute function contracts_follow_status()",
        """
        create function contracts_enter_force() returns trigger language plpgsql as $$
        begin
            new.in_force := coalesce(
                (select status in ('active', 'in_notice') from contracts_contract where id = new.contract_id), false);
            return new;
        end $$
        """,
        "create trigger contracts_enter_force before insert on contracts_grant "
        "for each row execute function contracts_enter_force()",
    ],
    [
        "drop trigger contracts_enter_force on contracts_grant",
        "drop function contracts_enter_force()",
        "drop trigger contracts_follow_status on contracts_contract",
        "drop function contracts_follow_status()",
    ],
    "Grants enter and leave force with their contract",
)

# Whom a grant keeps out: an exclusive one everybody but its dealer, another one nobody (a point of its own).
EXCLUSION = RoleSQL(
    [
        """
        create function contracts_claim(exclusivity text, dealer bigint, number bigint) returns int8multirange
        language sql immutable parallel safe as $$
            select case when exclusivity = 'non_exclusive'
                then int8multirange(int8range((dealer << 40) + number, (dealer << 40) + number, '[]'))
                else int8multirange(int8range(null, dealer << 40), int8range((dealer + 1) << 40, null))
            end
        $$
        """,
        """
        alter table contracts_grant add constraint contracts_grant_nobody_else exclude using gist (
            area with &&, shops with &&, lines with &&, daterange(starts_on, ends_on, '[]') with &&,
            contracts_claim(exclusivity, dealer_id, id) with &&
        ) where (in_force) deferrable initially immediate
        """,
    ],
    [
        "alter table contracts_grant drop constraint contracts_grant_nobody_else",
        "drop function contracts_claim(text, bigint, bigint)",
    ],
    "Exclusive means nobody else",
)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_terms")]
    operations = [COLUMNS, PLACING, FORCE, EXCLUSION]
