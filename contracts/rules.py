"""What the law of a jurisdiction allows, by the rule pack in force; and the packs an installation starts with.

Sources of the defaults: Regulation (EU) 2022/720 and the Guidelines 2022/C 248/01; China's Anti-Monopoly Law, article
18, with the safe harbour from February 2026; Leegin (2007) for the United States. Counsel may revise every pack.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Mode, RulePack, RuleSetting, Tool
from contracts.models.rule_pack import PRICE_TOOLS
from core.sorting import sort_key
from dealers.models.naming import local_of

ELSEWHERE = "OTHER"


@dataclass(frozen=True, slots=True)
class Default:
    """A pack as it is shipped: prices are observed, territories enforced, unless said otherwise."""

    jurisdiction: str
    name: str
    name_zh: str
    note: str
    note_zh: str
    other: dict[Tool, Mode] = field(default_factory=dict)

    def modes(self) -> dict[Tool, Mode]:
        usual = {tool: Mode.OBSERVE if tool in PRICE_TOOLS else Mode.ENFORCE for tool in Tool}
        return usual | {Tool.RECOMMENDED_PRICE: Mode.RECOMMEND} | self.other


DEFAULTS = (
    Default(
        "EU", "European Union and EEA", "欧盟及欧洲经济区",
        "Fixing a minimum resale price is a hardcore restriction. Active sales into an exclusive territory may be "
        "limited, unsolicited sales may not.",
        "固定最低转售价属核心限制。可限制向独家区域的主动销售，不得限制被动销售。",
        {Tool.PASSIVE_SALES: Mode.OFF},
    ),
    Default(
        "CN", "China", "中国",
        "Setting a minimum resale price is prohibited unless shown not to harm competition. Territorial limits are "
        "possible within the safe harbour.",
        "除能证明不损害竞争外，禁止限定最低转售价。区域限制可在安全港内采用。",
    ),
    Default(
        "US", "United States", "美国",
        "Judged by the rule of reason; some states are stricter. Prices are observed, not agreed.",
        "适用合理原则，部分州更严格。价格只观察，不约定。",
    ),
    Default(
        ELSEWHERE, "Elsewhere", "其他地区",
        "Until counsel has looked at the place: prices are observed, unsolicited sales are left alone.",
        "在法务审核当地规定之前：价格只观察，被动销售不予限制。",
        {Tool.PASSIVE_SALES: Mode.OFF},
    ),
)  # fmt: skip


def seed(**_signal: Any) -> None:
    """Receiver of post_migrate: a jurisdiction that has no pack gets the one shipped."""
    if RuleSetting._meta.db_table not in connection.introspection.table_names():
        return  # migrated back to before there were packs
    known = set(RulePack.objects.values_list("jurisdiction", flat=True))
    for default in DEFAULTS:
        if default.jurisdiction not in known:
            pack = RulePack.objects.create(
                jurisdiction=default.jurisdiction, name=default.name, name_zh=default.name_zh, note=default.note,
                note_zh=default.note_zh, valid_from=date(2022, 6, 1),
            )  # fmt: skip
            RuleSetting.objects.bulk_create(
                RuleSetting(pack=pack, tool=tool, mode=mode) for tool, mode in default.modes().items()
            )


@dataclass(frozen=True, slots=True)
class Rules:
    """What a page says of the rules of a jurisdiction: its name in the reader's language, and how far each tool goes.

    A jurisdiction without a pack is called by its code, and what holds elsewhere holds there.
    """

    place: str
    modes: Mapping[Tool, Mode]


def rules_of(jurisdictions: Iterable[str], *, on: date) -> dict[str, Rules]:
    """By the packs in force, read with their settings by one statement."""
    asked = set(jurisdictions)
    packs = RulePack.objects.in_force(on=on).filter(jurisdiction__in=[*asked, ELSEWHERE])
    places: dict[str, str] = {}
    modes: dict[str, dict[Tool, Mode]] = {}
    for code, name, name_zh, tool, mode, expires_on in packs.values_list(
        "jurisdiction", "name", "name_zh", "settings__tool", "settings__mode", "settings__expires_on"
    ):
        places[code] = local_of(name, name_zh)
        of_pack = modes.setdefault(code, {})
        if tool is not None:
            of_pack[Tool(tool)] = RuleSetting(tool=tool, mode=mode, expires_on=expires_on).mode_on(on)
    elsewhere = modes.get(ELSEWHERE, {})
    return {code: Rules(places.get(code, code), modes.get(code, elsewhere)) for code in asked}


def place_of(jurisdiction: str, *, on: date) -> str:
    return rules_of([jurisdiction], on=on)[jurisdiction].place


def places() -> list[tuple[str, str]]:
    """The jurisdictions with a pack, by their names."""
    packs = RulePack.objects.in_force(on=timezone.localdate())
    return sorted(((pack.jurisdiction, pack.local_name) for pack in packs), key=lambda pair: sort_key(pair[1]))


def mode_of(tool: Tool, jurisdiction: str, *, on: date) -> Mode:
    """How far a tool may go. Nothing on record allows nothing."""
    return rules_of([jurisdiction], on=on)[jurisdiction].modes.get(tool, Mode.OFF)


def why(mode: Mode) -> str:
    """What a mode means for a price, in a sentence."""
    sentences = {
        Mode.OFF: _("Not used here."),
        Mode.OBSERVE: _("Observed only: nothing follows from a price below it."),
        Mode.RECOMMEND: _("A recommendation: the dealer is free to sell at another price."),
        Mode.ENFORCE: _("Agreed and enforced, on the recorded basis in law."),
    }
    return sentences[mode]
