"""The list of dealers as a file: the same rows, for whoever may take them away."""

import csv
import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from core import jobs, runs
from core.exports import answers, later
from core.models import Job
from dealers.models import Assignment, Event
from tests import factories
from tests.dealers.test_dealer_list import plant

pytestmark = pytest.mark.django_db
CSV, XLSX = "/dealers/export.csv", "/dealers/export.xlsx"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def read(response: Any) -> list[dict[str, str]]:
    content = b"".join(response) if response.streaming else response.content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_names(response: Any) -> list[str]:
    return [row["Dealer"] for row in read(response)]


class TestShortLists:
    def test_the_file_holds_what_the_list_shows(self, signed_in, dave, north, south) -> None:
        factories.dealer("A", name="Alpha", home=north, tier="gold", city="Como", tags=["coast"])
        factories.dealer("B", name="Beta", home=north, tier="gold")
        factories.dealer("C", name="Gamma", home=south, tier="gold")
        factories.dealer("D", name="Delta", home=north)
        response = signed_in(dave).get(CSV, {"territory": "NORTH", "tier": "gold", "sort": "-name"})
        assert [row["Code"] for row in read(response)] == ["B", "A"]
        assert read(signed_in(dave).get(CSV, {"search": "como"}))[0] | {"Last event": ""} == {
            "Dealer": "Alpha", "Chinese name": "", "Code": "A", "Status": "Active", "Tier": "Gold", "Segment": "",
            "Territory": "North", "City": "Como", "Country": "", "Account manager": "", "Currency": "CNY",
            "Tags": "coast", "Dealer since": "", "Next expiry": "", "Last event": "",
        }  # fmt: skip
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"].startswith('attachment; filename="dealers-')
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert not response.streaming

    def test_it_ends_where_the_reach_ends(self, signed_in, carol, northgate, southport) -> None:
        assert read_names(signed_in(carol).get(CSV)) == ["Northgate"]
        assert "Southport" not in zip_text(signed_in(carol).get(XLSX).content)

    def test_a_name_is_no_formula(self, signed_in, dave, north) -> None:
        factories.dealer("E", name='=HYPERLINK("https://example.com")', home=north, city="+1")
        assert read_names(signed_in(dave).get(CSV)) == ['\'=HYPERLINK("https://example.com")']
        assert "<f>" not in zip_text(signed_in(dave).get(XLSX).content)

    @pytest.mark.parametrize("url", ["/dealers/export.pdf", "/dealers/export.csv.exe", "/dealers/export.CSV"])
    def test_other_formats_do_not_exist(self, signed_in, dave, url) -> None:
        assert signed_in(dave).get(url).status_code == 404

    def test_looking_is_not_taking_away(self, signed_in, northgate, north) -> None:
        lena = factories.person("Lena", "legal", node=north)
        client = signed_in(lena)
        assert client.get("/dealers/").status_code == 200
        assert client.get(CSV).status_code == 403
        assert client.post("/dealers/export/", {"selected": [northgate.public_id], "format": "csv"}).status_code == 403
        assert b"export.csv" not in client.get("/dealers/").content

    def test_dealers_have_no_such_file(self, signed_in, alice) -> None:
        assert signed_in(alice).get(CSV).status_code == 404

    def test_only_what_was_ticked_and_only_what_one_may_see(
        self, signed_in, carol, north, northgate, southport
    ) -> None:
        factories.dealer(name="Another", home=north)
        ticked = [northgate.public_id, southport.public_id, "nonsense"]
        client = signed_in(carol)
        response = client.post("/dealers/export/", {"selected": ticked, "format": "csv"})
        assert read_names(response) == ["Northgate"]
        assert read(client.post("/dealers/export/", {"format": "csv"})) == [], "nothing ticked is nothing"

    def test_more_than_500_rows_are_an_event(self, signed_in, dave, north) -> None:
        plant(500, north)
        client = signed_in(dave)
        client.get(CSV)
        assert not Event.objects.filter(kind="list.exported").exists()
        factories.dealer(home=north)
        client.get(CSV, {"sort": "-name"})
        [event] = Event.objects.filter(kind="list.exported")
        assert (event.actor_id, event.dealer_id, event.visibility) == (dave.pk, None, "internal")
        assert event.data == {"list": "dealers", "rows": 501, "format": "csv"}

    def test_it_costs_the_same_however_long(self, signed_in, dave, north, statements) -> None:
        plant(3, north)
        client = signed_in(dave)
        client.get(CSV)
        with statements() as few:
            client.get(CSV)
        for _one in range(30):
            factories.dealer(home=north)
        with statements() as many:
            client.get(CSV)
        assert len(many) == len(few) <= 6


