"""The world's notices and jobs: for each dealer what his executive was told and asked for, and what went wrong."""

from django.utils import timezone

from core.database.context import acting
from core.database.roles import Role
from core.exports import later
from core.models import Job
from core.worlds import OURS, Account, Seen, World
from dealers.backends import attach_scope_to
from dealers.models import Delivery, User


def build(world: World) -> None:
    for account in [one for one in world.accounts if one.role == "dealer_executive" and one.state == "active"]:
        with world.making(account.dealer), acting(Role.JOBS):
            _for_executive(world, account)
    with world.making(OURS), acting(Role.JOBS):
        wrong = Job(kind="core.tidy", key="set aside", state=Job.State.QUARANTINED, error="It killed three workers.")
        wrong.finished_at = timezone.now()
        wrong.save()
        world.keep(wrong, aspect="failed")
    asker = next(one for one in world.accounts if one.role == "account_manager" and one.state == "active")
    with world.making(OURS):
        _export(world, asker)


def _for_executive(world: World, account: Account) -> None:
    owner, mark = account.dealer, world.mark(account.dealer)
    pk = User.objects.values_list("pk", flat=True).get(email=account.email)
    told = Delivery.objects.filter(recipient_id=pk).order_by("pk").first()
    if told is not None:
        world.keep(told, owner, number=f"notice {mark}", holder=account.email)
        lost = Delivery(event_id=told.event_id, dealer_id=told.dealer_id, channel="email", recipient_id=pk)
        lost.business_key, lost.not_before = f"lost:{mark}", timezone.now()
        lost.state, lost.last_error = Delivery.State.FAILED, "The mail server refused the address."
        lost.save()
        if owner == min(world.owners()):  # whoever looks after failures sees all of them: one is enough to ask for
            world.keep(lost, number="lost", aspect="failed")
    asked = Job(kind="core.tidy", key=mark, payload={"note": mark}, tenant_id=told.dealer_id if told else None)
    asked.requested_by_id = pk
    asked.save()
    world.keep(asked, owner, holder=account.email)


def _export(world: World, asker: Account) -> None:
    """The file of a long list, made for one of ours: his, and nobody else's."""
    with acting(None):
        user = attach_scope_to(User.objects.get(email=asker.email))
    done = Job(kind=later.KIND, key="world", state=Job.State.DONE, finished_at=timezone.now(), requested_by_id=user.pk)
    done.payload = {"list": "dealers", "format": "csv", "query": ""}
    done.result = {"reach": user.reach_mark()}
    with acting(Role.JOBS):
        done.save()
    path = later.path_of(done)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"Dealer\n{world.mark(min(world.owners()), Seen.NAME)}\n")
    world.keep(done, number="export", holder=asker.email, aspect="export")
