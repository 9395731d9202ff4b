"""What this room brings to the sidebar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry, add

VIEW = "contracts.view_contract"
add(
    Entry("agree", _("Contracts"), "contracts:contracts", icon="file-text", permission=VIEW, order=10),
    Entry("agree", _("Targets"), "contracts:targets", icon="target", permission="contracts.view_target", order=20),
    Entry(
        "agreement",
        _("My contract"),
        "contracts:my_contract",
        icon="file-text",
        permission=VIEW,
        order=10,
        covers=("contracts:contract", "contracts:target", "contracts:target_agree", "contracts:rule_packs"),
    ),
    Entry(
        "administer",
        _("Rules of law"),
        "contracts:rule_packs",
        icon="gavel",
        permission="contracts.change_rulepack",
        order=70,
    ),
)
