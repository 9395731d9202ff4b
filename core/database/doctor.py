"""Is the second wall standing? What would quietly take it down is found here, before anybody is served."""

from django.conf import settings
from django.db import connection

from core.database.roles import ENTERED, Role, role_names

OLDEST_MAJOR = 15


def findings() -> list[str]:
    """One sentence for each thing that is wrong; empty when all is well. Asks as the login that serves."""
    names = role_names(connection)
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version_num')::int / 10000")
        major = cursor.fetchone()[0]
        cursor.execute(_ROLES, [list(names.values())])
        roles = {row[0]: row[1:] for row in cursor.fetchall()}
        cursor.execute(_OWNED, [list(names.values())])
        owned = dict(cursor.fetchall())
        cursor.execute(_MEMBERSHIPS, [names[Role.APP]])
        memberships = {row[0] for row in cursor.fetchall()}
    found = []
    if major < OLDEST_MAJOR:
        found.append(f"The server is PostgreSQL {major}; {OLDEST_MAJOR} or newer is needed.")
    found += [f"The role {names[role]} is missing: run make_roles." for role in Role if names[role] not in roles]
    for name, (superuser, bypasses, creates, inherits) in roles.items():
        if superuser or bypasses:
            found.append(f"{name} is a superuser or bypasses row policies: it would read every dealer's rows.")
        if creates:
            found.append(f"{name} may create roles: it could give itself any right.")
        if name == names[Role.APP] and inherits:
            found.append(f"{name} inherits the rights of its roles: a forgotten role would not be noticed.")
    found += [f"{name} owns {count} tables: row policies do not hold their owner." for name, count in owned.items()]
    entered = {names[role] for role in ENTERED}
    found += [f"{names[Role.APP]} may not enter {name}: run make_roles." for name in sorted(entered - memberships)]
    found += [f"{names[Role.APP]} is a member of {name}, which is not its own." for name in memberships - entered]
    if connection.settings_dict["USER"] == settings.DATABASE_OWNER["USER"]:
        found.append("The portal would serve as the database's owner, whom no row policy holds.")
    return found


_ROLES = "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolinherit from pg_roles where rolname = any(%s)"
_OWNED = """
    select r.rolname, count(*) from pg_class c join pg_roles r on r.oid = c.relowner
    where r.rolname = any(%s) and c.relkind in ('r', 'p', 'v', 'm') group by r.rolname
"""
_MEMBERSHIPS = """
    select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles u on u.oid = m.member
    where u.rolname = %s
"""
