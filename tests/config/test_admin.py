"""The administration: who gets in, what it can do under the database's own role, and that nothing goes unrecorded."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from core import doors
from dealers.models import Assignment, Company, Dealer, Event, Product, ProductLine, SignIn, Terminal, Territory, User
from performance.models import ScorecardTemplate
from tests import factories
from tests.pages import text_of

SignInAs = Callable[..., Client]
REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)
# What comes by its verb, by invitation or by signing in, or is changed on its own page.
WITHOUT_ADD = {
    "contracts.rulepack", "dealers.dealer", "dealers.signin", "dealers.user", "performance.scorecardtemplate",
}  # fmt: skip


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def first(model: type[Model]) -> Any:
    """Some row; there has to be one, or the page would prove nothing."""
    row = model._default_manager.first()
    assert row is not None
    return row


def proven(signed_in: SignInAs, user: User) -> Client:
    """A client whose person has just given the password again."""
    return signed_in(user, lately=True)


@pytest.fixture
def one_of_each(northgate: Dealer, carol: User, world: Territory) -> None:
    line = factories.product_line("TAPS", name="Taps")
    Product.objects.create(code="T-1", name="Tap", line=line)
    factories.company()
    SignIn.objects.create(what=SignIn.What.FAILED, address="192.0.2.1")
    Terminal.objects.create(code="M-1", name="Market", outlet_class="retailer", territory=world)


@pytest.mark.parametrize("label", REGISTERED)
def test_an_administrator_opens_every_page(label: str, signed_in: SignInAs, erin: User, one_of_each: None) -> None:
    model = apps.get_model(label)
    client = proven(signed_in, erin)
    row = first(model)
    assert client.get(address(model, "changelist"), {"q": "a"}).status_code == 200
    assert client.get(address(model, "change", row.pk)).status_code == 200
    assert client.get(address(model, "history", row.pk)).status_code == 200
    assert client.get(address(model, "add")).status_code == (403 if label in WITHOUT_ADD else 200)
    assert client.get(address(model, "delete", row.pk)).status_code == 403


def test_the_front_page_shows_what_there_is(signed_in: SignInAs, erin: User) -> None:
    page = proven(signed_in, erin).get(reverse("admin:index")).text
    for words in ("Users", "Groups", "Territories", "Products"):
        assert words in page


def test_roles_and_rights_are_named_in_the_language_of_the_reader(signed_in: SignInAs, erin: User, carol: User) -> None:
    User.objects.filter(pk=erin.pk).update(language="zh-hans")
    client = proven(signed_in, User.objects.get(pk=erin.pk))
    assert {"客户经理", "财务"} <= words_in(client.get(address(Assignment, "changelist")).text)
    assert "客户经理" in words_in(client.get(address(Assignment, "add")).text)
    rights = words_in(client.get(address(Group, "add")).text)
    assert {"经销商 · 查看", "经销商 · 归档经销商"} <= rights
    assert not [one for one in rights if one.startswith("Can ") or "Can view" in one]


def test_no_page_shows_a_code_where_there_is_a_word(signed_in: SignInAs, erin: User, one_of_each: None) -> None:
    client = proven(signed_in, erin)
    finance = Group.objects.get(name="product_line_manager")
    role = text_of(client.get(address(Group, "change", finance.pk)))
    assert "Change group Product-line manager" in role
    failed = SignIn.objects.get(what=SignIn.What.FAILED)
    assert "Wrong name or password, " in text_of(client.get(address(SignIn, "change", failed.pk)))
    rules = text_of(client.get(address(ScorecardTemplate, "change", ScorecardTemplate.objects.get(code="year").pk)))
    assert "Target attainment" in rules and "attainment 1" not in rules and "0.600000" not in rules
    company = first(Company)
    assert "China" in text_of(client.get(address(Company, "changelist")))
    assert company.country == "CN"


def test_the_calendar_speaks_the_language_of_the_reader(signed_in: SignInAs, erin: User) -> None:
    User.objects.filter(pk=erin.pk).update(language="zh-hans")
    script = signed_in(User.objects.get(pk=erin.pk)).get(reverse("admin:jsi18n")).text
    assert "\\u6628\\u5929\\uff08" in script  # 昨天（, as scripts write it


def words_in(page: str) -> set[str]:
    return {text.strip() for text in re.findall(r">([^<]+)<", page)}


def admin_addresses() -> list[str]:
    """Every page of the administration, numbers filled in."""
    found = [one.path for one in doors.addresses() if one.name.startswith("admin:")]
    return sorted(
        {
            path.replace("<path:object_id>", "1").replace("<int:content_type_id>", "1")
            for path in found
            if "(?P" not in path
            and "<" not in path.replace("<path:object_id>", "").replace("<int:content_type_id>", "")
        }
    )


@pytest.mark.parametrize("who", ["alice", "carol", "dave"])
def test_for_everybody_else_it_does_not_exist(who: str, request: Any, signed_in: SignInAs) -> None:
    client = signed_in(request.getfixturevalue(who))
    missing = client.get("/no/such/place/")
    for path in admin_addresses():
        for method in (client.get, client.post):
            answer = method(path)
            assert (answer.status_code, answer.content) == (404, missing.content), path


def test_strangers_come_to_our_sign_in_page(client: Client, db: None) -> None:
    for path in admin_addresses():
        answer = client.get(path)
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login")), path


def test_the_administration_has_no_sign_in_of_its_own(signed_in: SignInAs, erin: User) -> None:
    client = proven(signed_in, erin)
    assert client.get(reverse("admin:login"))["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:logout"))["Location"] == reverse("account_logout")
    assert client.get(reverse("admin:password_change"))["Location"] == reverse("account_change_password")


def save(client: Client, path: str, **typed: Any) -> Any:
    response = client.post(path, typed)
    if response.status_code == 200:
        raise AssertionError(response.context["adminform"].form.errors, response.context["errors"])
    return response


def test_an_added_territory_takes_its_place_in_the_tree(signed_in: SignInAs, erin: User, north: Territory) -> None:
    save(proven(signed_in, erin), address(Territory, "add"), parent=north.pk, code="NE", name="Northeast")
    made = Territory.objects.get(code="NE")
    assert north.low < made.low <= made.high <= north.high
    event = Event.objects.get(kind="admin.added")
    assert (event.actor_id, event.subject_id, event.dealer_id) == (erin.pk, made.pk, None)
    assert LogEntry.objects.get().object_id == str(made.pk)


def test_a_territory_moves_with_what_is_in_it(
    signed_in: SignInAs, erin: User, north: Territory, south: Territory
) -> None:
    inner = factories.territory("NE", parent=north)
    save(
        proven(signed_in, erin),
        address(Territory, "change", north.pk),
        parent=south.pk,
        code="NORTH",
        name="Upper north",
    )
    south.refresh_from_db()
    inner.refresh_from_db()
    assert inner in Territory.objects.within(south)
    assert Territory.objects.get(pk=north.pk).name == "Upper north"
    assert set(Event.objects.values_list("kind", flat=True)) == {"tree.moved", "admin.changed"}


def test_a_territory_cannot_hang_below_itself(signed_in: SignInAs, erin: User, north: Territory) -> None:
    inner = factories.territory("NE", parent=north)
    response = proven(signed_in, erin).post(
        address(Territory, "change", north.pk), {"parent": inner.pk, "code": "NORTH", "name": "Typed name"}
    )
    assert "part of itself" in response.text and "Typed name" in response.text


def test_accounts_begin_with_an_invitation(signed_in: SignInAs, erin: User) -> None:
    client = proven(signed_in, erin)
    page = client.get(address(User, "changelist")).text
    assert reverse("dealers:invite_staff") in page and address(User, "add") not in page
    assert client.get(reverse("dealers:invite_staff")).status_code == 200


def test_a_disabled_account_is_out_at_the_next_request(
    signed_in: SignInAs, erin: User, alice: User, northgate: Dealer
) -> None:
    factories.person("Amy", "dealer_executive", dealer=northgate)
    hers = signed_in(alice)
    assert hers.get(reverse("dealers:my_documents")).status_code == 200
    save(
        proven(signed_in, erin), address(User, "change", alice.pk), name="Alice", email=alice.email,
        language="en", time_zone="UTC", groups=[group.pk for group in alice.groups.all()],
    )  # fmt: skip
    assert hers.get(reverse("dealers:my_documents")).status_code == 302
    details = Event.objects.get(kind="admin.changed").data["details"]
    assert details == [{"changed": {"fields": ["May sign in"]}}]


def test_an_account_never_changes_sides(signed_in: SignInAs, erin: User, alice: User, southport: Dealer) -> None:
    typed = account(alice, kind="staff", dealer=southport.pk)
    save(proven(signed_in, erin), address(User, "change", alice.pk), **typed)
    after = User.objects.get(pk=alice.pk)
    assert (after.kind, after.dealer_id) == (alice.kind, alice.dealer_id)


def account(user: User, **typed: Any) -> dict[str, Any]:
    """The form of an account as it stands, with something typed over it."""
    inline = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    groups = [group.pk for group in user.groups.all()]
    stands = {"name": user.name, "email": user.email, "language": "en", "time_zone": "UTC", "is_active": "on"}
    wanted = stands | {"groups": groups} | {f"assignments-{key}": n for key, n in inline.items()} | typed
    return {name: value for name, value in wanted.items() if value is not None}


def test_the_last_executive_stays(signed_in: SignInAs, erin: User, alice: User) -> None:
    client = proven(signed_in, erin)
    changes: list[dict[str, Any]] = [{"is_active": None}, {"groups": []}]
    for typed in changes:
        assert "last executive" in client.post(address(User, "change", alice.pk), account(alice, **typed)).text
    assert User.objects.get(pk=alice.pk).is_active


def test_nobody_disables_the_own_account(signed_in: SignInAs, erin: User) -> None:
    page = proven(signed_in, erin).post(address(User, "change", erin.pk), account(erin, is_active=None)).text
    assert "Another administrator" in page


def test_a_time_zone_that_does_not_exist_is_refused(signed_in: SignInAs, erin: User, ann: User) -> None:
    page = proven(signed_in, erin).post(address(User, "change", ann.pk), account(ann, time_zone="Mars/Base")).text
    assert "is not a time zone" in page


def test_a_sign_in_name_is_kept_in_its_one_form(signed_in: SignInAs, erin: User, ann: User) -> None:
    save(
        proven(signed_in, erin),
        address(User, "change", ann.pk),
        **account(ann, email="ANN@Example.COM", mobile="138 0013 8000"),
    )
    after = User.objects.get(pk=ann.pk)
    assert (after.email, after.mobile) == ("ann@example.com", "+8613800138000")


def test_a_lost_telephone_is_taken_off_the_account(signed_in: SignInAs, erin: User, ann: User) -> None:
    Authenticator.objects.create(user=ann, type="totp", data={})
    client = proven(signed_in, erin)
    action = {"action": "remove_second_factor", "_selected_action": [ann.pk, erin.pk]}
    page = client.post(address(User, "changelist"), action, follow=True).text
    assert "Ann sets up a new second factor" in page and "Another administrator has to do this" in page
    assert not Authenticator.objects.exists()
    assert Event.objects.get().kind == "user.second_factor_removed"


def test_an_administrator_without_a_second_factor_sets_it_up_first(
    signed_in: SignInAs, erin: User, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    assert proven(signed_in, erin).get(reverse("admin:index"))["Location"] == reverse("mfa_activate_totp")


@pytest.mark.parametrize("model", [User, Group, Assignment])
def test_accounts_and_rights_ask_for_a_fresh_proof(
    model: type[Model], signed_in: SignInAs, erin: User, carol: User
) -> None:
    client = signed_in(erin, lately=False)
    path = address(model, "change", first(model).pk)
    for answer in (client.get(path), client.post(path, {"name": "Changed"})):
        assert answer["Location"].startswith(reverse("account_reauthenticate"))
    action = {"action": "remove_second_factor", "_selected_action": [carol.pk]}
    assert client.post(address(User, "changelist"), action)["Location"].startswith(reverse("account_reauthenticate"))
    assert not Event.objects.exists()


def test_our_people_get_roles_by_assignment_only(signed_in: SignInAs, erin: User, north: Territory) -> None:
    client = proven(signed_in, erin)
    fred = factories.person("Fred")
    director = Group.objects.get(name="regional_director")
    choices = client.get(address(Assignment, "add")).context["adminform"].form.fields["role"].queryset
    assert not choices.filter(name__startswith="dealer_").exists()
    save(client, address(Assignment, "add"), user=fred.pk, role=director.pk, node=north.pk, starts_on="2020-01-01")
    assert User.objects.get(pk=fred.pk).has_perm("dealers.transfer_dealer")
    dealers_role = Group.objects.get(name="dealer_staff")
    response = client.post(address(User, "change", fred.pk), account(fred, groups=[dealers_role.pk]))
    assert "by assignments" in response.text


def test_a_right_taken_from_a_role_is_gone_at_the_next_request(
    signed_in: SignInAs, erin: User, carol: User, northgate: Dealer
) -> None:
    hers = signed_in(carol)
    page = reverse("dealers:documents", args=[northgate.public_id])
    assert hers.get(page).status_code == 200
    role = Group.objects.get(name="account_manager")
    kept = Permission.objects.filter(group=role).exclude(codename="view_document")
    save(proven(signed_in, erin), address(Group, "change", role.pk), permissions=[one.pk for one in kept])
    assert hers.get(page).status_code == 403
    assert Event.objects.get(kind="admin.changed").subject_label == "account_manager"


@pytest.mark.parametrize("model", [Company, Product, ProductLine, Terminal])
def test_a_change_without_a_change_is_no_event(
    model: type[Model], signed_in: SignInAs, erin: User, one_of_each: None
) -> None:
    client = proven(signed_in, erin)
    path = address(model, "change", first(model).pk)
    form = client.get(path).context["adminform"].form
    typed = {name: value for name, value in form.initial.items() if value not in (None, False)}
    save(client, path, **typed)
    assert not Event.objects.exists()
    save(client, path, **typed | {"name": "Another name"})
    assert Event.objects.get().kind == "admin.changed"


def test_dealers_are_for_looking_only(signed_in: SignInAs, erin: User, northgate: Dealer) -> None:
    answer = proven(signed_in, erin).post(address(Dealer, "change", northgate.pk), {"name": "Taken over"})
    northgate.refresh_from_db()
    assert answer.status_code == 403 and northgate.name == "Northgate"


def test_the_dealers_list_can_be_searched(
    signed_in: SignInAs, erin: User, northgate: Dealer, southport: Dealer
) -> None:
    page = proven(signed_in, erin).get(address(Dealer, "changelist"), {"q": "北门"}).text
    assert "Northgate" in page and "Southport" not in page


def test_no_page_leads_to_one_that_an_administrator_may_not_open(
    signed_in: SignInAs, erin: User, northgate: Dealer
) -> None:
    page = proven(signed_in, erin).get(address(Dealer, "change", northgate.pk)).text
    assert "/history/" in page and "viewsitelink" not in page


def test_no_page_carries_what_the_policy_forbids(signed_in: SignInAs, erin: User, one_of_each: None) -> None:
    client = proven(signed_in, erin)
    forbidden = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*(\ssrc=|application/json))", re.I)
    for label in REGISTERED:
        model = apps.get_model(label)
        key = first(model).pk
        pages = [address(model, "changelist"), address(model, "change", key), address(model, "history", key)]
        for path in pages:
            answer = client.get(path)
            assert "'unsafe" not in answer["Content-Security-Policy"]
            assert not forbidden.search(answer.text), (path, forbidden.search(answer.text))
