"""Openings and applications on the pages of our people."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate, now

from contracts.models import Contract
from dealers.models import ProductLine, Territory, User
from onboarding.models import Application, ApplicationBrand, Criterion, Finding, Mark, Opening, Step
from onboarding.services import decisions, screening
from tests import factories
from tests.onboarding.conftest import COMPANY, REASON, mark_all, next_step
from tests.pages import text_of

SignIn = Callable[..., Client]
State = Application.State


def at(application: Application, page: str = "") -> str:
    return f"/applications/{application.public_id}/{page}"


# ---- openings --------------------------------------------------------------------------------
def test_channel_operations_drafts_an_opening_and_publishes_it(
    signed_in: SignIn, olga: User, north: Territory, taps: ProductLine
) -> None:
    from contracts.models import RulePack

    law = RulePack.objects.order_by("jurisdiction").first()
    assert law is not None
    client = signed_in(olga)
    typed = {
        "code": "N-2", "title": "Taps in the north", "territory": north.pk, "exclusivity": "exclusive", "lines": "TAPS",
        "currency": "cny", "first_year_goal": "3200000", "opens_on": "2026-01-01", "company": factories.company().pk,
        "jurisdiction": law.jurisdiction,
    }  # fmt: skip
    answer = client.post("/openings/new/", typed, follow=True)
    assert "The opening is drafted" in text_of(answer), text_of(answer)
    [opening] = Opening.objects.all()
    assert [one.line for one in opening.lines.all()] == [taps]
    assert sum(one.weight for one in opening.criteria.all()) == 100
    assert client.get(f"/apply/{opening.public_id}/").status_code == 404
    client.post(f"/openings/{opening.public_id}/publish/")
    assert Client().get(f"/apply/{opening.public_id}/").status_code == 200


def test_who_receives_applications_has_to_reach_them(
    signed_in: SignIn, olga: User, south: Territory, opening: Opening
) -> None:
    from core.errors import Refused
    from dealers.models import Person
    from onboarding.services import openings

    stranger = Person.objects.get(pk=factories.person("Sam", "account_manager", node=south).pk)
    with pytest.raises(Refused, match="cannot look after this"):
        openings.change(
            opening, by=olga, version=opening.version, changes={"owner": stranger},
            lines=[one.line for one in opening.lines.all()],
        )  # fmt: skip


def test_weights_have_to_make_a_hundred(signed_in: SignIn, olga: User, opening: Opening) -> None:
    lines = {
        "criteria-TOTAL_FORMS": "2", "criteria-INITIAL_FORMS": "0", "criteria-0-name": "Funds",
        "criteria-0-weight": "60", "criteria-1-name": "Licence", "criteria-1-weight": "",
    }  # fmt: skip
    answer = signed_in(olga).post(f"/openings/{opening.public_id}/criteria/", lines)
    assert answer.status_code == 422 and "The weights add up to 60" in text_of(answer)
    signed_in(olga).post(f"/openings/{opening.public_id}/criteria/", lines | {"criteria-0-weight": "100"})
    assert [(one.name, one.kind) for one in Criterion.objects.filter(opening=opening)] == [
        ("Funds", "score"), ("Licence", "knock_out")]  # fmt: skip


def test_criteria_stay_once_somebody_is_marked(
    signed_in: SignIn, olga: User, carol: User, application: Application
) -> None:
    mark_all(application, carol)
    lines = {"criteria-TOTAL_FORMS": "1", "criteria-INITIAL_FORMS": "0", "criteria-0-name": "Funds",
             "criteria-0-weight": "100"}  # fmt: skip
    answer = signed_in(olga).post(f"/openings/{application.opening.public_id}/criteria/", lines)
    assert "all candidates are judged alike" in text_of(answer)


def test_candidates_stand_side_by_side(signed_in: SignIn, carol: User, application: Application) -> None:
    mark_all(application, carol, score=3)
    page = text_of(signed_in(carol).get(f"/openings/{application.opening.public_id}/"))
    assert "Candidates side by side" in page and "Total of 100 100 60" in page and "4 of 4" in page


# ---- the list --------------------------------------------------------------------------------
def test_the_list_shows_what_is_in_reach_and_nothing_unsent(
    signed_in: SignIn, carol: User, application: Application, apply: Any, south: Territory
) -> None:
    apply(contact_name="Unsent", email="u@example.com")
    page = text_of(signed_in(carol).get("/applications/"))
    assert "Wenzhou Oubei" in page and "Unsent" not in page
    stranger = signed_in(factories.person("Sam", "account_manager", node=south))
    assert "Wenzhou Oubei" not in text_of(stranger.get("/applications/"))
    assert stranger.get(at(application)).status_code == 404
    [paper] = application.files.all()
    assert stranger.get(f"/applications/files/{paper.public_id}/").status_code == 404


def test_the_list_is_narrowed_and_searched(signed_in: SignIn, carol: User, application: Application) -> None:
    client = signed_in(carol)
    assert "Wenzhou Oubei" in text_of(client.get("/applications/?search=oubei&state=submitted"))
    assert "Wenzhou Oubei" not in text_of(client.get("/applications/?state=approved"))


def test_an_application_is_found_by_search(
    signed_in: SignIn, carol: User, application: Application, alice: User
) -> None:
    assert "Wenzhou Oubei" in text_of(signed_in(carol).get("/search/?q=oubei"))
    assert "Wenzhou Oubei" not in text_of(signed_in(alice).get("/search/?q=oubei"))


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_lists_are_exported_by_who_may(
    signed_in: SignIn, rita: User, carol: User, application: Application, file_format: str
) -> None:
    assert signed_in(rita).get(f"/applications/export.{file_format}").status_code == 200
    assert signed_in(carol).get(f"/applications/export.{file_format}").status_code == 403


def test_papers_are_given_out_as_attachments(signed_in: SignIn, carol: User, application: Application) -> None:
    [paper] = application.files.all()
    answer = signed_in(carol).get(f"/applications/files/{paper.public_id}/")
    assert answer["Content-Disposition"].startswith("attachment") and "sandbox" in answer["Content-Security-Policy"]


# ---- screening -------------------------------------------------------------------------------
def test_marks_are_given_on_one_page(signed_in: SignIn, carol: User, application: Application) -> None:
    client = signed_in(carol)
    funds = application.opening.criteria.get(name="Funds")
    name = f"c{funds.position}"
    answer = client.post(at(application, "marks/"), {f"{name}-verdict": "4"})
    assert answer.status_code == 422 and "Say what it rests on." in text_of(answer)
    client.post(
        at(application, "marks/"),
        {f"{name}-verdict": "4", f"{name}-evidence": "document", f"{name}-text": "Bank reference"},
    )
    [mark] = Mark.objects.all()
    assert (mark.score, mark.text, mark.by_id) == (4, "Bank reference", carol.pk)
    assert "Document: Bank reference" in text_of(client.get(at(application)))
    assert "15 of 100 points of weight are marked" in text_of(client.get(at(application)))


def test_what_was_seen_stands_beside_what_he_says(signed_in: SignIn, carol: User, application: Application) -> None:
    client = signed_in(carol)
    typed = {"evidence": "visit", "on": "2026-01-05", "field": "staff_count", "seen": "12", "is_different": "on"}
    client.post(at(application, "findings/add/"), typed)
    assert Finding.objects.get().claimed == "23"
    page = text_of(client.get(at(application)))
    assert "Employees 23 12 differs Visit" in page


def test_an_application_is_taken_and_its_next_step_planned(
    signed_in: SignIn, carol: User, application: Application
) -> None:
    client = signed_in(carol)
    client.post(at(application, "take/"))
    client.post(at(application, "plan/"), {"owner": carol.pk, "next_step": "Visit them", "next_on": "2020-01-02"})
    assert Application.objects.get().handling.owner_id == carol.pk
    day = text_of(client.get("/"))
    assert "Wenzhou Oubei Sanitary Ware: Visit them" in day


def test_the_same_company_twice_is_seen(signed_in: SignIn, carol: User, application: Application, apply: Any) -> None:
    from onboarding.services import applicants
    from tests.onboarding.conftest import COMPANY, as_applicant, pdf

    again = apply(email="second@oubei.example")
    as_applicant(again, applicants.save, **COMPANY)
    as_applicant(again, applicants.add_file, pdf(), kind="licence")
    as_applicant(again, applicants.submit)
    assert "The same company has applied" in text_of(signed_in(carol).get(at(application)))


@pytest.mark.parametrize("page", ["application", "opening"])
def test_pages_cost_the_same_however_much_is_known(
    signed_in: SignIn, carol: User, waiting: Step, apply: Any, statements: Any, page: str
) -> None:
    client, application = signed_in(carol), waiting.application
    fill(application, carol, apply, 3)  # so that everything is asked for once
    cost = []
    for more in (1, 27):
        fill(application, carol, apply, more)
        with statements() as asked:
            answer = client.get(at(application) if page == "application" else application.opening.get_absolute_url())
        assert answer.status_code == 200
        cost.append(len(asked))
    assert cost[0] == cost[1] <= 11


def fill(application: Application, by: User, apply: Any, more: int) -> None:
    """Findings with papers, brands, and other applications of the same company for the same opening."""
    for number in range(more):
        screening.find_out(application, by=by, evidence="visit", on=localdate(), note=f"Finding {number}")
        ApplicationBrand.objects.create(application=application, brand=f"Brand {more} {number}", relation="rival")
        other = apply(email=f"w{more}.{number}@oubei.example")
        Application.objects.filter(pk=other.pk).update(
            state=State.SUBMITTED,
            submitted_at=now(),
            legal_name="Oubei",
            registration_code=COMPANY["registration_code"],
        )


# ---- approval --------------------------------------------------------------------------------
def test_a_decision_that_waits_stands_on_my_day_and_among_approvals(
    signed_in: SignIn, rita: User, petra: User, waiting: Step
) -> None:
    wanted = "Application of Wenzhou Oubei Sanitary Ware for Faucets in the north"
    for page in ("/", "/approvals/"):
        assert wanted in text_of(signed_in(rita).get(page))
        assert wanted not in text_of(signed_in(petra).get(page))


def test_three_people_decide_on_the_page(
    signed_in: SignIn, carol: User, rita: User, petra: User, dave: User, olga: User, waiting: Step
) -> None:
    application = waiting.application
    for person in (rita, petra, dave):
        page = text_of(signed_in(person).get(at(application)))
        assert "Your decision" in page
        answer = signed_in(person).post(
            at(application, ""), {"decision": "approve", "reason": REASON, "step": next_step(application).place}
        )
        assert answer.status_code == 302
    page = text_of(signed_in(carol).get(at(application)))
    assert "A candidate dealer with a draft contract has come of it" in page
    contract = Contract.objects.get()
    assert signed_in(carol).get(f"/contracts/{contract.public_id}/").status_code == 200
    assert "Invite Wu Jianping" in text_of(signed_in(olga).get("/"))


def test_who_decides_second_is_told_and_keeps_his_words(signed_in: SignIn, rita: User, waiting: Step) -> None:
    shown = waiting.place
    decisions.approve(waiting, by=rita, reason=REASON)
    other = factories.person("Rolf", "regional_director")
    answer = signed_in(other).post(
        at(waiting.application, ""),
        {"decision": "reject", "reason": "Their warehouse is empty.", "step": shown},
    )
    assert answer.status_code == 409
    assert "in the meantime" in text_of(answer) and "Their warehouse is empty." in text_of(answer)


def test_who_may_not_decide_is_not_offered_it_and_refused(signed_in: SignIn, carol: User, waiting: Step) -> None:
    client = signed_in(carol)
    assert "Your decision" not in text_of(client.get(at(waiting.application)))
    answer = client.post(at(waiting.application, ""), {"decision": "approve", "reason": REASON})
    assert answer.status_code in {403, 409}
    waiting.refresh_from_db()
    assert waiting.outcome == "waiting"


def test_a_failed_knock_out_is_said_and_waived(
    signed_in: SignIn, application: Application, carol: User, rita: User, petra: User, dave: User
) -> None:
    mark_all(application, carol, fails="Sound accounts")
    decisions.submit(application, by=carol, reason=REASON)
    answer = signed_in(rita).post(at(application, ""), {"decision": "approve", "reason": REASON})
    assert answer.status_code == 409 and "A knock-out failed: Sound accounts" in text_of(answer)
    assert signed_in(rita).get(at(application, "waive/")).status_code == 403
    signed_in(dave).post(at(application, "waive/"), {"reason": REASON})
    assert Mark.objects.get(is_passed=False).waived_by_id == dave.pk
    answer = signed_in(rita).post(at(application, ""), {"decision": "approve", "reason": REASON})
    assert answer.status_code == 302


def test_sending_to_approval_names_what_is_not_marked(signed_in: SignIn, carol: User, application: Application) -> None:
    screening.take(application, by=carol)
    answer = signed_in(carol).post(at(application, "submit/"), {"reason": REASON})
    assert answer.status_code == 422 and "Not marked yet" in text_of(answer)


@pytest.mark.parametrize("role", ["legal", "finance", "marketing_director"])
def test_others_look_and_do_nothing(signed_in: SignIn, application: Application, role: str) -> None:
    client = signed_in(factories.person("Looker", role))
    assert client.get(at(application)).status_code == 200
    for page in ("take/", "marks/", "plan/", "submit/", "findings/add/"):
        assert client.post(at(application, page)).status_code == 403


def test_a_dealers_people_have_no_door_here(signed_in: SignIn, alice: User, application: Application) -> None:
    for page in ("/applications/", "/openings/", at(application)):
        assert signed_in(alice).get(page).status_code == 404
