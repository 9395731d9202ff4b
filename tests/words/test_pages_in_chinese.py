"""Every page that a reader reaches by links, in Chinese over Chinese data: what is in Latin letters was forgotten.

The catalogue can be whole and a page still speak English, by a name nobody marked or a library without Chinese.
"""

import re
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dealers.models import Company, Dealer, Product, Terminal, Territory, User
from dealers.services import bank_accounts, brands, contacts, documents, notes, outlets
from tests import factories
from tests.dealers.files import pdf
from tests.words.pages import HIDDEN, READ_OUT

MOST = 120  # pages of one reader; more would be a list that never ends
LEADS_AWAY = re.compile(r"/sign-out/|/download|/admin/logout|format=|jsi18n")
WORD = re.compile(r"\b(?=\w*[a-z])[A-Za-z]{2,}\b")  # codes are written in capitals
CODES = re.compile(
    r"https?://\S+|\S+@\S+|\S+\.(?:pdf|example)|\b[A-Z]{1,4}-?\d+\b|\b[A-Z][A-Za-z]+/[\w/+-]+|[*•.]{3,}\w+|Mozilla/.*"
)
NAMES = {"Entente", "Halvard", "English", "Excel"}
# Written into Django's own templates as they are, with no way to translate them.
DJANGOS = {"Search", "True", "False", "None"}


class Page(HTMLParser):
    """What one hears and sees of a page, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.hidden = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in HIDDEN or given.get("name") in {"time_zone", "zone"}:  # the zones of the world have one name each
            self.hidden = tag
        self.said += [str(given[name]) for name in READ_OUT & given.keys()]
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == self.hidden:
            self.hidden = ""

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.said.append(data)

    def english(self) -> list[str]:
        texts = {" ".join(text.split()) for text in self.said}
        return sorted(text for text in texts - DJANGOS if set(WORD.findall(CODES.sub("", text))) - NAMES)


def shape(path: str) -> str:
    """Addresses of the same page about different things."""
    return re.sub(r"/(?:[a-z0-9]{14}|\d+)(?=/)", "/*", path)


def read_all(client: Client, start: str) -> dict[str, list[str]]:
    """Follow every link once per kind of page; the Latin words of each page."""
    found: dict[str, list[str]] = {}
    waiting, seen = deque([start]), set()
    while waiting and len(found) < MOST:
        path = waiting.popleft()
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        page = Page(answer.text)
        found[path] = page.english()
        for link in page.links:
            target = urlsplit(urljoin(path, link))
            kind = shape(target.path)
            if not target.netloc and not LEADS_AWAY.search(link) and kind not in seen:
                seen.add(kind)
                waiting.append(target.path)
    return found


@pytest.fixture
def executive(db: None) -> User:
    """Who runs a dealer with something in every corner of the file, all of it in Chinese."""
    everywhere = factories.territory("ALL", name="全部区域", name_zh="全部区域")
    north = factories.territory("NORTH", parent=everywhere, name="北区", name_zh="北区")
    manager = factories.person("林悦", "account_manager", email="lin@example.com", title="客户经理", node=north)
    northgate = factories.dealer(
        "NG", name="北门建材", name_zh="北门建材", home=north, manager_id=manager.pk, tier="gold",
        segment="retail", city="杭州", since=date(2020, 1, 1), registered_name="北门建材有限公司",
        legal_representative="陈国栋", tags=["重点"],
    )  # fmt: skip
    executive = factories.person(
        "陈国栋", "dealer_executive", dealer=northgate, email="chen@example.com", title="总经理", language="zh-hans"
    )
    _fill(northgate, executive, manager, north)
    line = factories.product_line("L1", name="花洒", name_zh="花洒")
    Product.objects.create(code="P1", name="恒温花洒", name_zh="恒温花洒", line=line)
    Terminal.objects.create(code="M1", name="城西市场", outlet_class="retailer", territory=north)
    Company.objects.create(code="C1", name="哈尔瓦德", name_zh="哈尔瓦德", country="CN", currency="CNY")
    return executive


def _fill(northgate: Dealer, alice: User, carol: User, north: Territory) -> None:
    contacts.add(
        northgate, by=alice, name="陈国栋", duty="owner", title="总经理", phone="010 1234", signs_contracts=True
    )
    soon = timezone.localdate() + timedelta(days=20)
    for title, internal, by in (("营业执照", False, alice), ("背景调查", True, carol)):
        upload = SimpleUploadedFile("a.pdf", pdf(), content_type="application/pdf")
        documents.add(northgate, upload, by=by, is_internal=internal, kind="licence", title=title, expires_on=soon)
    outlets.show(outlets.add(northgate, by=alice, outlet_class="retailer", territory=north, name="城西五金"), by=alice)
    notes.write(northgate, by=carol, text="展厅已装修。")
    brands.replace(northgate, [brands.Brand("清泉", "rival", None)], by=carol)
    factories.person("周敏", "finance", email="zhou@example.com", language="zh-hans")
    bank_accounts.propose(
        northgate, by=alice, reason="更换开户银行，原账户不再使用。", holder="北门建材", bank="中国银行",
        number="6222 0000 1111", swift="BKCHCNBJ", currency="CNY",
    )  # fmt: skip


@pytest.mark.parametrize(("role", "pages"), [("channel_operations", 25), ("finance", 15)])
def test_staff_read_no_english(executive: User, signed_in: Callable[..., Client], role: str, pages: int) -> None:
    reader = factories.person("何静", role, email="he@example.com", language="zh-hans")
    found = read_all(signed_in(reader), "/")
    assert len(found) >= pages
    assert {path: said for path, said in found.items() if said} == {}


def test_a_dealer_reads_no_english(executive: User, signed_in: Callable[..., Client]) -> None:
    found = read_all(signed_in(executive), "/")
    assert len(found) >= 15
    assert {path: said for path, said in found.items() if said} == {}


def test_whoever_is_not_signed_in_reads_no_english(db: None) -> None:
    client = Client(headers={"accept-language": "zh-CN,zh;q=0.9"})
    found = read_all(client, "/accounts/sign-in/")
    assert len(found) >= 2
    assert {path: said for path, said in found.items() if said} == {}
