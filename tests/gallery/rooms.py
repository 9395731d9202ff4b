"""Invented content for what single rooms add to the components: marks, agendas, minutes, papers."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace as Thing
from typing import Any

from tests.gallery.samples import NOW

CHEN, LIN = Thing(name="Chen Guodong"), Thing(name="Lin Yue")
SHA = "3f9a1b2c77d0e4a1" * 4


def _mark(**said: Any) -> Thing:
    usual = {"score": None, "is_passed": None, "waived_by_id": None, "waived_by": None, "waiver": "", "text": ""}
    return Thing(**usual | {"get_evidence_display": "Visit"} | said)


def _edition(*, is_confirmed: bool) -> Thing:
    topics = [
        {
            "title": "Where we stand: sales, stock, money",
            "text": "Score, Q1 2026: 81.4 (B)\n\nGrowth is ahead of target; the smart toilets carry it.",
            "resolutions": ["Fast movers are held in the Ningbo warehouse from next quarter on."],
            "actions": [
                {"what": "Send the stocking list", "owner": "Lin Yue", "side": "us", "due": "2026-04-04"},
                {
                    "what": "Forecast per quarter and line",
                    "owner": "Chen Guodong",
                    "side": "dealer",
                    "due": "2026-04-11",
                },
            ],
        },
        {"title": "Spare parts", "text": "", "resolutions": [], "actions": []},
    ]
    answer = {"state": "confirmed", "answered_by": CHEN, "answered_at": NOW} if is_confirmed else {"state": "sent"}
    sent = {"sent_by": LIN, "sent_at": NOW - timedelta(days=2)}
    return Thing(version=2 if is_confirmed else 1, content={"topics": topics}, **sent, **answer)


def _paper(language: str, edition: int) -> Thing:
    return Thing(
        get_language_display=language, edition=edition, made_at=NOW, size=61_300, sha256=SHA, file_name="contract.pdf",
        get_absolute_url="#",
    )  # fmt: skip


class _Certificate(Thing):
    def __str__(self) -> str:
        return "fk2gk-46vqm-rqad"


def context() -> dict[str, Any]:
    on, off = [True] * 4 + [False], [True] * 2 + [False] * 3
    dealer = Thing(local_name="Wenzhou Oubei Sanitary Ware")
    gap = Thing(
        dealer=dealer, counted_on=NOW.date(), counted=69, expected=93, opening=51, since=NOW.date(), bought=98, sold=56,
        difference=-24,
    )  # fmt: skip
    return {
        "wizard": [
            Thing(title="Contact", state="done", url="#"),
            Thing(title="Company", state="now", url="#"),
            Thing(title="Business", state="later", url=""),
        ],
        "marks": [
            ("After-sales service", _mark(score=4, text="Two fitters of their own"), on),
            ("Premises and warehouse", _mark(score=2, text="Shared with a lighting dealer"), off),
            ("Valid licence", _mark(is_passed=True, text="Seen on the spot"), ()),
            ("Sound accounts", _mark(is_passed=False, text="A payment order is open"), ()),
            (
                "No conflict with brands",
                _mark(is_passed=False, waived_by_id=1, waived_by=LIN, waiver="Sold until June only", text="One line"),
                (),
            ),
            ("Team", None, ()),
        ],
        "totals": [
            Thing(value=79, is_provisional=False, covered=100, whole=100),
            Thing(value=64, is_provisional=True, covered=60, whole=100),
            Thing(value=None),
        ],
        "agenda": [
            Thing(number=1, topic=Thing(title="Open items", minutes=15), source="carried over", is_written=True,
                  is_on=False),
            Thing(number=2, topic=Thing(title="Where we stand", minutes=30), source="from the data",
                  is_written=False, is_on=True),
        ],
        "confirmed": _edition(is_confirmed=True),
        "waiting": _edition(is_confirmed=False),
        "difference": [
            Thing(label="phone", before="+86 571 0001", after="+86 571 0002"),
            Thing(label="city", before="Wenzhou", after="Ruian"),
        ],
        "gaps": [(gap, Thing(local_name="Kitchen faucet", code="F-18"))],
        "signed": Thing(status="active"),
        "papers": Thing(
            current=(_paper("English", 2), _paper("Simplified Chinese", 2)),
            scans=(Thing(file_name="signed.pdf", size=812_000, get_absolute_url="#"),),
            certificate=_Certificate(get_absolute_url="#", check_url="#"),
            earlier=(_paper("English", 1),),
            signed=frozenset({SHA}),
            is_empty=False,
        ),
    }  # fmt: skip