class TestLongLists:
    @pytest.fixture
    def long_list(self, monkeypatch, north) -> None:
        monkeypatch.setattr(answers, "DIRECT", 5)
        plant(9, north)

    @staticmethod
    def ask(client: Any, query: str = "") -> Job:
        response = client.get(f"{CSV}?{query}")
        assert response.status_code == 302
        job = Job.objects.get(kind=later.KIND)
        assert response.url == job.get_absolute_url()
        return job

    def test_a_long_list_becomes_a_job_with_the_same_rows(self, signed_in, carol, long_list, southport) -> None:
        client = signed_in(carol)
        job = self.ask(client, "sort=-name&search=plant")
        runs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "done" and job.result["rows"] == 9
        response = client.get(job.result["url"])
        assert read_names(response) == [f"Plant {i:04}" for i in reversed(range(9))]
        assert response.headers["Content-Disposition"].startswith('attachment; filename="dealers-')

    def test_nobody_else_can_fetch_it(self, signed_in, carol, dave, alice, long_list) -> None:
        job = self.ask(signed_in(carol))
        runs.run(job.pk)
        job.refresh_from_db()
        assert signed_in(dave).get(job.result["url"]).status_code == 404
        assert signed_in(alice).get(job.result["url"]).status_code == 404
        assert signed_in(carol).get("/exports/23456789abcdef/").status_code == 404

    def test_a_right_withdrawn_before_the_job_runs_makes_no_file(self, signed_in, carol, long_list) -> None:
        job = self.ask(signed_in(carol))
        withdraw()
        runs.run(job.pk)
        job.refresh_from_db()
        assert job.state == "failed" and "not take it away" in job.error
        assert not list(later.folder().glob("*"))

    def test_a_right_withdrawn_later_closes_the_file(self, signed_in, carol, long_list) -> None:
        job = self.ask(signed_in(carol))
        runs.run(job.pk)
        job.refresh_from_db()
        withdraw()
        assert signed_in(carol).get(job.result["url"]).status_code == 302

    def test_a_smaller_reach_closes_the_file(self, signed_in, carol, long_list, south) -> None:
        job = self.ask(signed_in(carol))
        runs.run(job.pk)
        job.refresh_from_db()
        Assignment.objects.filter(user=carol).update(node=south)
        assert signed_in(carol).get(job.result["url"]).status_code == 302

    def test_after_a_week_it_is_gone(self, signed_in, carol, long_list) -> None:
        job = self.ask(signed_in(carol))
        runs.run(job.pk)
        job.refresh_from_db()
        assert later.sweep() == 0
        week = time.time() - later.KEPT.total_seconds() - 60
        os.utime(later.path_of(job), (week, week))
        assert later.sweep() == 1
        assert signed_in(carol).get(job.result["url"]).status_code == 302

    def test_it_is_told_like_any_large_export(self, signed_in, dave, north) -> None:
        plant(501, north)
        job = jobs.enqueue(later.KIND, payload={"list": "dealers", "format": "xlsx", "query": ""}, by=dave)
        runs.run(job.pk)
        assert Event.objects.get(kind="list.exported").data["rows"] == 501


def withdraw() -> None:
    """Take the right to export from account managers."""
    Group.objects.get(name="account_manager").permissions.remove(Permission.objects.get(codename="export_dealers"))


def zip_text(data: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
