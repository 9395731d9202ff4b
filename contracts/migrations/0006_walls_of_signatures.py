"""The second wall around papers, signatures and certificates; what a dealer's session may write of a signature; and the
one question that the public may ask."""

from django.db import migrations

from core.database import walls
from core.database.walls import READ, RoleSQL

OF_OFFERED = "exists (select 1 from contracts_contract c where c.id = contract_id and c.offered_at is not null)"
ADD = "select, insert"
TABLES = ("contracts_paper", "contracts_signature", "contracts_certificate")

# Whatever a dealer's session sends: it signs what is offered, for its own side, and does nothing else to a contract.
GUARD_CONTRACT = """
create function contracts_guard_signing() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if nullif(current_setting('app.dealer_id', true), '') is not null
       and (old.status <> 'offered' or new.status <> 'signed_by_dealer' or new.signed_on is null) then
        raise exception 'a dealer signs what is offered, and changes nothing else'
            using errcode = 'restrict_violation';
    end if;
    return new;
end
$$
"""
GUARD_SIGNATURE = """
create function contracts_guard_signature() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if not exists (select 1 from contracts_paper p where p.id = new.paper_id and p.contract_id = new.contract_id
                   and p.kind = 'offer' and p.sha256 = new.sha256) then
        raise exception 'a signature names a paper of its contract, by its checksum'
            using errcode = 'restrict_violation';
    end if;
    if nullif(current_setting('app.dealer_id', true), '') is not null
       and (new.side <> 'dealer' or new.method <> 'electronic'
            or new.recorded_by_id::text is distinct from current_setting('app.user_id', true)) then
        raise exception 'a dealer signs for his own side, and in his own name' using errcode = 'restrict_violation';
    end if;
    return null;
end
$$
"""
# By the number on the certificate, and with nothing that does not stand on it.
AUTHORISATION = """
create function contracts_authorisation(asked text, today date) returns jsonb
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select jsonb_build_object(
        'dealer', d.name, 'dealer_zh', d.name_zh, 'company', o.name, 'company_zh', o.name_zh,
        'starts_on', c.starts_on, 'ends_on', c.ends_on,
        'is_in_force', c.status in ('active', 'in_notice') and today between c.starts_on and c.ends_on,
        'grants', coalesce((
            select jsonb_agg(jsonb_build_object(
                'territory', t.name, 'territory_zh', t.name_zh, 'line', l.name, 'line_zh', l.name_zh,
                'less', (select coalesce(jsonb_agg(jsonb_build_array(x.name, x.name_zh) order by e.id), '[]'::jsonb)
                         from contracts_grantexception e join dealers_territory x on x.id = e.territory_id
                         where e.grant_id = g.id),
                'terminals', (select count(*) from contracts_grantterminal n where n.grant_id = g.id)
            ) order by g.id)
            from contracts_grant g
            left join dealers_territory t on t.id = g.territory_id
            left join dealers_productline l on l.id = g.line_id
            where g.contract_id = c.id), '[]'::jsonb))
    from contracts_certificate z
    join contracts_contract c on c.id = z.contract_id
    join dealers_dealer d on d.id = c.dealer_id
    join dealers_company o on o.id = c.company_id
    where z.number = asked
$$
"""
FOLLOW = (
    "create trigger contracts_follow_status after update of status on contracts_contract for each row "
    "when ({}) execute function contracts_follow_status()"
)
IN_FORCE = "('active', 'in_notice')"
SIGNS = "update (status, signed_by, signed_on, version)"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0005_signatures")]
    operations = [
        walls.dealer_owned("contracts_paper", dealer=READ, staff=ADD, jobs=ADD, also=OF_OFFERED),
        walls.dealer_owned("contracts_signature", dealer=ADD, staff=ADD, jobs=ADD, also=OF_OFFERED),
        walls.dealer_owned("contracts_certificate", dealer=READ, staff=ADD, jobs=ADD, also=OF_OFFERED),
        *(walls.same_dealer(table, "contract_id", "contracts_contract") for table in TABLES),
        walls.same_dealer("contracts_signature", "paper_id", "contracts_paper"),
        walls.same_dealer("contracts_signature", "scan_id", "contracts_paper"),
        *(walls.append_only(table) for table in TABLES),  # so each row is its own history
        RoleSQL(
            [f"grant {SIGNS} on contracts_contract to {{dealer}}"],
            [f"revoke {SIGNS} on contracts_contract from {{dealer}}"],
            "A dealer signs his contract",
        ),
        RoleSQL(
            [
                GUARD_CONTRACT,
                "create trigger contracts_contract_signing before update on contracts_contract "
                "for each row execute function contracts_guard_signing()",
                GUARD_SIGNATURE,
                "create trigger contracts_signature_guard after insert on contracts_signature "
                "for each row execute function contracts_guard_signature()",
            ],
            [
                "drop trigger contracts_signature_guard on contracts_signature",
                "drop function contracts_guard_signature()",
                "drop trigger contracts_contract_signing on contracts_contract",
                "drop function contracts_guard_signing()",
            ],
            "What a dealer's session may write of a signature",
        ),
        RoleSQL(  # a dealer who signs has no right on grants, and none of them enters or leaves force
            [
                "drop trigger contracts_follow_status on contracts_contract",
                FOLLOW.format(f"(old.status in {IN_FORCE}) is distinct from (new.status in {IN_FORCE})"),
            ],
            [
                "drop trigger contracts_follow_status on contracts_contract",
                FOLLOW.format("old.status is distinct from new.status"),
            ],
            "Grants follow their contract where it enters or leaves force",
        ),
        RoleSQL(
            [
                AUTHORISATION,
                "revoke all on function contracts_authorisation(text, date) from public",
                "grant execute on function contracts_authorisation(text, date) to {public}",
            ],
            ["drop function contracts_authorisation(text, date)"],
            "Anybody who has a certificate's number may ask whether it holds today",
        ),
    ]
