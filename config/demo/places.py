"""Territories, product lines, products, own companies, and terminals of the market."""

from config.demo.tables import rows
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Company, Product, ProductLine, Terminal, Territory
from dealers.models.outlet import OutletClass
from dealers.services import trees

_COMPANIES = (
    ("HCN", "Halvard China", "翰沃德（中国）卫浴有限公司", "CN", "CNY", "Asia/Shanghai"),
    ("HEU", "Halvard Europe GmbH", "", "DE", "EUR", "Europe/Berlin"),
    ("HUS", "Halvard Inc.", "", "US", "USD", "America/New_York"),
)
_MARKETS = (
    ("HGH", "Gongshu building market", "拱墅建材市场", OutletClass.WHOLESALER),
    ("HGH", "Wulin flagship store", "武林旗舰店", OutletClass.RETAILER),
    ("SZH", "Yuanqu home centre", "园区家居中心", OutletClass.RETAILER),
    ("CN-SH", "Minhang fittings market", "闵行卫浴市场", OutletClass.WHOLESALER),
    ("CAN", "Tianhe project office", "天河工程部", OutletClass.KEY_ACCOUNT),
    ("IT-25", "Corso Como showroom", "", OutletClass.RETAILER),
    ("DE-BY", "Schwabing bath studio", "", OutletClass.RETAILER),
    ("US-CA", "Oakland builders' yard", "", OutletClass.WHOLESALER),
)


def build() -> None:
    with acting(Role.JOBS):
        territories = _territories()
        _products()
        Company.objects.bulk_create(
            Company(code=code, name=name, name_zh=zh, country=country, currency=currency, time_zone=zone)
            for code, name, zh, country, currency, zone in _COMPANIES
        )
        Terminal.objects.bulk_create(
            Terminal(
                code=f"M{number:03}", name=name, name_zh=zh, outlet_class=kind, territory=territories[place]
            )
            for number, (place, name, zh, kind) in enumerate(_MARKETS, start=1)
        )  # fmt: skip


def _territories() -> dict[str, Territory]:
    planted: dict[str, Territory] = {}
    for row in rows("territories"):
        node = Territory(
            code=row["code"], name=row["name"], name_zh=row["name_zh"], level=row["level"],
            time_zone=row["time_zone"], parent=planted.get(row["parent"]),
        )  # fmt: skip
        planted[row["code"]] = trees.plant(node)
    return planted


def _products() -> None:
    lines: dict[str, ProductLine] = {}
    for row in rows("products"):
        if row["line"] not in lines:
            lines[row["line"]] = trees.plant(
                ProductLine(code=row["line"], name=row["line_name"], name_zh=row["line_zh"])
            )
        Product.objects.create(
            code=row["code"], name=row["name"], name_zh=row["name_zh"], unit=row["unit"], line=lines[row["line"]]
        )
