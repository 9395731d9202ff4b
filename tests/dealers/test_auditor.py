"""The auditor: looks at everything, with what each change wrote, and changes nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from dealers.models import Contact, Dealer, Event, User
from dealers.roles import BY_CODE, ROLES
from dealers.services import contacts, dealers, notes
from tests import factories

type SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(world: object) -> User:
    return factories.person("Audrey", "auditor")


def test_an_auditor_holds_every_right_to_look_that_our_others_hold_and_no_other() -> None:
    mine = set(BY_CODE["auditor"].rights)
    looking = {right for one in ROLES if not one.is_dealers for right in one.rights if ".view_" in right}
    assert mine == looking


def test_an_auditor_reads_files_notes_and_what_a_change_wrote(
    auditor: User, northgate: Dealer, carol: User, signed_in: SignIn
) -> None:
    dealers.change(northgate, by=carol, version=northgate.version, changes={"city": "Wenzhou"})
    notes.write(northgate, by=carol, text="They pay late in May.")
    client, file = signed_in(auditor), northgate.get_absolute_url()
    timeline = client.get(f"{file}timeline/").content.decode()
    assert "Wenzhou" in timeline and "They pay late in May." in timeline
    for page in ("", "contacts/", "bank/", "documents/", "notes/"):
        assert client.get(f"{file}{page}").status_code == 200, page
    for page in ("/approvals/", "/applications/", "/openings/", "/contracts/", "/meetings/"):
        assert client.get(page).status_code == 200, page


def test_an_auditor_changes_nothing(auditor: User, northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    contact = contacts.add(northgate, by=carol, name="Wu", duty=Contact.Duty.OWNER)
    before = Event.objects.count()
    client, file = signed_in(auditor), northgate.get_absolute_url()
    verbs = ("edit", "hand-over", "archive", "contacts/add", "bank/propose", "documents/add", "contracts/new")
    elsewhere = (f"/contacts/{contact.public_id}/edit/", "/dealers/new/", "/openings/new/", "/products/add/")
    for address in [*(f"{file}{verb}/" for verb in verbs), *elsewhere]:
        assert client.get(address).status_code == 403, address
        assert client.post(address, {"name": "Other", "reason": "A reason with enough words."}).status_code == 403, (
            address
        )
    assert Event.objects.count() == before
