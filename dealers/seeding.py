"""After every migration: the roles of `roles.py` as groups, and the system's own account.

A receiver and not a data migration: a migration's groups vanish after the first transactional test. Rights are only
ever added, and only those that were never given before: what an administrator takes away stays away.
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import connection

from dealers.models import SeededRight, User
from dealers.roles import ROLES, RoleSpec


def seed(**_signal: Any) -> None:
    """Receiver of post_migrate; safe to run any number of times."""
    if SeededRight._meta.db_table not in connection.introspection.table_names():
        return  # our migrations were taken back
    for config in installed.get_app_configs():
        create_permissions(config, verbosity=0)
    rights = {
        f"{app}.{codename}": pk
        for pk, app, codename in Permission.objects.values_list("pk", "content_type__app_label", "codename")
    }
    given = set(SeededRight.objects.values_list("role", "right"))
    for role in ROLES:
        _seed_role(role, rights, given)
    User.objects.get_or_create(kind=User.Kind.SYSTEM, defaults={"name": "Entente", "password": "!"})


def _seed_role(role: RoleSpec, rights: dict[str, int], given: set[tuple[str, str]]) -> None:
    group, _created = Group.objects.get_or_create(name=role.code)
    fresh = [right for right in role.rights if (role.code, right) not in given]
    group.permissions.add(*(rights[right] for right in fresh))
    SeededRight.objects.bulk_create([SeededRight(role=role.code, right=right) for right in fresh])
