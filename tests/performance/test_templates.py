"""Versions of the rules: drafted, proposed, put in use by somebody else from a period on; what is decided stays."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.database.locks import hold
from core.errors import NotYours, Refused, Stale
from core.models import Change
from core.periods import Period
from core.reasons import NoReason
from dealers.models import Event, Territory, User
from performance.models import Scorecard, ScorecardTemplate, TemplateMeasure
from performance.scales import Letter, Rules, Weighed
from performance.services import assessments, templates
from tests import factories
from tests.performance.conftest import QUARTER
from tests.racing import at_once, at_once_while

Status = ScorecardTemplate.Status
WHY = "Growth counts for too little this year."
LATER = Period.parse("2026-Q2")


@pytest.fixture
def shipped(db: None) -> ScorecardTemplate:
    return ScorecardTemplate.objects.get(code="quarter")


@pytest.fixture
def draft(shipped: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    return templates.new_version(shipped, by=elena)


@pytest.fixture
def proposed(draft: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    return templates.propose(draft, by=elena, reason=WHY)


def changed(rules: Rules, of: str, /, **values: Any) -> Rules:
    rows = [replace(one, **values) if one.measure == of else one for one in rules.measures]
    return replace(rules, measures=tuple(rows))


def save(draft: ScorecardTemplate, by: User, of: str, /, **values: Any) -> ScorecardTemplate:
    rules = Rules.of(draft)
    return templates.change(draft, changed(rules, of, **values), seen=rules.digest, by=by)


def test_a_new_version_is_a_copy_that_nobody_is_judged_by(shipped: ScorecardTemplate, elena: User) -> None:
    made = templates.new_version(shipped, by=elena)
    assert (made.version, made.status, made.made_by_id) == (2, Status.DRAFT, elena.pk)
    assert Rules.of(made) == Rules.of(shipped)
    assert list(ScorecardTemplate.objects.in_force(on=date(2026, 7, 1)).filter(code="quarter")) == [shipped]
    with pytest.raises(Refused, match="Version 2 is being worked on already"):
        templates.new_version(shipped, by=elena)


def test_a_draft_is_changed_as_often_as_one_likes(draft: ScorecardTemplate, elena: User) -> None:
    save(draft, elena, "growth", weight=Decimal(20), full_at=Decimal("0.2"))
    save(draft, elena, "cover", weight=Decimal(5))
    assert {one.measure: one.weight for one in draft.measures.all()}["growth"] == 20
    assert Event.objects.filter(kind="template.changed").count() == 2
    assert Change.objects.filter(table="performance_templatemeasure", operation="DELETE").exists()


def test_of_two_who_edit_the_later_is_told(draft: ScorecardTemplate, elena: User) -> None:
    seen = Rules.of(draft)
    save(draft, elena, "growth", weight=Decimal(20))
    with pytest.raises(Stale, match="Somebody else has changed this draft"):
        templates.change(draft, changed(seen, "growth", weight=Decimal(10)), seen=seen.digest, by=elena)


@pytest.mark.parametrize(
    ("measure", "values", "fault"),
    [
        ("growth", {"weight": Decimal(0)}, "Growth: a weight of 0 is not possible"),
        ("growth", {"zero_at": Decimal("0.15")}, "Growth: no points and full points cannot both begin at \\+15.0%"),
        ("attainment", {"floor": Decimal("1.2")}, "Target attainment: “no points short of 120.0%” does not lie"),
        ("cover", {"full_until": None}, "Days of cover: a range needs both"),
        ("cover", {"full_until": Decimal(20)}, "Days of cover: full points until 20 days is less than"),
        ("cover", {"zero_again_at": Decimal(60)}, "Days of cover: no points again at 60 days has to lie above 60 days"),
        ("cover", {"zero_at": Decimal(40)}, "Days of cover: where less is better, from 40 days down to 30 days"),
        ("reports", {"measure": "vanished"}, "vanished cannot stand in a scorecard"),
    ],
)
def test_what_is_out_of_order_is_named_with_its_measure_and_value(
    draft: ScorecardTemplate, elena: User, measure: str, values: dict[str, Any], fault: str
) -> None:
    with pytest.raises(Refused, match=fault):
        save(draft, elena, measure, **values)


@pytest.mark.parametrize(
    ("grades", "fault"),
    [
        ([("A", "85"), ("A", "0")], "Grade A is there twice"),
        ([("A", "0"), ("B", "0")], "Two grades begin at 0.0"),
        ([("A", "85"), ("B", "10")], "has to begin at 0"),
        ([], "has to begin at 0"),
    ],
)
def test_every_score_has_one_grade(
    draft: ScorecardTemplate, elena: User, grades: list[tuple[str, str]], fault: str
) -> None:
    rules = Rules.of(draft)
    wanted = replace(rules, grades=tuple(Letter(letter, Decimal(begins)) for letter, begins in grades))
    with pytest.raises(Refused, match=fault):
        templates.change(draft, wanted, seen=rules.digest, by=elena)


def test_weights_come_to_a_hundred_before_they_are_proposed(draft: ScorecardTemplate, elena: User) -> None:
    draft = save(draft, elena, "growth", weight=Decimal("12.5"))
    with pytest.raises(Refused, match=r"The weights come to 97\.5, not to 100"):
        templates.propose(draft, by=elena, reason=WHY)
    draft = save(draft, elena, "cover", weight=Decimal("12.5"))
    with pytest.raises(NoReason):
        templates.propose(draft, by=elena, reason="because")
    assert templates.propose(draft, by=elena, reason=WHY).reason == WHY


def test_a_proposal_is_closed_until_it_is_sent_back(proposed: ScorecardTemplate, elena: User, dave: User) -> None:
    with pytest.raises(Stale, match="no draft any more"):
        save(proposed, elena, "growth", weight=Decimal(20))
    again = templates.send_back(proposed, by=dave, reason="Think of new dealers as well.")
    assert (again.status, again.proposed_by_id) == (Status.DRAFT, None)
    told = Event.objects.get(kind="template.sent_back")
    assert told.reason == "Think of new dealers as well." and told.deliveries.filter(recipient_id=elena.pk).exists()
    save(again, elena, "growth", weight=Decimal(20))


def test_from_its_period_on_the_new_version_judges(
    trading: Any, proposed: ScorecardTemplate, shipped: ScorecardTemplate, dave: User, system: User
) -> None:
    made = templates.put_in_use(proposed, first=LATER, by=dave)
    shipped.refresh_from_db()
    assert (shipped.status, shipped.ends_before) == (Status.RETIRED, LATER.start)
    assert (made.status, made.starts_on, made.approved_by_id) == (Status.IN_USE, LATER.start, dave.pk)
    for period, template in ((QUARTER, shipped), (LATER, made)):
        assessments.assess(period, by=system)
        assert {card.template for card in Scorecard.objects.filter(period=period.key)} == {template}


def test_what_was_assessed_keeps_its_rules(trading: Any, proposed: Any, dave: User, system: User) -> None:
    assessments.assess(QUARTER, by=system)
    with pytest.raises(Refused, match=r"first quarter 2026 is assessed already. .* begin with second quarter 2026"):
        templates.put_in_use(proposed, first=QUARTER, by=dave)
    assert templates.first_periods("quarter", on=date(2026, 4, 10))[0] == LATER
    with pytest.raises(Refused, match="not the length"):
        templates.put_in_use(proposed, first=Period.parse("2026-07"), by=dave)
    templates.put_in_use(proposed, first=LATER, by=dave)


def test_a_version_that_had_not_begun_gives_way_to_the_next(proposed: Any, elena: User, dave: User) -> None:
    second = templates.put_in_use(proposed, first=Period.parse("2027-Q1"), by=dave)
    third = templates.propose(templates.new_version(second, by=elena), by=elena, reason=WHY)
    third = templates.put_in_use(third, first=LATER, by=dave)
    of_set = ScorecardTemplate.objects.filter(code="quarter")
    for day in (LATER.start, date(2027, 1, 1), date(2028, 1, 1)):
        assert list(of_set.in_force(on=day)) == [third]
    assert of_set.in_force(on=date(2026, 1, 1)).get().version == 1


def test_whoever_proposed_does_not_decide(draft: ScorecardTemplate, world: Territory, shipped: Any) -> None:
    both = factories.person("Petra", "marketing_director", "head_of_sales")
    proposed = templates.propose(draft, by=both, reason=WHY)
    with pytest.raises(templates.OwnProposal, match="Somebody else has to put in use"):
        templates.put_in_use(proposed, first=LATER, by=both)
    shipped.status, shipped.ends_before = Status.RETIRED, LATER.start
    shipped.save()
    signed = {"status": "in_use", "approved_by": both.pk, "approved_at": proposed.proposed_at}
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        ScorecardTemplate.objects.filter(pk=proposed.pk).update(**signed)


def test_rights_are_asked_by_every_verb(draft: ScorecardTemplate, shipped: Any, carol: User, north: Territory) -> None:
    rules = Rules.of(draft)
    for attempt in (
        lambda: templates.new_version(shipped, by=carol),
        lambda: templates.change(draft, rules, seen=rules.digest, by=carol),
        lambda: templates.propose(draft, by=carol, reason=WHY),
        lambda: templates.send_back(draft, by=carol, reason=WHY),
        lambda: templates.put_in_use(draft, first=LATER, by=carol),
        lambda: templates.put_in_use(draft, first=LATER, by=factories.person("Rhea", "head_of_sales", node=north)),
        lambda: templates.discard(draft, by=carol),
    ):
        with pytest.raises(NotYours):
            attempt()


def test_a_discarded_draft_leaves_its_event(draft: ScorecardTemplate, elena: User, shipped: Any) -> None:
    templates.discard(draft, by=elena)
    assert ScorecardTemplate.objects.filter(code="quarter").get() == shipped
    assert Event.objects.get(kind="template.discarded").subject_label == "Quarterly scorecard, version 2"
    assert templates.new_version(shipped, by=elena).version == 2


def test_a_proposal_is_not_discarded(proposed: ScorecardTemplate, elena: User) -> None:
    with pytest.raises(Stale):
        templates.discard(proposed, by=elena)


# ---- what the database holds ---------------------------------------------------------------------
def test_the_database_freezes_what_is_no_draft(shipped: ScorecardTemplate) -> None:
    measures = TemplateMeasure.objects.filter(template=shipped)
    for attempt in (
        lambda: measures.update(weight=1),
        measures.delete,
        lambda: TemplateMeasure.objects.create(template=shipped, position=9, measure="new", weight=1, full_at=1),
        lambda: shipped.grades.update(from_score=1),
        lambda: ScorecardTemplate.objects.filter(pk=shipped.pk).update(minimum_coverage=0),
        lambda: ScorecardTemplate.objects.filter(pk=shipped.pk).update(reason="Another one."),
        lambda: ScorecardTemplate.objects.filter(pk=shipped.pk).update(status="draft"),
    ):
        with pytest.raises(IntegrityError, match=r"is no draft|its decision stays"), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"status": "proposed"}, "proposed_is_signed"),
        ({"status": "retired"}, "time_fits_status"),
        ({"starts_on": date(2026, 1, 1)}, "time_fits_status"),
    ],
)
def test_the_database_refuses_a_state_without_its_facts(
    draft: ScorecardTemplate, values: dict[str, Any], name: str
) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ScorecardTemplate.objects.filter(pk=draft.pk).update(**values)


@pytest.mark.parametrize(
    ("alone", "without"),
    [
        ("one_in_use", "alter table performance_scorecardtemplate drop constraint performance_template_one_at_a_time"),
        ("one_at_a_time", "drop index performance_template_one_in_use"),
    ],
)
def test_two_constraints_keep_a_second_version_out_of_use_and_each_does_alone(
    draft: ScorecardTemplate, alone: str, without: str
) -> None:
    """Which of them speaks first depends on the order they were made in; a restored database has another."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(without)
    with pytest.raises(IntegrityError, match=alone), transaction.atomic():
        ScorecardTemplate.objects.filter(pk=draft.pk).update(status="in_use")


