"""The rhythm of the network: how often both sides agreed to meet, what was said between the meetings, what everybody
has to know, and what a dealer says that he was promised."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from communications.models import Announcement, AnnouncementCopy, Touchpoint
from communications.services import actions, announcements, series, touchpoints
from communications.services.touchpoints import NextStep
from config.demo import DOMAIN
from config.demo.tables import rows
from config.demo.talks import Table
from contracts.models import Contract, ReviewRhythm
from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.backends import attach_scope_to
from dealers.models import Contact, Dealer, User

Level, Every, Mode = ReviewRhythm.Level, ReviewRhythm.Every, ReviewRhythm.Mode
Kind, About = Touchpoint.Kind, Touchpoint.About
_AGREED = {  # by tier: the executives, then the working level
    "platinum": ((Every.QUARTER, Mode.VISIT, 2), (Every.MONTH, Mode.VIDEO, 4)),
    "gold": ((Every.HALF_YEAR, Mode.VISIT, 3), (Every.MONTH, Mode.VIDEO, None)),
    "silver": ((Every.YEAR, Mode.VIDEO, None),),
}
_TALKS = (  # dealer, who noted it, days ago, how, about what, said
    ("D0001", "lin.yue", 2, Kind.CALL, About.LOGISTICS, "拱墅仓到货少两箱淋浴房把手，已请物流补发，周五前到。"),
    ("D0001", "lin.yue", 9, Kind.VISIT, About.PRODUCTS, "智能马桶展位客流不错，店员反映遥控器说明书字太小。"),
    ("D0001", "lin.yue", 23, Kind.CHAT, About.AFTER_SALES, "一户漏水投诉，安装队次日上门，已处理完。"),
    ("D0047", "amy.carter", 4, Kind.CALL, About.TECHNICAL, "Asked for the drawings of the concealed cistern; sent."),
    ("D0047", "amy.carter", 16, Kind.MAIL, About.PRODUCTS, "The matt taps sell better than polished ones in San Jose."),
    ("D0033", "giulia.conti", 3, Kind.VISIT, About.PRODUCTS, "Walked through the showroom; the plumber is on time."),
)


_WARRANTY = (
    "Warranty on smart toilets: five years from now on",
    "From the first of next month the warranty covers five years.\n\nTell your fitters and customers; the new cards "
    "come with every delivery.",
    "智能马桶质保延长至五年",
    "自下月一日起，智能马桶质保期延长至五年。\n\n请告知安装人员和顾客，新质保卡随货附送。",
)
_FAIR = (
    "Kitchen & Bath China: meet us in hall N2",
    "We look forward to seeing you in May.",
    "上海厨卫展：欢迎莅临 N2 馆",
    "五月上海厨卫展，欢迎各位经销商莅临。",
)
_PRICES = ("Price list for the next year", "The list follows in December.", "明年价格表", "价格表将于十二月发出。")


def _said(*words: str) -> dict[str, Any]:
    return dict(zip(("title", "text", "title_zh", "text_zh"), words, strict=True))


def build(made: list[Dealer], staff: dict[str, User], today: date) -> None:
    found = {dealer.code: dealer for dealer in made}
    _talks(found, staff, today)
    with acting(Role.JOBS):
        series.propose_due(now=timezone.now(), by=User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM))
    _announcements(found, staff)
    _claims(found, staff, today)


def agree() -> None:
    """How often both sides meet, in every contract in force: before anything is amended."""
    with acting(Role.JOBS):
        _agree()


def _agree() -> None:
    tiers = {row["code"]: row["tier"] for row in rows("dealers")}
    running = access.rows_of(Contract).filter(status=Contract.Status.ACTIVE).select_related("dealer")
    ReviewRhythm.objects.bulk_create(
        ReviewRhythm(
            dealer_id=one.dealer_id, contract=one, level=level, every=every, mode=mode, weekday=weekday,
            day=8 if level == Level.EXECUTIVE else 18,
        )
        for one in running.order_by("pk")
        for level, (every, mode, weekday) in zip(Level, _AGREED.get(tiers[one.dealer.code], ()), strict=False)
    )  # fmt: skip


def _talks(found: dict[str, Dealer], staff: dict[str, User], today: date) -> None:
    """Who is called, and so who is not: the others are silent."""
    for code, login, days, kind, about, said in _TALKS:
        dealer, by = found[code], staff[login]
        with acting(Role.STAFF, user_id=by.pk):
            people = list(Contact.objects.visible_to(by).filter(dealer=dealer)[:1])
            at = datetime.combine(today - timedelta(days=days), time(11, 20), tzinfo=timezone.get_current_timezone())
            touchpoints.note(dealer, by=by, kind=kind, about=about, said=said, at=at, contacts=people)
    by, dealer = staff["lin.yue"], found["D0001"]
    with acting(Role.STAFF, user_id=by.pk):
        step = NextStep("寄送大字版遥控器说明书", Table(dealer, by, "chen.guodong", today).person("li.na"),
                        today + timedelta(days=6))  # fmt: skip
        touchpoints.note(
            dealer, by=by, kind=Kind.CALL, about=About.OTHER, said="陈总催要新版说明书，答应尽快寄。", step=step
        )


def _announcements(found: dict[str, Dealer], staff: dict[str, User]) -> None:
    """One to everybody that asks to be confirmed and one for China that was corrected; a draft is being written."""
    by = staff["elena.rossi"]
    with acting(Role.STAFF, user_id=by.pk):
        policy = announcements.draft(by=by, **_said(*_WARRANTY), needs_confirmation=True)
        _publish(policy, by)
        china = [code for code in found if found[code].country == "CN"][:20]
        fair = announcements.draft(by=by, **_said(*_FAIR), picked=china)
        _publish(fair, by)
        newer = announcements.correct(fair, by=by)
        words = {"title": "Kitchen & Bath China: meet us in hall E3", "title_zh": "上海厨卫展：展位调整至 E3 馆"}
        announcements.change(newer, by=by, version=newer.version, changes=words)
        newer.refresh_from_db()
        _publish(newer, by)
        announcements.draft(by=by, **_said(*_PRICES))
    for login in ("chen.guodong", "marco.bianchi"):
        head = _head(login)
        with acting(Role.DEALER, dealer_id=head.dealer_id, user_id=head.pk):
            copy = AnnouncementCopy.objects.visible_to(head).select_related("announcement").get(announcement=policy)
            (announcements.confirm if login == "marco.bianchi" else announcements.read)(copy, by=head)


def _publish(one: Announcement, by: User) -> None:
    announcements.publish(one, by=by, seen=announcements.circle(one, by=by))


def _claims(found: dict[str, Dealer], staff: dict[str, User], today: date) -> None:
    """What two dealers were promised: one waits for our answer, one is contested."""
    for login, code, what, owner, where in (
        ("chen.guodong", "D0001", "开春前增派一名驻店导购", "lin.yue", "11 月 18 日微信群"),
        ("daniel.reyes", "D0047", "Free display for San Jose", "amy.carter", "On the phone after the review"),
    ):
        head, dealer = _head(login), found[code]
        with acting(Role.DEALER, dealer_id=dealer.pk, user_id=head.pk):
            item = actions.claim(
                dealer, by=head, what=what, owner=Table(dealer, staff[owner], login, today).person(owner),
                due_on=today + timedelta(days=25), said_where=where,
            )  # fmt: skip
        if code == "D0047":
            with acting(Role.STAFF, user_id=staff[owner].pk):
                actions.contest(item, by=staff[owner], reason="A display at half price was offered, not a free one.")


def _head(login: str) -> User:
    with acting(None):
        head: User = attach_scope_to(User.objects.get(email=f"{login}@{DOMAIN}"))
    return head
