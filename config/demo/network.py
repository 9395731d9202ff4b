"""Sixty dealers with what stands in their files, and a few who tell a story."""

import random
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo import people
from config.demo.paper import pdf
from config.demo.tables import rows
from core.database.context import acting
from core.database.roles import Role
from dealers.models import BrandCarried, Contact, Dealer, Document, Person, Territory, User
from dealers.models.outlet import OutletClass
from dealers.services import approvals, bank_accounts, brands, contacts, dealers, documents, notes, outlets

_CURRENCIES = {"CN": "CNY", "IT": "EUR", "DE": "EUR", "AT": "EUR", "US": "USD"}
_CAPITAL = {"platinum": 20_000_000, "gold": 8_000_000, "silver": 3_000_000, "bronze": 1_000_000, "": 500_000}
_STAFF = {"platinum": 85, "gold": 38, "silver": 17, "bronze": 8, "": 5}


def build(staff: dict[str, User], today: date) -> list[Dealer]:
    """All dealers, in the order of the table. `today` is the day the story is told on."""
    chance = random.Random(1947)  # noqa: S311  (the same network every time)
    with acting(Role.STAFF):
        places = {place.code: place for place in Territory.objects.all()}
    made = []
    for row in rows("dealers"):
        dealer = _dealer(row, places, staff, chance, today)
        head = people.executive(dealer, row)
        if head:
            _his_own_work(dealer, head, chance, today)
        made.append(dealer)
    _story({dealer.code: dealer for dealer in made}, staff)
    return made


def _dealer(
    row: dict[str, str], places: dict[str, Territory], staff: dict[str, User], chance: random.Random, today: date
) -> Dealer:
    by = staff["zhang.wei"]
    with acting(Role.STAFF, user_id=by.pk):
        dealer = dealers.create(by=by, **_file(row, places, staff, chance))
        owner = Contact.Duty.OWNER
        contacts.add(dealer, by=by, name=row["executive"], duty=owner, title="", signs_contracts=True)
        if row["rivals"]:
            carried = [brands.Brand(name, BrandCarried.Relation.RIVAL) for name in row["rivals"].split(";")]
            brands.replace(dealer, carried, by=by)
        if row["status"] != "candidate":
            _papers(dealer, by, chance, today)
    return dealer


def _file(
    row: dict[str, str], places: dict[str, Territory], staff: dict[str, User], chance: random.Random
) -> dict[str, Any]:
    home = places[row["territory"]]
    country = next(code for code in _CURRENCIES if _lies_in(home, places[code]))
    manager = Person.objects.get(pk=staff[row["manager"]].pk) if row["manager"] else None
    number = row["code"][1:]
    return {
        "code": row["code"], "name": row["name"], "name_zh": row["name_zh"], "home": home, "tier": row["tier"],
        "segment": row["segment"], "status": row["status"], "manager": manager, "country": country,
        "since": date.fromisoformat(row["since"]) if row["since"] else None,
        "currency": _CURRENCIES[country], "time_zone": home.time_zone,
        "city": home.name_zh if country == "CN" else home.name,
        "registered_name": row["name_zh"] or row["name"], "legal_representative": row["executive"],
        "registration_number": f"{country}-{chance.randrange(10**8, 10**9)}",
        "tax_number": f"{country}{chance.randrange(10**9, 10**10)}",
        "capital": _CAPITAL[row["tier"]], "capital_currency": _CURRENCIES[country],
        "staff_count": _STAFF[row["tier"]] + chance.randrange(6), "sales_staff_count": 2 + chance.randrange(5),
        "premises_sqm": 120 + 40 * chance.randrange(12), "warehouse_sqm": 200 + 100 * chance.randrange(20),
        "phone": f"+{ {'CN': 86, 'IT': 39, 'DE': 49, 'AT': 43, 'US': 1}[country] } 555 01{number}",
    }  # fmt: skip


def _lies_in(place: Territory, country: Territory) -> bool:
    return country.low <= place.low <= country.high


def _papers(dealer: Dealer, by: User, chance: random.Random, today: date) -> None:
    """A licence each; most run for years, some end within weeks, two have ended already."""
    left = {"D0003": -12, "D0026": -3, "D0001": 43, "D0015": 21, "D0041": 9}.get(
        dealer.code, 200 + chance.randrange(900)
    )
    expires = today + timedelta(days=left)
    title = "营业执照" if dealer.name_zh else "Business licence"
    page = pdf("Business licence", dealer.name, f"No. {dealer.registration_number}", f"Valid until {expires}")
    documents.add(
        dealer,
        SimpleUploadedFile(f"licence-{dealer.code}.pdf", page, content_type="application/pdf"),
        by=by,
        kind=Document.Kind.LICENCE,
        title=title,
        number=dealer.registration_number,
        issued_on=expires - timedelta(days=3 * 365),
        expires_on=expires,
    )


def _his_own_work(dealer: Dealer, head: User, chance: random.Random, today: date) -> None:
    """What a dealer keeps himself: people to talk to, his customers, where his money goes."""
    chinese = bool(dealer.name_zh)
    with acting(Role.DEALER, dealer_id=dealer.pk, user_id=head.pk):
        contacts.add(
            dealer, by=head, duty=Contact.Duty.FINANCE, name="徐梅" if chinese else "Dana Holt",
            title="财务" if chinese else "Accounts",
        )  # fmt: skip
        for number in range(1, 5 + chance.randrange(6)):
            kind = chance.choice([OutletClass.RETAILER, OutletClass.RETAILER, OutletClass.WHOLESALER])
            name = f"{dealer.home.name_zh}第{number}门店" if chinese else f"{dealer.city} shop {number}"
            outlet = outlets.add(
                dealer, by=head, name=name, outlet_class=kind, territory=dealer.home, since=today - timedelta(days=90)
            )
            if number == 1:
                outlets.show(outlet, by=head)
        bank_accounts.propose(
            dealer, by=head, currency=dealer.currency, holder=dealer.registered_name,
            bank="中国工商银行" if chinese else "First Trade Bank", number=f"{6222_0000_0000 + dealer.pk}",
            reason="首次登记收款账户" if chinese else "Our first account for rebates and refunds.",
        )  # fmt: skip


def _story(found: dict[str, Dealer], staff: dict[str, User]) -> None:
    finance, lin, giulia = staff["chen.jing"], staff["lin.yue"], staff["giulia.conti"]
    with acting(Role.STAFF, user_id=finance.pk):
        for code in ("D0002", "D0016", "D0037", "D0047"):
            waiting = found[code].approvals.get(outcome="waiting")
            approvals.approve(waiting, by=finance, reason="开户许可证与系统登记信息一致，已电话核实。")
    with acting(Role.STAFF, user_id=lin.pk):
        notes.write(found["D0006"], by=lin, text="钱总希望平稳收尾：先清库存，再谈客户交接，保证金年底前退还。")
        notes.write(found["D0001"], by=lin, text="陈总关注拱墅展厅的陈列墙，承诺月底前再进一批龙头。")
        notes.write(found["D0004"], by=lin, text="隔壁开了竞品专卖店，客流下降明显，需要尽快拜访。")
    with acting(Role.STAFF, user_id=giulia.pk):
        notes.write(
            found["D0033"], by=giulia, text="First dealer in Italy. Marco wants the showroom ready before Salone."
        )