def test_one_version_of_a_set_is_open_at_a_time(draft: ScorecardTemplate) -> None:
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        ScorecardTemplate.objects.create(code=draft.code, version=3, name="Third", length=draft.length)


def test_a_floor_lies_on_the_way_whichever_is_better(draft: ScorecardTemplate) -> None:
    for values, is_sound in (
        ({"floor": Decimal("0.6")}, True),
        ({"floor": Decimal("-0.1")}, False),
        ({"zero_at": 1, "full_at": 0, "floor": Decimal("0.5")}, True),
        ({"zero_at": 1, "full_at": 0, "floor": 2}, False),
    ):
        one = TemplateMeasure(template=draft, position=9, measure="overdue", weight=1, **{"full_at": 1} | values)
        try:
            with transaction.atomic():
                one.save()
        except IntegrityError:
            assert not is_sound, values
        else:
            assert is_sound, values
            one.delete()


def test_a_measure_is_the_same_however_its_zeros_are_written() -> None:
    one = Rules((Weighed("growth", Decimal(20), Decimal(0), Decimal("0.150000")),), (), Decimal("0.500"))
    two = Rules((Weighed("growth", Decimal("20.00"), Decimal("0.0"), Decimal("0.15")),), (), Decimal("0.5"))
    assert one.digest == two.digest


