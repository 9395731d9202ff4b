"""Meetings past and coming, promises kept and broken: told by the same verbs, on the days on which they happened."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from communications.models import ActionItem, Meeting, Minutes, Topic, TopicText
from communications.services import actions, meetings, minutes
from communications.services.meetings import When
from config.demo import DOMAIN
from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.backends import attach_scope_to
from dealers.models import Dealer, Person, User


@dataclass(frozen=True, slots=True)
class Said:
    """What was said on a topic, decided, and promised: what, by whom (sign-in name), days until it is due."""

    text: str
    decided: Sequence[str] = ()
    promised: Sequence[tuple[str, str, int]] = ()


class Table:
    """One dealer, who looks after him, who heads him, and the clock that both look at."""

    def __init__(self, dealer: Dealer, ours: User, head: str, today: date) -> None:
        self.dealer, self.ours, self.today = dealer, ours, today
        self.zone = ZoneInfo(dealer.time_zone)
        with acting(None):
            self.theirs: User = attach_scope_to(User.objects.get(email=f"{head}@{DOMAIN}"))

    def at(self, days: int, hour: int = 14) -> datetime:
        return datetime.combine(self.today + timedelta(days=days), time(hour), tzinfo=self.zone)

    @contextmanager
    def on(self, moment: datetime, by: User) -> Iterator[None]:
        """It is that moment, and `by` acts."""
        real, timezone.now = timezone.now, lambda: moment  # stamps are those of the day on which it happened
        role = Role.DEALER if by.is_dealers else Role.STAFF
        try:
            with (
                translation.override(by.language),
                acting(role, dealer_id=by.dealer_id, user_id=by.pk),
            ):
                yield
        finally:
            timezone.now = real

    def person(self, login: str) -> Person:
        return Person.objects.get(email=f"{login}@{DOMAIN}")

    # ---- steps of a meeting ------------------------------------------------------------------
    def propose(self, at: datetime, title: str, *, by: User, days_before: int = 10, **more: Any) -> Meeting:
        level = more.pop("level", Meeting.Level.WORKING)
        when = When(at, str(self.zone), more.pop("length", 60), more.pop("place", ""), more.pop("link", ""))
        with self.on(at - timedelta(days=days_before), by):
            people = [self.person(str(one.email).removesuffix(f"@{DOMAIN}")) for one in (self.ours, self.theirs)]
            return meetings.propose(
                self.dealer, by=by, when=when, title=title, level=level, attendees=people, topics=more.pop("topics", ())
            )

    def agree(self, meeting: Meeting, *, by: User, days_before: int = 8) -> Meeting:
        with self.on(meeting.starts_at - timedelta(days=days_before), by):
            return meetings.agree(meeting, by=by, sequence=meeting.sequence)

    def hold(self, meeting: Meeting, said: dict[str, Said]) -> Meeting:
        """Hold it and write what was said; topics are named by their titles or, prepared ones, by their source."""
        with self.on(meeting.starts_at + timedelta(minutes=5), self.ours):
            meeting = meetings.hold(meeting, by=self.ours)
        with self.on(meeting.ends_at, self.ours):
            for topic in meeting.topics.all():
                found = said.get(topic.title) or said.get(topic.source)
                if found:
                    self._write(topic, found)
        return meeting

    def _write(self, topic: Topic, said: Said) -> None:
        text = access.rows_of(TopicText).get(topic=topic)
        written = "\n".join(filter(None, (text.text, said.text)))
        minutes.write(topic, by=self.ours, text=written, version=text.version)
        for decision in said.decided:
            minutes.resolve(topic, by=self.ours, text=decision)
        for what, login, days in said.promised:
            due_on = topic.meeting.starts_at.astimezone(self.zone).date() + timedelta(days=days)
            actions.agree_on(topic, by=self.ours, what=what, owner=self.person(login), due_on=due_on)

    def send(self, meeting: Meeting) -> Minutes:
        with self.on(meeting.ends_at + timedelta(hours=3), self.ours):
            return minutes.send(meeting, by=self.ours)

    def confirm(self, edition: Minutes) -> Meeting:
        with self.on(edition.sent_at + timedelta(hours=20), self.theirs):
            return minutes.confirm(edition, by=self.theirs)

    def item(self, what: str) -> ActionItem:
        return access.rows_of(ActionItem).select_related("dealer").get(dealer=self.dealer, what=what)

    def done(self, what: str, *, by: User, days: int, note: str = "") -> None:
        """Done so many days before (or, below zero, after) it was due."""
        with acting(Role.STAFF, user_id=self.ours.pk):
            item = self.item(what)
        with self.on(datetime.combine(item.first_due_on - timedelta(days=days), time(16), tzinfo=self.zone), by):
            actions.complete(item, by=by, note=note)


def build(made: list[Dealer], staff: dict[str, User], today: date) -> None:
    found = {dealer.code: dealer for dealer in made}
    _hangzhou(Table(found["D0001"], staff["lin.yue"], "chen.guodong", today), staff)
    _california(Table(found["D0047"], staff["amy.carter"], "daniel.reyes", today))
    _milan(Table(found["D0033"], staff["giulia.conti"], "marco.bianchi", today))


def _hangzhou(table: Table, staff: dict[str, User]) -> None:
    """A rhythm of a year: two quarters confirmed, one waiting, the next agreed; a display wall promised and late."""
    ours, theirs = table.ours, table.theirs
    spring = table.propose(
        table.at(-186), "年中合作回顾会", by=ours, level=Meeting.Level.EXECUTIVE, length=90, place="杭州瑞和展厅",
        topics=["拱墅展厅陈列墙", "新品智能马桶培训"],
    )  # fmt: skip
    spring = table.agree(spring, by=theirs)
    spring = table.hold(spring, {
        "data": Said("上半年进货符合计划，陈总希望龙头系列加快补货。"),
        "拱墅展厅陈列墙": Said(
            "双方同意在拱墅展厅做一面陈列墙，智能马桶放在中间位置。", ["陈列墙由厂家出材料，经销商出场地。"],
            [("提供陈列墙设计图", "wang.fang", 20), ("陈列墙材料发货到拱墅展厅", "lin.yue", 45),
             ("空出展厅靠窗位置", "chen.guodong", 15)],
        ),
        "新品智能马桶培训": Said("门店导购对新品不熟悉。", [], [("安排两场智能马桶产品培训", "li.na", 40)]),
    })  # fmt: skip
    table.confirm(table.send(spring))
    table.done("提供陈列墙设计图", by=staff["wang.fang"], days=3)
    table.done("空出展厅靠窗位置", by=theirs, days=2, note="已清空，尺寸已发给林悦。")
    table.done("安排两场智能马桶产品培训", by=staff["li.na"], days=5)
    table.done("陈列墙材料发货到拱墅展厅", by=ours, days=-18, note="型材供应商延误，换了宁波的第二家。")
    autumn = table.propose(
        table.at(-95), "第三季度合作回顾会", by=theirs, level=Meeting.Level.EXECUTIVE, length=90, place="视频会议",
        topics=["智能马桶应对新竞品"],
    )  # fmt: skip
    autumn = table.agree(autumn, by=ours)
    autumn = table.hold(autumn, {
        "data": Said("第三季度动销好于去年同期。"),
        "智能马桶应对新竞品": Said(
            "隔壁开了竞品专卖店，主推低价智能马桶。", ["不跟价，强调五年质保和两小时上门。"],
            [("印制质保对比单页", "elena.rossi", 21), ("收集竞品门店报价", "chen.guodong", 14)],
        ),
    })  # fmt: skip
    table.confirm(table.send(autumn))
    table.done("印制质保对比单页", by=staff["elena.rossi"], days=1)
    table.done("收集竞品门店报价", by=theirs, days=-6)
    with table.on(table.at(-20, 10), ours):
        actions.promise(
            table.dealer, by=ours, what="补发破损的浴室柜门板", owner=table.person("li.na"),
            due_on=table.today - timedelta(days=6),
        )  # fmt: skip
        plan = actions.promise(
            table.dealer, by=ours, what="滨江第二展厅选址评估", owner=table.person("lin.yue"),
            due_on=table.today - timedelta(days=3),
        )  # fmt: skip
    with table.on(table.at(-4, 10), ours):
        actions.move(plan, by=ours, due_on=table.today + timedelta(days=9), reason="商场要到下周才给出铺位图纸。")
    winter = table.propose(
        table.at(-3), "年终合作回顾会", by=ours, level=Meeting.Level.EXECUTIVE, length=90, place="杭州瑞和展厅",
        topics=["明年任务与返利"],
    )  # fmt: skip
    winter = table.agree(winter, by=theirs)
    winter = table.hold(winter, {
        "明年任务与返利": Said(
            "陈总希望明年任务按淡旺季分布，返利按季兑付。", ["明年任务按本年淡旺季分布到月。"],
            [("发出明年任务草案", "lin.yue", 12), ("提交明年一季度要货计划", "chen.guodong", 16)],
        ),
    })  # fmt: skip
    table.send(winter)
    coming = table.propose(
        table.at(1, 10), "执行层周会", by=ours, length=30, link="https://meet.halvard.example/ruihe",
        topics=["到货安排"],
    )  # fmt: skip
    table.agree(coming, by=theirs)


def _california(table: Table) -> None:
    """A strong dealer far away: one review confirmed, promises on both sides, and he proposes the next."""
    ours, theirs = table.ours, table.theirs
    review = table.propose(
        table.at(-70, 10), "Third-quarter review", by=ours, level=Meeting.Level.EXECUTIVE, length=75,
        link="https://meet.halvard.example/pacific", topics=["Freight times to the West Coast", "Spare parts"],
    )  # fmt: skip
    review = table.agree(review, by=theirs)
    review = table.hold(review, {
        "data": Said("Growth is ahead of target; the smart toilets carry it."),
        "Freight times to the West Coast": Said(
            "Containers took 41 days instead of 28. Daniel lost two projects over it.",
            ["Fast movers are held in the Oakland warehouse from next quarter on."],
            [("Send the stocking list for Oakland", "amy.carter", 14), ("Forecast per quarter and product line",
                                                                       "daniel.reyes", 21)],
        ),
        "Spare parts": Said("Cartridges were out of stock twice.", [],
                            [("Spare-part kit for every showroom", "li.na", 35)]),
    })  # fmt: skip
    table.confirm(table.send(review))
    table.done("Send the stocking list for Oakland", by=ours, days=4)
    table.done("Forecast per quarter and product line", by=theirs, days=1, note="Workbook sent to Amy.")
    table.propose(
        table.at(9, 10), "Year-end review", by=theirs, days_before=11, level=Meeting.Level.EXECUTIVE, length=90,
        link="https://meet.halvard.example/pacific", topics=["Targets of next year", "Second showroom in San Jose"],
    )  # fmt: skip


def _milan(table: Table) -> None:
    """The first dealer in Italy: minutes half written, the next meeting agreed."""
    ours, theirs = table.ours, table.theirs
    start = table.propose(
        table.at(-1, 11), "Launch check, first weeks", by=ours, place="Showroom, Via Savona",
        topics=["Showroom before Salone", "First orders"],
    )  # fmt: skip
    start = table.agree(start, by=theirs)
    table.hold(start, {
        "Showroom before Salone": Said(
            "The lease is signed. Plumbing starts next week.", ["The showroom opens two weeks before Salone."],
            [("Choose the display pieces", "marco.bianchi", 10)],
        ),
    })  # fmt: skip
    coming = table.propose(table.at(15, 11), "Launch check, first orders", by=ours, days_before=17,
                           place="Showroom, Via Savona")  # fmt: skip
    table.agree(coming, by=theirs, days_before=16)
    with table.on(table.at(-9, 9), ours):
        actions.promise(
            table.dealer, by=ours, what="Italian price list with fittings", owner=table.person("giulia.conti"),
            due_on=table.today + timedelta(days=4),
        )  # fmt: skip
