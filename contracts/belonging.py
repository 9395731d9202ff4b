"""A dealer also belongs to whoever looks after what he was granted: by place, and by line."""

from django.db.models import Q

from contracts.models import Grant
from core import access
from dealers.scope import Reach, belongs_by


@belongs_by
def granted(one: Reach) -> Q:
    """Dealers with a grant in force within the node and, where the assignment has one, touching the line."""
    grants = access.rows_of(Grant).filter(in_force=True)
    if one.node is not None:
        grants = grants.filter(territory__low__range=one.node)
    if one.line is not None:
        low, high = one.line
        grants = grants.filter(Q(line__isnull=True) | Q(line__low__lte=high, line__high__gte=low))
    return Q(pk__in=grants.order_by().values("dealer_id"))