# ---- two at once ---------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_a_version_in_use_at_once_one_is_told(proposed: Any, dave: User) -> None:
    other = factories.person("Mia", "head_of_sales")
    outcomes = at_once(
        proposed,
        lambda: templates.put_in_use(proposed, first=LATER, by=dave),
        lambda: templates.put_in_use(proposed, first=LATER.next, by=other),
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert ScorecardTemplate.objects.filter(code="quarter", status="in_use").count() == 1
    assert Event.objects.filter(kind="template.put_in_use").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_a_version_at_once_one_is_told(shipped: ScorecardTemplate, elena: User) -> None:
    def begin() -> ScorecardTemplate:
        return templates.new_version(shipped, by=elena)

    outcomes = at_once_while(lambda: hold("scorecard template quarter"), begin, begin)
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert ScorecardTemplate.objects.filter(code="quarter").count() == 2


@pytest.mark.django_db(transaction=True)
def test_rules_do_not_change_while_a_period_is_assessed(
    trading: Any, proposed: ScorecardTemplate, dave: User, system: User
) -> None:
    """Whichever comes first: the period is judged as a whole, and by the rules of its time."""
    verbs: list[Callable[[], object]] = [
        lambda: templates.put_in_use(proposed, first=QUARTER, by=dave),
        lambda: assessments.assess(QUARTER, by=system),
    ]
    outcomes = at_once_while(lambda: hold(templates.rules_of("quarter")), *verbs)
    proposed.refresh_from_db()
    card = Scorecard.objects.get()
    was_refused = any(isinstance(one, Refused) for one in outcomes)
    assert (card.template == proposed) is (not was_refused)


# ---- a set that nobody has yet -------------------------------------------------------------------
def wanted(code: str = "gold-quarter", **fields: Any) -> templates.NewSet:
    usual = {"code": code, "name": "Gold", "name_zh": "金牌", "length": "quarter", "tiers": ("gold",)}
    return templates.NewSet(**usual | fields)


def by_growth_alone(draft: ScorecardTemplate, elena: User) -> ScorecardTemplate:
    rules = Rules.of(draft)
    growth = Weighed("growth", Decimal(100), Decimal(0), Decimal("0.15"))
    draft = templates.change(draft, replace(rules, measures=(growth,)), seen=rules.digest, by=elena)
    return templates.propose(draft, by=elena, reason="Gold dealers are judged by growth.")


def test_a_new_set_begins_with_grades_and_without_measures(elena: User, dave: User, shipped: Any) -> None:
    made = templates.new_set(wanted(), by=elena)
    assert (made.version, made.status, made.tiers) == (1, "draft", ["gold"])
    assert [one.letter for one in made.grades.all()] == ["A", "B", "C", "D"]
    assert templates.fault_of_proposal(made) == "The weights come to 0, not to 100."
    made = by_growth_alone(made, elena)
    made = templates.put_in_use(made, first=templates.first_periods("quarter", on=date(2026, 11, 1))[0], by=dave)
    assert made.status == "in_use"
    with pytest.raises(Refused, match="judged by “Gold” already"):
        templates.new_set(wanted("gold-again", tiers=("gold", "silver")), by=elena)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"code": "quarter"}, "with the code quarter already"),
        ({"tiers": ()}, "judged by “Quarterly scorecard” already"),
    ],
)
def test_nobody_is_judged_by_two_sets(elena: User, shipped: Any, fields: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        templates.new_set(wanted(**fields), by=elena)


def test_of_two_sets_for_the_same_dealers_the_second_is_not_put_in_use(elena: User, dave: User, shipped: Any) -> None:
    first = templates.first_periods("quarter", on=date(2026, 11, 1))[0]
    drafts = [templates.new_set(wanted(code), by=elena) for code in ("one", "two")]
    for draft in drafts:
        by_growth_alone(draft, elena)
    templates.put_in_use(drafts[0], first=first, by=dave)
    with pytest.raises(Refused, match="judged by “Gold” already"):
        templates.put_in_use(drafts[1], first=first, by=dave)


def test_the_database_keeps_versions_apart_in_time(shipped: ScorecardTemplate, rules: Any) -> None:
    rules("other", ("growth", "100", "1"))
    rules("other", ("growth", "100", "1"))
    with pytest.raises(IntegrityError, match="one_at_a_time"), transaction.atomic():
        ScorecardTemplate.objects.create(
            code="other", version=3, name="Third", length="quarter", status="retired", ends_before=date(2019, 1, 1)
        )
