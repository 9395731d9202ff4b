"""A dealer's session may add a scan of what is offered to him, in its own person's name, and no other paper."""

from django.db import migrations

from core.database.walls import RoleSQL

GUARD = """
create function contracts_guard_scan() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
begin
    if nullif(current_setting('app.dealer_id', true), '') is not null
       and (new.kind <> 'scan' or new.made_by_id::text is distinct from current_setting('app.user_id', true)
            or not exists (select 1 from contracts_contract c where c.id = new.contract_id and c.status = 'offered')) then
        raise exception 'a dealer sends scans of what is offered, in his own name' using errcode = 'restrict_violation';
    end if;
    return null;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0010_walls_of_amendments")]
    operations = [
        RoleSQL(
            [
                GUARD,
                "create trigger contracts_paper_guard after insert on contracts_paper "
                "for each row execute function contracts_guard_scan()",
                "grant insert on contracts_paper to {dealer}",
            ],
            [
                "revoke insert on contracts_paper from {dealer}",
                "drop trigger contracts_paper_guard on contracts_paper",
                "drop function contracts_guard_scan()",
            ],
            "A dealer sends scans of what is offered",
        )
    ]
