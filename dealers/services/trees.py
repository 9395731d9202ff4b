"""Placing nodes in a tree and numbering them, so that "itself and everything below" is one comparison.

One writer at a time per tree: an advisory lock is taken before any row. What copies a node's numbers (a grant's area)
follows by a trigger of its own table's room.
"""

from zoneinfo import available_timezones

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core import access
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Dealer, Product, ProductLine, Territory, User
from dealers.models.tree import Node
from dealers.rights import require

SPAN = 2**62  # the roots share this range
FANOUT = 512  # a new node takes this part of its parent's range; gaps are left for later ones
_LOCKS: dict[type[Node], int] = {Territory: 7_301_968_516, ProductLine: 7_301_968_517}


@transaction.atomic
def plant[N: Node](node: N) -> N:
    """Save a new node below its parent, in the next free slice of the parent's range.

    Where the slice has become too thin the whole tree is numbered anew.
    """
    model = type(node)
    _hold(model)
    parent = _fresh(node.parent)  # type: ignore[attr-defined]  # every concrete node has one
    low, high = (parent.low, parent.high) if parent else (0, SPAN)
    width = max((high - low) // FANOUT, 1)
    last = model._default_manager.filter(parent=parent).order_by("-high").values_list("high", flat=True).first()
    node.low = (low if last is None else last) + 1
    node.high = node.low + width - 1
    node.depth = parent.depth + 1 if parent else 0
    node.save()
    if node.high > high:
        renumber(model)
        node.refresh_from_db()
    return node


@transaction.atomic
def add[N: Node](node: N, *, by: User) -> N:
    """A new node, by a person."""
    _may("add", type(node), by)
    _refuse_unsound(node)
    node = plant(node)
    events.record("tree.planted", node, by=by)
    return node


@transaction.atomic
def change[N: Node](node: N, *, by: User, **fields: str) -> N:
    """New names, code or level. Where the node stands is `move`'s business."""
    _may("change", type(node), by)
    node = access.lock(node)
    changed = [name for name, value in fields.items() if getattr(node, name) != value]
    if not changed:
        return node
    was = str(node)
    for name in changed:
        setattr(node, name, fields[name])
    _refuse_unsound(node)
    node.save(update_fields=changed)
    events.record("tree.changed", node, by=by, data={"fields": changed, "was": was})
    return node


@transaction.atomic
def move[N: Node](node: N, parent: N | None, *, by: User) -> N:
    """Hang a node and everything below it under another parent; None makes it a root."""
    model = type(node)
    _may("change", model, by)
    _hold(model)
    found, above = _fresh(node), _fresh(parent)
    if found is None:
        raise Refused(_("This entry is gone."))
    if above and found.low <= above.low <= found.high:
        raise Refused(_("Nothing can become a part of itself."))
    if above and above.is_archived:
        raise Refused(_("%(name)s is archived; choose another place.") % {"name": above})
    found.parent = above  # type: ignore[attr-defined]  # every concrete node has one
    found.save(update_fields=["parent"])
    renumber(model)
    found.refresh_from_db()
    events.record("tree.moved", found, by=by, data={"to": str(above or "")})
    return found


@transaction.atomic
def archive[N: Node](node: N, *, by: User, reason: str) -> N:
    """No longer offered. What stands in it already stays there."""
    _may("change", type(node), by)
    _hold(type(node))
    node = access.lock(node)
    if node.is_archived:
        raise Refused(_("%(name)s is archived already.") % {"name": node})
    if not reason.strip():
        raise Refused(_("Say why this goes to the archive."))
    below = type(node)._default_manager.filter(low__gt=node.low, low__lte=node.high, is_archived=False)
    if below.exists() or _is_used(node):
        raise Refused(_("%(name)s is still in use: move or archive what is in it first.") % {"name": node})
    return _set_archived(node, True, "tree.archived", by=by, reason=reason.strip())


@transaction.atomic
def restore[N: Node](node: N, *, by: User) -> N:
    _may("change", type(node), by)
    node = access.lock(node)
    if not node.is_archived:
        raise Refused(_("%(name)s is not archived.") % {"name": node})
    return _set_archived(node, False, "tree.restored", by=by)


def _set_archived[N: Node](node: N, value: bool, kind: str, *, by: User, reason: str = "") -> N:
    node.is_archived = value
    node.save(update_fields=["is_archived"])
    events.record(kind, node, by=by, reason=reason)
    return node


def _is_used(node: Node) -> bool:
    if isinstance(node, Territory):
        return access.rows_of(Dealer).filter(home=node, archived_at__isnull=True).exists()
    return access.rows_of(Product).filter(line_id=node.pk, is_archived=False).exists()


@transaction.atomic
def renumber(model: type[Node]) -> int:
    """Number the whole tree anew, set-wise; every node gets a part of its parent's range by the size of what is below,
    and half of each range stays free. Says how many nodes there are."""
    _hold(model)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(_RENUMBER.format(table=table), {"span": SPAN})
        cursor.execute(f"select count(*) from {table}")
        (count,) = cursor.fetchone()
    return int(count)


# A child's weight is its size and one more, so that the product of all parts down to a leaf stays above
# 1 / (number of nodes × 4 ^ depth): a million nodes on ten levels leave every leaf four million numbers.
_RENUMBER = """
with recursive up (id, above, next) as (
    select id, id, parent_id from {table}
    union
    select up.id, node.id, node.parent_id from up join {table} node on node.id = up.next
),
sizes as (select above as id, (count(*) + 1)::numeric as weight from up group by above),
placed as (
    select node.id, node.parent_id, weight,
           sum(weight) over siblings_before - weight as before,
           2 * sum(weight) over siblings as total
    from {table} node join sizes using (id)
    window siblings as (partition by node.parent_id),
           siblings_before as (partition by node.parent_id order by node.low, node.code)
),
walk (id, start, width, depth) as (  -- from start + 1 on, width numbers
    select id, div(%(span)s * before, total), div(%(span)s * weight, total), 0 from placed where parent_id is null
    union all
    select placed.id,
           walk.start + 1 + div((walk.width - 1) * before, total),
           div((walk.width - 1) * weight, total),
           walk.depth + 1
    from placed join walk on walk.id = placed.parent_id
)
update {table} node set low = walk.start + 1, high = walk.start + walk.width, depth = walk.depth
from walk
where walk.id = node.id and (node.low, node.high, node.depth)
      is distinct from (walk.start + 1, walk.start + walk.width, walk.depth)
"""


def _refuse_unsound(node: Node) -> None:
    refuse_unsound(node)
    zone = getattr(node, "time_zone", "")
    if zone and zone not in available_timezones():
        raise Refused(_("“%(zone)s” is not a time zone. An example: Europe/Berlin.") % {"zone": zone})


def _may(what: str, model: type[Node], by: User) -> None:
    require(by, f"dealers.{what}_{model._meta.model_name}")


def _hold(model: type[Node]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCKS[model]])


def _fresh[N: Node](node: N | None) -> N | None:
    return None if node is None else type(node)._default_manager.get(pk=node.pk)
