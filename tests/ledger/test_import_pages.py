"""Imports through the pages: upload, look, post, reverse; and who may not."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client

from core import runs
from core.models import Job
from dealers.models import Dealer, Delivery, Product, Territory, User
from ledger.imports import files
from ledger.models import ColumnMapping, ImportBatch, MonthTotal, Movement, RejectedRow
from tests import factories

type SignIn = Callable[..., Client]
State = ImportBatch.State
HEADER = "order_no,line_no,order_date,dealer_code,product_code,qty,unit_price,amount,currency\n"
GOOD = "A1,1,2026-03-02,NG,F-18,10,5.00,50.00,EUR\nA1,2,2026-03-02,NG,F-18,4,5.00,20.00,EUR\n"
BAD = "A2,1,2026-03-02,NG,=1+2,10,5.00,50.00,EUR\nA3,1,2026-13-02,NG,F-18,1,5.00,5.00,EUR\n"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def product(db: None) -> Product:
    return Product.objects.create(code="F-18", name="Kitchen faucet")


@pytest.fixture
def fay(world: Territory) -> User:
    """Finance, everywhere."""
    return factories.person("Fay", "finance")


@pytest.fixture
def olga(north: Territory) -> User:
    """Channel operations, in the north only."""
    return factories.person("Olga", "channel_operations", node=north)


def send(client: Client, text: str, name: str = "march.csv", **typed: str) -> Any:
    fields = {"kind": "sell-in", "source": "erp"} | typed
    return client.post("/imports/new/", fields | {"file": SimpleUploadedFile(name, text.encode())})


def work() -> None:
    """What a worker would do now."""
    for job in Job.objects.filter(state=Job.State.WAITING).order_by("pk"):
        runs.run(job.pk)


def sent(client: Client, text: str, **typed: str) -> ImportBatch:
    """Uploaded, and read by a worker."""
    assert send(client, text, **typed).status_code == 302
    work()
    return ImportBatch.objects.latest("pk")


def page(client: Client, batch: ImportBatch, **query: str) -> str:
    answer = client.get(f"/imports/{batch.public_id}/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def do(client: Client, batch: ImportBatch, verb: str, **typed: str) -> Any:
    answer = client.post(f"/imports/{batch.public_id}/{verb}/", typed)
    work()
    batch.refresh_from_db()
    return answer


def test_a_file_is_uploaded_looked_at_posted_and_reversed(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    assert batch.state == State.CHECKED and not Movement.objects.exists()
    shown = page(client, batch)
    for words in ("Post 2 good rows", "EUR\u00a070.00", "No product has this code", "This is not a date", "march.csv"):
        assert words in shown, words
    assert do(client, batch, "post", choice="good_rows").status_code == 302
    assert batch.state == State.APPLIED
    assert Movement.objects.filter(batch=batch).aggregate(total=Sum("amount"))["total"] == Decimal(70)
    assert "Posted on" in page(client, batch) and "Post 2 good rows" not in page(client, batch)
    asked = client.get(f"/imports/{batch.public_id}/reverse/").content.decode()
    assert "2 entries of the kind" in asked and "EUR\u00a070.00" in asked
    do(client, batch, "reverse", reason="It was the file of another month.")
    assert batch.state == State.REVERSED
    assert Movement.objects.aggregate(total=Sum("amount_e4"))["total"] == 0
    assert MonthTotal.objects.aggregate(total=Sum("amount_e4"))["total"] == 0
    assert "It was the file of another month." in page(client, batch)


def test_the_uploader_is_told_when_the_file_is_checked_and_when_it_is_posted(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD)
    do(client, batch, "post", choice="good_rows")
    told = Delivery.objects.filter(recipient_id=fay.pk, channel="bell").order_by("pk")
    assert [one.event.kind for one in told] == ["import.checked", "import.posted"]
    notices = client.get("/notices/").content.decode()
    assert "2 of 2 rows are ready to be posted" in notices
    assert client.get(f"/notices/{told[0].public_id}/")["Location"] == f"/imports/{batch.public_id}/"


def test_the_jobs_page_says_what_came_of_it_and_leads_to_the_import(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    way = send(client, HEADER + GOOD)["Location"]
    assert way.startswith("/jobs/")
    batch = ImportBatch.objects.get()
    assert "Being read" in page(client, batch)
    work()
    shown = client.get(way).content.decode()
    assert "2 of 2 rows are ready to be posted." in shown and f"/imports/{batch.public_id}/" in shown


@pytest.mark.parametrize(
    ("lines", "words", "their_words"),
    [
        (["who,what", "NG,B-100"], "These columns are missing: ", "缺少"),
        ([HEADER.strip(), BAD.splitlines()[0]], "No row of this file is ready to be posted.", "此文件没有可以入账的行"),
    ],
    ids=["no such columns", "no sound row"],
)
def test_the_jobs_page_says_when_nothing_could_be_taken_in_the_language_of_who_reads_it(
    signed_in: SignIn, fay: User, northgate: Dealer, lines: list[str], words: str, their_words: str
) -> None:
    client = signed_in(fay)
    way = send(client, "\n".join([*lines, ""]))["Location"]
    work()
    shown = client.get(way).content.decode()
    assert "This could not be done." in shown and words in shown and 'class="note good"' not in shown
    assert ImportBatch.objects.get().get_absolute_url() in shown, "where it is mended"
    User.objects.filter(pk=fay.pk).update(language="zh-hans")
    assert their_words in client.get(way).content.decode()


def test_all_or_nothing_posts_nothing_while_a_row_is_bad(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    do(client, batch, "post", choice="all_or_nothing")
    assert batch.state == State.CHECKED and not Movement.objects.exists()
    assert "2 rows have problems" in page(client, batch)


def test_a_discarded_file_cannot_be_posted(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD)
    do(client, batch, "discard")
    do(client, batch, "post", choice="good_rows")
    assert batch.state == State.DISCARDED and not Movement.objects.exists()


def test_posting_twice_posts_once(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD)
    for _time in range(2):
        client.post(f"/imports/{batch.public_id}/post/", {"choice": "good_rows"})
    work()
    batch.refresh_from_db()
    assert batch.state == State.APPLIED and Movement.objects.count() == 2


def test_what_was_posted_in_the_meantime_is_found_when_posting(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    first = sent(client, HEADER + GOOD)
    second = sent(client, HEADER + GOOD + "\n")
    do(client, first, "post", choice="good_rows")
    do(client, second, "post", choice="good_rows")
    assert (second.rows_stored, second.rows_duplicate, Movement.objects.count()) == (0, 2, 2)


# ---- refused files ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "words"),
    [("", "The file is empty"), ("   \n", "The file is empty"), ("x" * 60, "These columns are missing")],
)
def test_a_refused_file_says_what_is_wrong_and_what_to_do(
    signed_in: SignIn, fay: User, northgate: Dealer, text: str, words: str
) -> None:
    client = signed_in(fay)
    answer = send(client, text, kind="invoices", source="sap")
    work()
    batch = ImportBatch.objects.first()
    shown = page(client, batch) if batch else answer.content.decode()
    assert words in shown
    if batch:
        assert batch.state == State.REFUSED
        assert "/imports/new/?kind=invoices&amp;source=sap" in shown or "columns/" in shown
    else:
        assert answer.status_code == 422
        assert '<option value="invoices" selected>' in shown and 'value="sap"' in shown
    assert not Movement.objects.exists()


def test_a_file_over_the_limit_is_refused_before_it_is_kept(
    signed_in: SignIn, fay: User, northgate: Dealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.services.batches.PAGE", files.Limits(bytes=100))
    answer = send(signed_in(fay), HEADER + GOOD)
    assert answer.status_code == 422 and "Split it, or use the command" in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_the_same_file_again_is_refused_at_once(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    do(client, sent(client, HEADER + GOOD), "post", choice="good_rows")
    answer = send(client, HEADER + GOOD)
    assert answer.status_code == 422 and "The same file was posted on" in answer.content.decode()


# ---- columns ---------------------------------------------------------------------------------
STRANGE = "Nr,Pos,When,Who,What,Pcs,Each,Sum,Cur\n"
MATCHED = {
    "order_no": "Nr", "line_no": "Pos", "order_date": "When", "dealer_code": "Who", "product_code": "What",
    "qty": "Pcs", "unit_price": "Each", "discount_pct": "", "amount": "Sum", "currency": "Cur", "date_order": "",
}  # fmt: skip


def test_columns_matched_by_hand_are_remembered_for_the_next_file_of_the_source(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, STRANGE + GOOD, source="wms")
    assert batch.state == State.REFUSED and "Match columns" in page(client, batch)
    assert '<option value="Nr">' in client.get(f"/imports/{batch.public_id}/columns/").content.decode()
    do(client, batch, "columns", **MATCHED)
    assert (batch.state, batch.rows_stored) == (State.CHECKED, 2)
    assert ColumnMapping.objects.get().mapping["order_no"] == "Nr"
    following = sent(client, STRANGE + GOOD.replace("A1", "B1"), source="wms")
    assert (following.state, following.rows_stored) == (State.CHECKED, 2)
    elsewhere = sent(client, STRANGE + GOOD.replace("A1", "C1"), source="other")
    assert elsewhere.state == State.REFUSED


def test_one_column_of_the_file_cannot_answer_two_of_ours(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, STRANGE + GOOD)
    answer = do(client, batch, "columns", **MATCHED | {"line_no": "Nr"})
    assert answer.status_code == 422 and "matched already" in answer.content.decode()


@pytest.mark.parametrize(("order", "month"), [("dmy", 4), ("mdy", 3)])
def test_ambiguous_dates_wait_for_somebody_to_say_their_order(
    signed_in: SignIn, fay: User, northgate: Dealer, order: str, month: int
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD.replace("2026-03-02", "03/04/2026"))
    assert batch.rows_rejected == 2 and "choose the order of dates" in page(client, batch)
    do(client, batch, "columns", **dict.fromkeys(MATCHED, "") | _as_found(batch) | {"date_order": order})
    assert batch.rows_stored == 2
    do(client, batch, "post", choice="good_rows")
    assert {moved.occurred_on.month for moved in Movement.objects.all()} == {month}


def _as_found(batch: ImportBatch) -> dict[str, str]:
    return {str(name): str(header) for name, header in batch.mapping.items()}


# ---- rejected rows ---------------------------------------------------------------------------
def test_rejected_rows_are_taken_away_as_a_file_that_calculates_nothing(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    answer = client.get(f"/imports/{batch.public_id}/rejected.csv")
    assert answer["Content-Type"].startswith("text/csv") and "attachment" in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,Column,Value,Reason," + HEADER.strip()
    assert lines[1] == "3,product_code,'=1+2,No product has this code,A2,1,2026-03-02,NG,'=1+2,10,5.00,50.00,EUR"
    assert len(lines) == 3


def test_rejected_rows_are_shown_by_reason(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    shown = page(client, batch, reason="BAD_DATE")
    assert "2026-13-02" in shown and "=1+2" not in shown


# ---- who -------------------------------------------------------------------------------------
def test_rows_of_dealers_out_of_reach_are_rejected(
    signed_in: SignIn, olga: User, northgate: Dealer, southport: Dealer
) -> None:
    client = signed_in(olga)
    batch = sent(client, HEADER + GOOD + "A9,1,2026-03-02,SP,F-18,1,5.00,5.00,EUR\n")
    assert (batch.rows_stored, batch.rows_rejected) == (2, 1)
    assert RejectedRow.objects.get().reason == "NOT_YOUR_DEALER"
    do(client, batch, "post", choice="good_rows")
    assert set(Movement.objects.values_list("dealer_id", flat=True)) == {northgate.pk}


def test_a_right_withdrawn_before_the_work_is_done_stops_it(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    send(client, HEADER + GOOD)
    fay.assignments.all().delete()
    work()
    assert ImportBatch.objects.get().state == State.STORED
    assert Job.objects.get().state == Job.State.FAILED


def test_a_file_for_the_whole_network_is_seen_by_who_brought_it_and_who_reaches_everybody(
    signed_in: SignIn, fay: User, olga: User, carol: User, dave: User, northgate: Dealer
) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD)
    where = f"/imports/{batch.public_id}/"
    assert signed_in(dave).get(where).status_code == 200
    for stranger in (olga, carol):
        client = signed_in(stranger)
        assert client.get(where).status_code == 404
        assert batch.file_name not in client.get("/imports/").content.decode()
    for verb in ("discard", "post", "columns", "reverse"):
        assert signed_in(olga).post(f"{where}{verb}/", {"choice": "good_rows"}).status_code == 404


def test_dealers_have_no_door_to_imports(signed_in: SignIn, alice: User, fay: User) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD)
    for path in ("/imports/", "/imports/new/", f"/imports/{batch.public_id}/"):
        assert signed_in(alice).get(path).status_code == 404


def test_who_only_looks_uploads_and_changes_nothing(signed_in: SignIn, carol: User, northgate: Dealer) -> None:
    report = ImportBatch.objects.create(
        dealer=northgate, kind="sell-through", state=State.CHECKED, rows_read=1, rows_stored=1, file_name="report.csv",
        created_by_id=carol.pk,
    )  # fmt: skip
    client = signed_in(carol)
    assert "report.csv" in client.get("/imports/").content.decode()
    shown = page(client, report)
    assert "good row" not in shown and "Discard" not in shown
    assert client.get("/imports/new/").status_code == 403
    for verb in ("discard", "post", "columns", "reverse"):
        assert client.post(f"/imports/{report.public_id}/{verb}/").status_code == 403


def test_only_kinds_are_offered_and_taken_that_the_person_may_enter_by_hand(signed_in: SignIn, fay: User) -> None:
    client = signed_in(fay)
    shown = client.get("/imports/new/").content.decode()
    assert 'value="invoices"' in shown and 'value="territories"' not in shown
    assert send(client, "territory_code,name\nX,X\n", kind="territories").status_code == 422


def test_a_dealer_is_not_opened_beyond_ones_own_territories(
    signed_in: SignIn, olga: User, north: Territory, south: Territory, southport: Dealer
) -> None:
    rows = "dealer_code,name,territory_code\nN1,New,NORTH\nN2,New,SOUTH\nSP,Renamed,NORTH\n"
    batch = sent(signed_in(olga), rows, kind="dealers")
    assert (batch.rows_stored, batch.rows_rejected) == (1, 2)
    reasons = set(RejectedRow.objects.values_list("row", "reason"))
    assert reasons == {(2, "NOT_YOUR_TERRITORY"), (3, "NOT_YOUR_DEALER")}


def test_no_file_gives_a_dealers_person_a_role_of_ours(signed_in: SignIn, olga: User, northgate: Dealer) -> None:
    rows = (
        "name,email,dealer_code,role\nA,a@x.example,NG,administrator\nB,b@x.example,NG,dealer_staff\n"
        "C,c@x.example,,finance\n"
    )
    client = signed_in(olga)
    batch = sent(client, rows, kind="people")
    assert set(RejectedRow.objects.values_list("row", "reason")) == {(1, "BAD_CHOICE"), (3, "BY_ADMINISTRATORS")}
    do(client, batch, "post", choice="good_rows")
    assert not User.objects.filter(email__in=["a@x.example", "c@x.example"]).exists()
    assert [group.name for group in User.objects.get(email="b@x.example").groups.all()] == ["dealer_staff"]


# ---- cost ------------------------------------------------------------------------------------
def test_the_pages_cost_the_same_however_many_there_are(
    signed_in: SignIn, fay: User, northgate: Dealer, statements: Any
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    with statements() as few_on_list:
        client.get("/imports/")
    with statements() as few_on_page:
        page(client, batch)
    for number in range(5):
        sent(client, HEADER + GOOD.replace("A1", f"D{number}"))
    RejectedRow.objects.bulk_create(
        RejectedRow(batch=batch, row=100 + i, reason="BAD_DATE", column="order_date") for i in range(60)
    )
    with statements() as many_on_list:
        client.get("/imports/")
    with statements() as many_on_page:
        page(client, batch)
    assert len(many_on_list) == len(few_on_list) <= 6
    assert len(many_on_page) == len(few_on_page) <= 11


def test_an_import_is_found_by_any_part_of_its_file_s_name(
    signed_in: SignIn, fay: User, alice: User, northgate: Dealer
) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD)
    ImportBatch.objects.filter(pk=batch.pk).update(file_name="invoices-2026-Q1.csv")

    def found(user: User) -> list[str]:
        groups = signed_in(user).get("/search/", {"q": "2026-q1"}).context["groups"]
        return [hit.label for group in groups for hit in group.hits]

    assert found(fay) == ["invoices-2026-Q1.csv"] and found(alice) == []
