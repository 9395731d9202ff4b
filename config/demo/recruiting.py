"""Two openings and who applied for them: an application in each state, in both languages, decided by the same verbs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from config.demo.paper import pdf
from config.demo.tables import rows
from core import access
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Company, Letter, Person, ProductLine, Territory, User
from onboarding.models import Application, Opening, Step
from onboarding.models.approval import Outcome
from onboarding.services import applicants, decisions, openings, screening

# code: territory, lines, company, law, currency, goal, deposit, capital, owner, closes in days, titles and gifts.
_OPENINGS: dict[str, dict[str, Any]] = {
    "WNZ-1": {
        "territory": "WNZ", "lines": ("FAUCETS", "SHOWERS"), "company": "HCN", "jurisdiction": "CN", "currency": "CNY",
        "first_year_goal": 3_200_000, "deposit": 50_000, "minimum_capital": 500_000, "owner": "lin.yue", "closes": 75,
        "title": "Wenzhou, faucets and showers", "title_zh": "温州：龙头与淋浴",
        "gives": "Launch plan, CNY 40,000 for the first show\nTraining for four fitters\nSomebody on site for a month",
        "gives_zh": "启动方案及首场展示费用 40,000 元\n培训四名安装师傅\n驻点支持一个月",
    },
    "LAZ-1": {
        "territory": "IT-62", "lines": ("BASINS", "SMART"), "company": "HEU", "jurisdiction": "EU", "currency": "EUR",
        "first_year_goal": 420_000, "deposit": 15_000, "minimum_capital": 200_000, "owner": "giulia.conti",
        "closes": 40, "title": "Lazio, basins and smart toilets", "title_zh": "拉齐奥：陶瓷洁具与智能马桶",
        "gives": "Show samples at half price\nTraining in Milan for your fitters", "gives_zh": "",
    },
    "FOC-1": {
        "territory": "FOC", "lines": (), "company": "HCN", "jurisdiction": "CN", "currency": "CNY",
        "first_year_goal": 1_800_000, "deposit": 30_000, "minimum_capital": 500_000, "owner": "he.jing", "closes": 120,
        "title": "Fuzhou, all lines", "title_zh": "福州：全线产品", "gives": "", "gives_zh": "",
    },
}  # fmt: skip
_DIRECTORS = {"WNZ-1": "zhou.min", "LAZ-1": "paul.keller"}
_ASKED = {True: "已实地考察两次，老板亲自管店，建议合作。", False: "Visited twice; the owner runs the shop himself."}
_YES = {
    True: ("三家候选中网络最好，走访的网点评价都不错。", "产品线与其现有品牌互补，同意。", "同意，按公示条件签约。"),
    False: (
        "The best network of those who applied, and the outlets speak well of them.",
        "Our lines complete what they sell today.",
        "Agreed, on the terms of the opening.",
    ),
}
_MORE = "请补充去年的财务报表和仓库照片，我们再做决定。"
_NO = "More than half of your sales is a competing brand; we look for somebody who puts our basins first."
_SEEN = {
    True: ("实地看过", "与店长面谈", "走访六家网点"),
    False: ("Seen on the spot", "Talked with the owner", "Asked six outlets"),
}
_FAILS = "No conflict with brands carried"


@dataclass(frozen=True, slots=True)
class _Told:
    """A line of the table, and who acts in it."""

    row: dict[str, str]
    staff: dict[str, User]

    @property
    def is_chinese(self) -> bool:
        return self.row["opening"] == "WNZ-1"

    @property
    def manager(self) -> User:
        return self.staff[_OPENINGS[self.row["opening"]]["owner"]]

    @property
    def signers(self) -> list[User]:
        return [self.staff[login] for login in (_DIRECTORS[self.row["opening"]], "wang.fang", "mark.jansen")]


def build(staff: dict[str, User], today: date) -> None:
    for code, given in _OPENINGS.items():
        _opening(code, dict(given), staff, today)
    for row in rows("applications"):
        with translation.override("zh-hans" if row["opening"] == "WNZ-1" else "en"):
            _application(_Told(row, staff))
    with acting(None):  # as if their letters had long been sent
        Letter.objects.filter(what__startswith="application", sent_at__isnull=True).update(sent_at=timezone.now())


def _opening(code: str, given: dict[str, Any], staff: dict[str, User], today: date) -> None:
    by = staff["zhang.wei"]
    owner, closes, lines = staff[given.pop("owner")], given.pop("closes"), given.pop("lines")
    with acting(Role.STAFF, user_id=by.pk):
        given |= {
            "territory": Territory.objects.get(code=given["territory"]),
            "company": Company.objects.get(code=given["company"]),
            "owner": Person.objects.get(pk=owner.pk),
            "opens_on": today - timedelta(days=62), "closes_on": today + timedelta(days=closes),
        }  # fmt: skip
        for name in ("first_year_goal", "deposit", "minimum_capital"):
            given[name] = Decimal(given[name])
        opening = openings.draft(by=by, code=code, lines=ProductLine.objects.filter(code__in=lines), **given)
        if code in _DIRECTORS:
            openings.publish(opening, by=by)


def _application(told: _Told) -> None:
    row, days = told.row, int(told.row["days"])
    with _days_ago(days), acting(Role.PUBLIC):
        opening = Opening.objects.get(code=row["opening"])
        contact = {"contact_name": row["contact"], "email": row["email"], "source": row["source"]}
        application = applicants.begin(opening, **contact)
    with _days_ago(days), acting(Role.PUBLIC, application=application.token_hash):
        _write(application, row)
        if row["state"] != "draft":
            applicants.submit(application)
    if row["state"] == "withdrawn":
        with _days_ago(days - 6), acting(Role.PUBLIC, application=application.token_hash):
            applicants.withdraw(application)
    elif row["score"] != "0":
        with _days_ago(days - 3):
            _screen(application, told)
        _decide(application, told, days)


def _write(application: Application, row: dict[str, str]) -> None:
    currency = "CNY" if row["opening"] == "WNZ-1" else "EUR"
    facts: dict[str, Any] = {"legal_name": row["legal_name"], "city": row["city"], "registration_code": row["code"]}
    if row["capital"]:
        facts |= {
            "legal_representative": row["contact"], "capital": Decimal(row["capital"]), "capital_currency": currency,
            "country": "CN" if currency == "CNY" else "IT",
        }  # fmt: skip
    applicants.save(application, **facts)
    if not row["capital"]:
        return
    carried = [one.split(":") for one in row["brands"].split(";") if one]
    applicants.save_business(
        application,
        [applicants.Brand(name, "", relation, Decimal(share)) for name, relation, share in carried],
        staff_count=int(row["staff"]), experience_years=int(row["years"]), premises_sqm=int(row["premises"]),
        warehouse_sqm=int(row["warehouse"]), outlet_count=int(row["outlets"]), motive=row["motive"],
    )  # fmt: skip
    paper = pdf("Business licence", row["code"], row["email"])
    applicants.add_file(application, SimpleUploadedFile("licence.pdf", paper, "application/pdf"), kind="licence")


def _screen(application: Application, told: _Told) -> None:
    """Marks that differ a little from one another; who is still being screened lacks some."""
    by, score, seen = told.manager, int(told.row["score"]), _SEEN[told.is_chinese]
    with acting(Role.STAFF, user_id=by.pk):
        screening.take(application, by=by)
        criteria = list(application.opening.criteria.all())
        known = criteria[:9] if told.row["state"] == "screening" else criteria
        for place, one in enumerate(known):
            passed = not (told.row["state"] == "rejected" and one.name == _FAILS)
            mark = max(1, min(5, score + (place * 7 + len(told.row["legal_name"])) % 3 - 1))
            verdict: dict[str, Any] = {"is_passed": passed} if one.is_knock_out else {"score": mark}
            evidence = ("visit", "interview", "market")[place % 3]
            screening.mark(application, one, by=by, evidence=evidence, text=seen[place % 3], **verdict)
        found = int(told.row["warehouse"]) - (180 if told.row["state"] == "in_approval_1" else 0)
        finding = screening.find_out(
            application, by=by, evidence="visit", on=timezone.localdate(), field="warehouse_sqm", seen=f"{found}",
            is_different=str(found) != told.row["warehouse"],
        )  # fmt: skip
        report = pdf("Report of the visit", told.row["code"], told.row["warehouse"])
        screening.attach(finding, SimpleUploadedFile("visit.pdf", report, "application/pdf"), by=by)
        step = "第二次实地考察" if told.is_chinese else "Second visit"
        screening.plan(application, by=by, next_step=step, next_on=timezone.localdate() + timedelta(days=16))


def _decide(application: Application, told: _Told, days: int) -> None:
    state = told.row["state"]
    if state == "screening":
        return
    with _days_ago(days - 8), acting(Role.STAFF, user_id=told.manager.pk):
        decisions.submit(application, by=told.manager, reason=_ASKED[told.is_chinese])
    reasons = _YES[told.is_chinese]
    approvals = {"in_approval_1": 0, "in_approval_3": 2, "approved": 3}.get(state, 0)
    for number in range(approvals):
        _sign(application, told.signers[number], decisions.approve, reasons[number], days - 10 - 2 * number)
    if state == "sent_back":
        _sign(application, told.signers[0], decisions.send_back, _MORE, days - 11)
    if state == "rejected":
        _sign(application, told.signers[0], decisions.reject, _NO, days - 12)


def _sign(application: Application, by: User, verb: Any, reason: str, days: int) -> None:
    with _days_ago(days), acting(Role.STAFF, user_id=by.pk):
        waiting = access.rows_of(Step).get(application=application, outcome=Outcome.WAITING)
        verb(waiting, by=by, reason=reason)


@contextmanager
def _days_ago(days: int) -> Iterator[None]:
    """What the verbs stamp is told of a day in the past."""
    real = timezone.now
    timezone.now = lambda: real() - timedelta(days=max(days, 0))
    try:
        yield
    finally:
        timezone.now = real
