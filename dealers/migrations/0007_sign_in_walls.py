"""Rights on the account doors' own tables, and the stamp that ends sessions."""

from django.db import migrations

from core.database import walls
from core.database.walls import ALL, MY_DEALER, READ

# Whatever changes about an account's name, password or right to sign in, by page, admin, import or hand: its sessions
# are void from here on. A stale copy of the row that is saved whole cannot turn the stamp back.
STAMP = """
create function dealers_stamp_account() returns trigger language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
    if (new.password, new.is_active, new.kind, new.dealer_id, new.email, new.mobile)
       is distinct from (old.password, old.is_active, old.kind, old.dealer_id, old.email, old.mobile) then
        new.sessions_void_before := clock_timestamp();
    elsif new.sessions_void_before is null or new.sessions_void_before < old.sessions_void_before then
        new.sessions_void_before := old.sessions_void_before;
    end if;
    return new;
end
$$
"""
# Roles and second factors stand in other tables. Runs with its owner's rights: whoever grants a role may not write accounts.
VOID = """
create function dealers_void_sessions() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
    if tg_op in ('UPDATE', 'DELETE') then
        update dealers_user set sessions_void_before = clock_timestamp() where id = old.user_id;
    end if;
    if tg_op = 'INSERT' or (tg_op = 'UPDATE' and new.user_id <> old.user_id) then
        update dealers_user set sessions_void_before = clock_timestamp() where id = new.user_id;
    end if;
    return null;
end
$$
"""
# A second factor is also written when a recovery code is used: only setting it up and removing it count.
VOIDING = {
    "dealers_user_groups": "insert or update or delete",
    "dealers_assignment": "insert or update or delete",
    "mfa_authenticator": "insert or delete",
}
LETTERS = walls.RoleSQL(
    [
        "alter table dealers_letter enable row level security",
        "create policy dealers_letter_all on dealers_letter to {app}, {staff}, {admin}, {jobs} using (true)",
        "create policy dealers_letter_dealer on dealers_letter to {dealer} "
        f"using (invitation_id in (select id from dealers_invitation where dealer_id = {MY_DEALER}))",
        "grant select, insert, update on dealers_letter to {app}",
        "grant select (id, what, invitation_id, not_before, lease_until, sent_at, given_up_at) on dealers_letter to {jobs}",
        "grant insert, select (id, invitation_id, sent_at, given_up_at) on dealers_letter to {staff}, {dealer}",
        "grant select on dealers_letter to {admin}",
    ],
    [
        "revoke all on dealers_letter from {app}, {staff}, {dealer}, {admin}, {jobs}",
        "revoke all (id, what, invitation_id, not_before, lease_until, sent_at, given_up_at) on dealers_letter from {jobs}",
        "revoke all (id, invitation_id, sent_at, given_up_at) on dealers_letter from {staff}, {dealer}",
        "drop policy dealers_letter_all on dealers_letter",
        "drop policy dealers_letter_dealer on dealers_letter",
        "alter table dealers_letter disable row level security",
    ],
    "Letters: those who invite post them, the account doors and the worker read them",
)


class Migration(migrations.Migration):
    dependencies = [("dealers", "0006_sign_in"), ("mfa", "__latest__")]
    operations = [
        walls.system("dealers_session", app=ALL, jobs="select (expire_date), delete"),
        walls.system("dealers_signin", app="select, insert", admin=READ),
        LETTERS,
        migrations.RunSQL(STAMP, "drop function dealers_stamp_account()"),
        migrations.RunSQL(VOID, "drop function dealers_void_sessions()"),
        migrations.RunSQL("revoke execute on function dealers_void_sessions() from public", migrations.RunSQL.noop),
        migrations.RunSQL(
            "create trigger dealers_user_stamp before update on dealers_user "
            "for each row execute function dealers_stamp_account()",
            "drop trigger dealers_user_stamp on dealers_user",
        ),
        *(
            migrations.RunSQL(
                f"create trigger {table}_void_sessions after {when} on {table} "
                "for each row execute function dealers_void_sessions()",
                f"drop trigger {table}_void_sessions on {table}",
            )
            for table, when in VOIDING.items()
        ),
    ]
