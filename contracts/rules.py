"""What the law of a jurisdiction allows, by the rule pack in force; and the packs an installation starts with.

Sources of the defaults: Regulation (EU) 2022/720 and the Guidelines 2022/C 248/01; China's Anti-Monopoly Law, article
18, with the safe harbour from February 2026; Leegin (2007) for the United States. Counsel may revise every pack.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Mode, RulePack, RuleSetting, Tool
from contracts.models.rule_pack import PRICE_TOOLS
from core.sorting import sort_key


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
        "OTHER", "Elsewhere", "其他地区",
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


def pack_of(jurisdiction: str, *, on: date) -> RulePack | None:
    """The pack in force; where a jurisdiction has none, the one for elsewhere."""
    packs = {pack.jurisdiction: pack for pack in RulePack.objects.in_force(on=on).prefetch_related("settings")}
    return packs.get(jurisdiction) or packs.get("OTHER")


def place_of(jurisdiction: str, *, on: date) -> str:
    """The name of a jurisdiction in the reader's language; its code where no pack tells one."""
    pack = RulePack.objects.in_force(on=on).filter(jurisdiction=jurisdiction).first()
    return pack.local_name if pack else jurisdiction


def places() -> list[tuple[str, str]]:
    """The jurisdictions with a pack, by their names."""
    packs = RulePack.objects.in_force(on=timezone.localdate())
    return sorted(((pack.jurisdiction, pack.local_name) for pack in packs), key=lambda pair: sort_key(pair[1]))


def mode_of(tool: Tool, jurisdiction: str, *, on: date) -> Mode:
    """How far a tool may go. Nothing on record allows nothing."""
    return modes_of(jurisdiction, on=on).get(tool, Mode.OFF)


def modes_of(jurisdiction: str, *, on: date) -> dict[Tool, Mode]:
    pack = pack_of(jurisdiction, on=on)
    return {Tool(one.tool): one.mode_on(on) for one in pack.settings.all()} if pack else {}


def why(mode: Mode) -> str:
    """What a mode means for a price, in a sentence."""
    sentences = {
        Mode.OFF: _("Not used here."),
        Mode.OBSERVE: _("Observed only: nothing follows from a price below it."),
        Mode.RECOMMEND: _("A recommendation: the dealer is free to sell at another price."),
        Mode.ENFORCE: _("Agreed and enforced, on the recorded basis in law."),
    }
    return sentences[mode]
