"""The roles, in one table. A role is a Django group; the admin may change it, seeding only adds what was never given.

Rights are Django permissions ("app.codename"). `needs_second_factor` roles cannot work without a one-time code.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class RoleSpec:
    code: str  # the group's name
    title: "str | Promise"
    rights: tuple[str, ...]
    is_dealers: bool = False
    needs_second_factor: bool = True


@dataclass(frozen=True, slots=True)
class Deciding:
    """A right to decide or to sign. Who holds the one `above` it may stand in, and takes over what waits too long."""

    right: str
    title: "str | Promise"
    above: str = ""


DECIDING = (
    Deciding("dealers.approve_bankaccount", _("bank accounts")),
    Deciding("contracts.review_contract", _("the wording of contracts")),
    Deciding("contracts.approve_contract", _("contracts")),
    Deciding("contracts.countersign_contract", _("signatures for us"), above="contracts.approve_contract"),
    Deciding("onboarding.approve_regional", _("applications in the region"), above="onboarding.approve_sales"),
    Deciding("onboarding.approve_line", _("applications for the product line"), above="onboarding.approve_sales"),
    Deciding("onboarding.approve_sales", _("applications as head of sales")),
    Deciding("performance.approve_scorecardtemplate", _("scoring rules")),
)
TITLES = {one.right: one.title for one in DECIDING}
ABOVE = {one.right: one.above for one in DECIDING}
ESCALATIONS = "dealers.receive_escalations"  # hears of what waits too long where no right stands above

_LOOK = (
    "dealers.view_dealer",
    "dealers.view_contact",
    "dealers.view_document",
    "dealers.view_outlet",
    "dealers.view_product",
    "dealers.view_terminal",
    "dealers.view_company",
    "dealers.view_territory",
    "dealers.view_productline",
    "dealers.view_approval",
    "dealers.view_internalnote",
    "contracts.view_contract",
    "contracts.view_target",
    "contracts.view_rulepack",
    "performance.view_scorecard",
    "performance.view_scorecardtemplate",
    "ledger.view_movement",
    "ledger.view_stockcount",
    "ledger.view_invoice",
    "ledger.view_payment",
    "ledger.view_order",
    "ledger.view_reportdue",
    "communications.view_meeting",
    "communications.view_touchpoint",
    "communications.view_announcement",
    "communications.view_actionitem",
)
_READ = (*_LOOK, "communications.complete_actionitem")  # anybody of ours may own one
_MEET = (  # meetings, their minutes, and what both sides promised
    "communications.add_meeting",
    "communications.change_meeting",
    "communications.minute_meeting",
    "communications.view_meetingnote",
    "communications.add_meetingnote",
    "communications.add_actionitem",
    "communications.change_actionitem",
)
_RECRUITING = ("onboarding.view_opening", "onboarding.view_application")  # who reads openings and applications
_AGREE = (  # drafting what is to be agreed
    "contracts.add_contract",
    "contracts.change_contract",
    "contracts.submit_contract",
    "contracts.add_target",
    "contracts.change_target",
    "contracts.end_contract",
)
_ASSESS = (
    "performance.run_assessment",
    "performance.publish_assessment",
    "performance.view_assessment",
    "performance.export_scorecards",
)
_INFORM = (  # announcements to dealers
    "communications.add_announcement",
    "communications.change_announcement",
    "communications.publish_announcement",
)
_REPORTS = (  # who owes which report
    "ledger.add_reportduty",
    "ledger.change_reportduty",
    "ledger.waive_report",
)
_PLACES = (  # the trees and the catalogue
    "dealers.add_territory",
    "dealers.change_territory",
    "dealers.add_productline",
    "dealers.change_productline",
    "dealers.add_product",
    "dealers.change_product",
    "dealers.add_terminal",
    "dealers.change_terminal",
)
_CARE = (
    "dealers.change_dealer",
    "dealers.add_contact",
    "dealers.change_contact",
    "dealers.add_document",
    "dealers.change_document",
    "dealers.add_internalnote",
    "communications.add_touchpoint",
    "dealers.add_bankaccount",
    "dealers.view_bankaccount",
    "dealers.export_dealers",
)
_IMPORT = (
    "ledger.view_importbatch",
    "ledger.add_importbatch",
    "ledger.post_importbatch",
    "ledger.reverse_importbatch",
)

ROLES = (
    RoleSpec(
        "account_manager",
        _("Account manager"),
        (
            *_READ,
            *_CARE,
            *_AGREE,
            *_MEET,
            *_REPORTS,
            *_RECRUITING,
            "onboarding.work_application",
            "ledger.view_importbatch",
        ),
    ),
    RoleSpec(
        "regional_director",
        _("Regional director"),
        (
            *_READ,
            *_CARE,
            *_AGREE,
            *_MEET,
            *_INFORM,
            *_REPORTS,
            *_RECRUITING,
            "onboarding.work_application",
            "onboarding.approve_regional",
            "onboarding.export_applications",
            "dealers.add_dealer",
            "dealers.transfer_dealer",
            "contracts.countersign_contract",
            "ledger.view_importbatch",
            "performance.answer_objection",
            "performance.export_scorecards",
        ),
    ),
    RoleSpec(
        "product_line_manager",
        _("Product-line manager"),
        (*_READ, *_RECRUITING, "onboarding.approve_line", "dealers.export_dealers"),
    ),
    RoleSpec(
        "head_of_sales",
        _("Head of sales"),
        (
            *_READ,
            *_CARE,
            *_IMPORT,
            *_AGREE,
            *_ASSESS,
            *_MEET,
            *_INFORM,
            *_REPORTS,
            *_RECRUITING,
            ESCALATIONS,
            "onboarding.approve_sales",
            "onboarding.override_knockout",
            "onboarding.export_applications",
            "dealers.add_dealer",
            "dealers.transfer_dealer",
            "dealers.archive_dealer",
            "contracts.approve_contract",
            "contracts.countersign_contract",
            "performance.answer_objection",
            "performance.approve_scorecardtemplate",
        ),
    ),
    RoleSpec(
        "marketing_director",
        _("Marketing director"),
        (
            *_READ,
            *_INFORM,
            *_RECRUITING,
            "dealers.export_dealers",
            "performance.add_scorecardtemplate",
            "performance.change_scorecardtemplate",
            "performance.export_scorecards",
        ),
    ),
    RoleSpec(
        "channel_operations",
        _("Channel operations"),
        (
            *_READ,
            *_CARE,
            *_PLACES,
            *_IMPORT,
            *_AGREE,
            *_ASSESS,
            *_INFORM,
            *_REPORTS,
            *_RECRUITING,
            "onboarding.add_opening",
            "onboarding.change_opening",
            "onboarding.work_application",
            "onboarding.export_applications",
            "dealers.add_dealer",
            "dealers.archive_dealer",
            "dealers.add_invitation",
            "contracts.file_contract",
        ),
    ),
    RoleSpec(
        "finance",
        _("Finance"),
        (
            *_READ,
            *_IMPORT,
            *_RECRUITING,
            "dealers.view_bankaccount",
            "dealers.add_bankaccount",
            "dealers.approve_bankaccount",
            "dealers.export_dealers",
            "ledger.add_exchangerate",
        ),
    ),
    RoleSpec(
        "legal",
        _("Legal"),
        (
            *_READ,
            *_RECRUITING,
            "dealers.add_document",
            "dealers.add_internalnote",
            "contracts.review_contract",
            "contracts.change_rulepack",
        ),
    ),
    RoleSpec(
        "service",
        pgettext_lazy("role", "Service"),
        (*_READ, "dealers.add_internalnote", "communications.add_touchpoint"),
    ),
    RoleSpec(  # sees everything with its timeline and what each change wrote; changes nothing
        "auditor",
        _("Auditor"),
        (
            *_LOOK,
            *_RECRUITING,
            "dealers.view_bankaccount",
            "communications.view_meetingnote",
            "performance.view_assessment",
            "ledger.view_importbatch",
        ),
    ),
    RoleSpec(
        "administrator",
        _("Administrator"),
        (
            "dealers.administer",
            *_PLACES,
            "dealers.view_territory",
            "dealers.view_productline",
            "dealers.view_product",
            "dealers.view_terminal",
            "dealers.view_company",
            "dealers.change_delivery",
            "core.change_job",
        ),
    ),
    RoleSpec(
        "dealer_executive",
        _("Dealer executive"),
        (
            "dealers.view_dealer",
            "dealers.view_contact",
            "dealers.add_contact",
            "dealers.change_contact",
            "dealers.view_document",
            "dealers.add_document",
            "dealers.view_outlet",
            "dealers.change_outlet",
            "dealers.view_product",
            "dealers.view_bankaccount",
            "dealers.add_bankaccount",
            "dealers.manage_own_people",
            "contracts.view_contract",
            "contracts.sign_contract",
            "contracts.view_target",
            "contracts.agree_target",
            "contracts.view_rulepack",
            "performance.view_scorecard",
            "performance.view_scorecardtemplate",
            "performance.acknowledge_scorecard",
            "performance.add_objection",
            "ledger.view_movement",
            "ledger.view_stockcount",
            "ledger.view_invoice",
            "ledger.view_payment",
            "ledger.view_order",
            "ledger.view_reportdue",
            "ledger.file_report",
            "communications.view_announcementcopy",
            "communications.confirm_announcement",
            "communications.view_meeting",
            "communications.add_meeting",
            "communications.change_meeting",
            "communications.confirm_minutes",
            "communications.view_actionitem",
            "communications.claim_actionitem",
            "communications.complete_actionitem",
        ),
        is_dealers=True,
    ),
    RoleSpec(
        "dealer_staff",
        _("Dealer staff"),
        (
            "dealers.view_dealer",
            "dealers.view_contact",
            "dealers.view_document",
            "dealers.view_outlet",
            "dealers.change_outlet",
            "dealers.view_product",
            "contracts.view_target",
            "ledger.view_movement",
            "ledger.view_stockcount",
            "ledger.view_order",
            "ledger.view_reportdue",
            "ledger.file_report",
            "communications.view_announcementcopy",
            "communications.view_meeting",
            "communications.view_actionitem",
            "communications.claim_actionitem",
            "communications.complete_actionitem",
        ),
        is_dealers=True,
        needs_second_factor=False,
    ),
)
BY_CODE = {role.code: role for role in ROLES}
