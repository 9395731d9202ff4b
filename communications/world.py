"""The world's meetings, promises, notices and jobs: for each dealer one of each state, and what went wrong."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from communications.models import (
    ActionItem,
    Announcement,
    AnnouncementCopy,
    AnnouncementReading,
    Meeting,
    MeetingNote,
    Minutes,
    Participant,
    Reminder,
    Resolution,
    Side,
    Talked,
    Topic,
    TopicText,
    Touchpoint,
)
from communications.models.announcement import FILES
from core.database.context import acting
from core.database.roles import Role
from core.exports import later
from core.models import Job
from core.worlds import OURS, Account, Seen, World
from dealers.backends import attach_scope_to
from dealers.models import Contact, Dealer, Delivery, User

HELD = (Meeting.State.HELD, Meeting.State.MINUTES_OUT, Meeting.State.LOCKED)
PAST = (Meeting.State.AGREED, *HELD)  # the agreed one has begun and can be minuted
_PAST, _COMING = datetime(2026, 1, 15, 9, tzinfo=UTC), datetime(2100, 1, 15, 9, tzinfo=UTC)
DUE = date(2100, 1, 31)


def build(world: World) -> None:
    for account in [one for one in world.accounts if one.role == "dealer_executive" and one.state == "active"]:
        with world.making(account.dealer), acting(Role.JOBS):
            _for_executive(world, account)
    looks_after = next(one for one in world.accounts if (one.role, one.reach) == ("channel_operations", "everywhere"))
    by = User.objects.only("pk", "name").get(email=looks_after.email)
    heads = {one.dealer: one for one in world.accounts if one.role == "dealer_executive" and one.state == "active"}
    for owner, head in heads.items():
        with world.making(owner), acting(Role.JOBS):
            _meetings(world, head, by)
    with world.making(OURS), acting(Role.JOBS):
        wrong = Job(kind="core.tidy", key="set aside", state=Job.State.QUARANTINED, error="It killed three workers.")
        wrong.finished_at = timezone.now()
        wrong.save()
        world.keep(wrong, aspect="failed")
    asker = next(one for one in world.accounts if one.role == "account_manager" and one.state == "active")
    with world.making(OURS):
        _export(world, asker)
    writer = next(
        one for one in world.accounts
        if one.role == "channel_operations" and one.reach != "everywhere" and one.state == "active"
    )  # fmt: skip
    with world.making(OURS), acting(Role.JOBS):
        pk = User.objects.values_list("pk", flat=True).get(email=writer.email)
        begun = Announcement(title="Begun", text="Not out yet.", author_id=pk)
        begun.save()
        world.keep(begun, holder=writer.email, aspect="draft")


def _meetings(world: World, account: Account, by: User) -> None:
    """A meeting in each state with what hangs on it, for one dealer; drafts and notes of ours are ours alone."""
    owner, head = account.dealer, User.objects.only("pk").get(email=account.email)
    dealer = Dealer.objects.get(code=owner)
    for state in Meeting.State:
        common: dict[str, Any] = {"dealer": dealer}
        meeting = world.make(
            Meeting, owner, **common, state=Meeting.State.HELD, zone="UTC", length=60, organiser_id=by.pk,
            proposed_by_id=by.pk if state != Meeting.State.PROPOSED else head.pk, held_at=timezone.now(),
            proposed_side=Side.US if state != Meeting.State.PROPOSED else Side.DEALER,
            starts_at=_PAST if state in PAST else _COMING, link="", sequence=0,
        )  # fmt: skip
        world.make(Participant, owner, **common, meeting=meeting, person_id=by.pk, side=Side.US)
        world.make(Participant, owner, **common, meeting=meeting, person_id=head.pk, side=Side.DEALER)
        topic = world.make(Topic, owner, **common, meeting=meeting, minutes=15, position=1, by_id=by.pk)
        _ours(world, meeting, topic, by, is_held=state in HELD)
        if state in {Meeting.State.MINUTES_OUT, Meeting.State.LOCKED}:
            _sent(world, meeting, by, head, is_locked=state == Meeting.State.LOCKED)
        world.make(
            ActionItem, owner, **common, meeting=meeting, topic=topic, owner_id=head.pk, side=Side.DEALER,
            first_due_on=DUE, due_on=DUE, made_by_id=by.pk, published_at=timezone.now(),
        )  # fmt: skip
        draft = ActionItem(
            **common, meeting=meeting, topic=topic, what=world.mark(owner, Seen.INTERNAL), owner_id=by.pk,
            side=Side.US, first_due_on=DUE, due_on=DUE, made_by_id=by.pk,
        )  # fmt: skip
        draft.save()
        world.keep(draft, owner, Seen.INTERNAL, aspect="draft" if state == Meeting.State.HELD else "")
        Meeting.objects.filter(pk=meeting.pk).update(
            state=state, locked_at=timezone.now() if state == Meeting.State.LOCKED else None
        )
    ours = world.make(
        ActionItem, owner, dealer=dealer, meeting=None, topic=None, owner_id=by.pk, side=Side.US,
        first_due_on=DUE, due_on=DUE, made_by_id=by.pk, published_at=timezone.now(),
    )  # fmt: skip
    world.make(
        ActionItem, owner, dealer=dealer, meeting=None, topic=None, owner_id=by.pk, side=Side.US, first_due_on=DUE,
        due_on=DUE, made_by_id=head.pk, published_at=timezone.now(), claim=ActionItem.Claim.WAITING,
        said_where=world.mark(owner),
    )  # fmt: skip
    _touchpoint(world, dealer, by, ours)
    _announcements(world, dealer, by, head)
    Reminder(rule="reminder.action_overdue", subject_id=ours.pk, occasion="suite", person_id=by.pk, at=timezone.now(),
             event_id=Delivery.objects.order_by("pk").values_list("event_id", flat=True).first()).save()  # fmt: skip


def _announcements(world: World, dealer: Dealer, by: User, head: User) -> None:
    """One that is out and asks to be confirmed, for this dealer alone; and our draft of another."""
    owner = dealer.code
    data = f"%PDF-1.7 {owner} %%EOF".encode()
    out = world.make(
        Announcement, owner, needs_confirmation=True, picked=[owner], statuses=[dealer.status], author_id=by.pk,
        state=Announcement.State.PUBLISHED, published_at=timezone.now(), file_name="notice.pdf",
        content_type="application/pdf", size=len(data), sha256=FILES.put(data),
    )  # fmt: skip
    copy = world.make(AnnouncementCopy, owner, dealer=dealer, announcement=out, at=timezone.now())
    world.make(
        AnnouncementReading, owner, dealer=dealer, copy=copy, person_id=head.pk, read_at=timezone.now()
    )  # fmt: skip


def _touchpoint(world: World, dealer: Dealer, by: User, item: ActionItem) -> None:
    noted = world.make(
        Touchpoint, dealer.code, Seen.INTERNAL, dealer=dealer, kind="call", about="logistics", at=_PAST,
        action_item=item, author_id=by.pk,
    )  # fmt: skip
    contact = Contact.objects.filter(dealer=dealer).earliest("pk")
    world.make(Talked, dealer.code, Seen.INTERNAL, dealer=dealer, touchpoint=noted, contact=contact)


def _ours(world: World, meeting: Meeting, topic: Topic, by: User, *, is_held: bool) -> None:
    owner = meeting.dealer.code
    if is_held:
        TopicText(
            dealer=meeting.dealer, topic=topic, text=world.mark(owner, Seen.INTERNAL), edited_by_id=by.pk,
            edited_at=timezone.now(),
        ).save()  # fmt: skip
    world.make(Resolution, owner, Seen.INTERNAL, dealer=meeting.dealer, topic=topic, by_id=by.pk)
    world.make(MeetingNote, owner, Seen.INTERNAL, dealer=meeting.dealer, meeting=meeting, author_id=by.pk)


def _sent(world: World, meeting: Meeting, by: User, head: User, *, is_locked: bool) -> None:
    mark = world.mark(meeting.dealer.code)
    said = {"title": mark, "source": "us", "text": mark, "resolutions": [mark], "actions": [
        {"what": mark, "owner": mark, "side": "us", "due": f"{DUE}"}]}  # fmt: skip
    content = {
        "title": mark, "level": meeting.level, "starts_at": meeting.starts_at.isoformat(), "zone": "UTC", "length": 60,
        "place": mark, "ours": [mark], "theirs": [mark], "topics": [said],
    }  # fmt: skip
    answered: dict[str, Any] = {"state": Minutes.State.CONFIRMED, "answered_by_id": head.pk,
                                "answered_at": timezone.now()} if is_locked else {"correction": ""}  # fmt: skip
    edition = Minutes(
        dealer=meeting.dealer, meeting=meeting, version=1, content=content, sha256="0" * 64, sent_by_id=by.pk,
        sent_at=timezone.now(), **answered,
    )  # fmt: skip
    edition.save()
    world.keep(edition, meeting.dealer.code, number=f"minutes of {mark}")


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
