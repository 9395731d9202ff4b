"""Revising the rules of a jurisdiction: a change is the next version, with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Mode, RulePack, RuleSetting, Tool
from core import reasons
from core.database.locks import hold
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Person, User
from dealers.rights import require


@dataclass(frozen=True, slots=True)
class Ruling:
    """How far a tool may go, and what that rests on where it is enforced."""

    mode: Mode
    basis: str = ""
    named_person: Person | None = None
    expires_on: date | None = None


@transaction.atomic
def revise(
    pack: RulePack, rulings: Mapping[Tool, Ruling], *, by: User, valid_from: date, note: str, note_zh: str, reason: str
) -> RulePack:
    """The next version of a pack. Refused when somebody else has revised it in between."""
    require(by, "contracts.change_rulepack")
    reason = reasons.sentence(reason)
    hold(f"rule pack {pack.jurisdiction}")
    latest = RulePack.objects.filter(jurisdiction=pack.jurisdiction).order_by("-version").first()
    if latest is None or latest.pk != pack.pk:
        raise Refused(_("Somebody else revised these rules in the meantime. Look at the new version first."))
    if valid_from < pack.valid_from:
        raise Refused(_("A new version cannot begin before the one it replaces."))
    made = RulePack(
        jurisdiction=pack.jurisdiction, version=pack.version + 1, name=pack.name, name_zh=pack.name_zh, note=note,
        note_zh=note_zh, valid_from=valid_from, reason=reason, made_by_id=by.pk,
    )  # fmt: skip
    made.save()
    for tool in Tool:
        ruling = rulings[tool]
        setting = RuleSetting(
            pack=made, tool=tool, mode=ruling.mode, basis=ruling.basis, named_person=ruling.named_person,
            expires_on=ruling.expires_on,
        )  # fmt: skip
        refuse_unsound(setting)
        setting.save()
    events.record("rules.revised", made, by=by, reason=reason)
    return made
