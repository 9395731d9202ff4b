"""What an applicant does, and what the walls let him do."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate, now

from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.files.errors import Unacceptable
from dealers.models import Delivery, User
from dealers.services import letters
from dealers.services.links import hash_of
from onboarding.letters import post_links
from onboarding.models import Application, ApplicationFile, Mark, Opening, Step
from onboarding.services import applicants, links, openings
from tests.onboarding.conftest import COMPANY, as_applicant, expire, pdf

State = Application.State
Apply = Callable[..., Application]


def test_an_applicant_gets_a_link_by_mail_and_only_its_hash_is_kept(apply: Apply) -> None:
    application = apply()
    letters.send_due()
    [letter] = mail.outbox
    secret = links.secret_of(application)
    assert letter.to == ["wu@oubei.example"] and f"/application/{secret}/" in letter.body
    row = Application.objects.get(pk=application.pk)
    assert row.token_hash == hash_of(secret)
    assert not any(secret in str(value) for value in vars(row).values())


def test_nobody_applies_for_what_is_not_open(opening: Opening, olga: User, apply: Apply) -> None:
    openings.close(opening, by=olga)
    with pytest.raises(Opening.DoesNotExist):  # the wall: it is not even there
        apply()
    with pytest.raises(applicants.NotForNow):
        applicants.begin(Opening.objects.get(pk=opening.pk), contact_name="Wu", email="wu@oubei.example")


def test_somebody_can_be_reached(apply: Apply) -> None:
    with pytest.raises(Refused, match="e-mail address or a mobile number"):
        apply(email="", mobile="")
    assert apply(email="", mobile="138 0013 8000").mobile == "+8613800138000"


def test_each_step_is_kept_and_what_is_missing_is_named(apply: Apply) -> None:
    application = apply()
    as_applicant(application, applicants.save, legal_name="Oubei")
    with pytest.raises(Refused, match="Still needed") as refused:
        as_applicant(application, applicants.submit)
    assert "registered capital" in str(refused.value) and "legal name" not in str(refused.value)
    assert Application.objects.get(pk=application.pk).legal_name == "Oubei"


def test_brands_are_written_as_one_list_and_cannot_be_more_than_everything(draft: Application) -> None:
    brand = applicants.Brand
    as_applicant(draft, applicants.save_business, [brand("Baiyun", "Tiles", "complement", Decimal(45))], staff_count=9)
    as_applicant(draft, applicants.save_business, [brand("Keda", "", "rival", Decimal(30))])
    assert [(one.brand, one.relation) for one in draft.brands.all()] == [("Keda", "rival")]
    with pytest.raises(Refused, match="110%"):
        too_much = [brand("Keda", "", "rival", Decimal(60)), brand("Baiyun", "", "rival", Decimal(50))]
        as_applicant(draft, applicants.save_business, too_much)
    assert [one.brand for one in draft.brands.all()] == ["Keda"]


def test_what_is_sent_reaches_who_looks_after_the_opening(carol: User, bob: User, application: Application) -> None:
    assert application.state == State.SUBMITTED and application.submitted_at
    told = set(Delivery.objects.filter(event__kind="application.received").values_list("recipient", flat=True))
    assert carol.pk in told and bob.pk not in told


def test_nothing_is_changed_after_it_is_sent(application: Application) -> None:
    with pytest.raises(applicants.NotOpen, match="Received"):
        as_applicant(application, applicants.save, legal_name="Another")
    with pytest.raises(applicants.NotOpen):
        as_applicant(application, applicants.add_file, pdf("more.pdf", b"x"), kind="other")


def test_an_applicant_withdraws_once(application: Application) -> None:
    as_applicant(application, applicants.withdraw)
    with pytest.raises(applicants.NotOpen, match="Withdrawn"):
        as_applicant(application, applicants.withdraw)


def test_withdrawing_takes_back_the_step_that_waits(waiting: Step) -> None:
    as_applicant(waiting.application, applicants.withdraw)
    waiting.refresh_from_db()
    assert waiting.outcome == "withdrawn"


# ---- papers ----------------------------------------------------------------------------------
def test_papers_are_told_by_their_content(draft: Application) -> None:
    with pytest.raises(Unacceptable):
        fake = SimpleUploadedFile("accounts.pdf", b"<html><script>", "application/pdf")
        as_applicant(draft, applicants.add_file, fake, kind="accounts")
    with pytest.raises(Unacceptable, match="already here"):
        as_applicant(draft, applicants.add_file, pdf(), kind="other")


def test_there_is_an_end_to_papers_by_number_and_by_size(draft: Application, monkeypatch: Any) -> None:
    monkeypatch.setattr(applicants, "MOST_BYTES", 300)
    with pytest.raises(Unacceptable, match="together"):
        as_applicant(draft, applicants.add_file, pdf("a.pdf", b"a" * 300), kind="other")
    monkeypatch.setattr(applicants, "MOST_FILES", 1)
    with pytest.raises(Unacceptable, match="1 files"):
        as_applicant(draft, applicants.add_file, pdf("b.pdf", b"b"), kind="other")


def test_a_paper_can_be_removed_until_it_is_sent(draft: Application) -> None:
    [paper] = draft.files.all()
    as_applicant(draft, applicants.remove_file, paper.public_id)
    assert not draft.files.exists()


# ---- the link --------------------------------------------------------------------------------
def test_a_link_that_ran_out_opens_nothing_and_the_next_one_does(draft: Application) -> None:
    old = links.secret_of(draft)
    expire(draft)
    with acting(Role.PUBLIC, application=hash_of(old)):
        assert not Application.objects.exists()
    mail.outbox.clear()
    expire(draft)
    post_links("WU@oubei.example ")
    letters.send_due()
    fresh = Application.objects.get(pk=draft.pk)
    body = mail.outbox[-1].body
    assert links.secret_of(fresh) in body and old not in body
    with acting(Role.PUBLIC, application=hash_of(links.secret_of(fresh))):
        assert Application.objects.get().pk == draft.pk
    with acting(Role.PUBLIC, application=hash_of(old)):
        assert not Application.objects.exists()


def test_a_link_that_still_opens_is_sent_again_as_it_is(draft: Application) -> None:
    post_links("wu@oubei.example")
    letters.send_due()
    assert Application.objects.get(pk=draft.pk).token_hash == draft.token_hash


def test_for_an_address_that_nobody_applied_with_no_letter_goes_out(db: None) -> None:
    post_links("nobody@example.com")
    letters.send_due()
    assert mail.outbox == []


# ---- the second wall -------------------------------------------------------------------------
def test_the_public_role_sees_its_own_application_and_nothing_that_we_think(
    waiting: Step, apply: Apply, opening: Opening
) -> None:
    mine, other = waiting.application, apply(email="other@example.com")
    with acting(Role.PUBLIC, application=mine.token_hash):
        assert [one.pk for one in Application.objects.all()] == [mine.pk]
        assert ApplicationFile.objects.count() == 1
    with acting(Role.PUBLIC, application=other.token_hash):
        assert not ApplicationFile.objects.exists()
    with acting(Role.PUBLIC):
        assert not Application.objects.exists()
        assert [one.pk for one in Opening.objects.all()] == [opening.pk]
    for hidden in (Mark, Step):
        with pytest.raises(DatabaseError, match="permission denied"), acting(Role.PUBLIC, application=mine.token_hash):
            hidden.objects.exists()


@pytest.mark.parametrize("state", ["approved", "screening", "in_approval"])
def test_an_applicant_cannot_put_himself_where_only_we_put_him(draft: Application, state: str) -> None:
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():  # noqa: SIM117
        with acting(Role.PUBLIC, application=draft.token_hash):
            Application.objects.filter(pk=draft.pk).update(state=state, submitted_at=now(), closed_at=now())


def test_a_draft_opening_is_nobodys_business(opening: Opening) -> None:
    later = localdate() + timedelta(days=9)
    for hidden in ({"state": "draft"}, {"state": "open", "opens_on": later}):
        Opening.objects.filter(pk=opening.pk).update(**hidden)
        with acting(Role.PUBLIC):
            assert not Opening.objects.exists()


def test_a_dealers_people_have_no_right_on_applications(application: Application, alice: User) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), acting(Role.DEALER, dealer_id=alice.dealer_id):
        Application.objects.exists()
    assert not Application.objects.visible_to(alice).exists()


def test_our_people_see_what_was_sent_where_they_look(
    application: Application, apply: Apply, carol: User, south: Any
) -> None:
    from tests import factories

    apply(email="writes@example.com")  # not sent: still his own
    assert [one.pk for one in Application.objects.visible_to(carol)] == [application.pk]
    stranger = factories.person("Sam", "account_manager", node=south)
    assert not Application.objects.visible_to(stranger).exists()


def test_the_facts_of_a_company_are_needed() -> None:
    assert set(applicants.NEEDED) - {"contact_name"} <= set(COMPANY)
