"""Invented content for the gallery: every component with the inputs that its comment names."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace as Thing
from typing import Any

from django import forms
from django.utils import timezone

from core.drawing import track
from core.navigation import Language, Place

NOW = datetime(2026, 3, 20, 14, 5, tzinfo=timezone.get_default_timezone())
COURSE = [Decimal(v) for v in ("62", "69", "72", "66", "70", "73", "68", "78")]


def entry(label: str, icon: str, *, count: int = 0, current: bool = False) -> Place:
    return Place(label=label, short_label=label, url="#", icon=icon, count=count, is_current=current)


STAFF_SECTIONS = [
    Thing(
        title="",
        items=[
            entry("My day", "sun-high", count=9, current=True),
            entry("Dealers", "building-store"),
            entry("Approvals", "checks", count=3),
            entry("Meetings", "calendar-event"),
            entry("Requests", "messages", count=12),
        ],
    ),
    Thing(
        title="Agree",
        items=[
            entry("Contracts", "file-text"),
            entry("Targets", "target"),
            entry("Rebates", "discount"),
            entry("Deposits and fees", "shield-check"),
        ],
    ),
    Thing(
        title="Perform",
        items=[
            entry("Scorecards", "chart-bar"),
            entry("Ledger and imports", "table-import"),
            entry("Receivables", "receipt-2"),
            entry("Findings and cases", "alert-triangle", count=4),
        ],
    ),
]


class ReportForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Legal name, as on the licence", max_length=40)
    code = forms.CharField(label="Unified social credit code", min_length=18, help_text="18 characters")
    capital = forms.DecimalField(label="Registered capital", help_text="At least 500,000 for this opening")
    founded = forms.DateField(label="Founded", widget=forms.DateInput(attrs={"type": "date"}))
    tier = forms.ChoiceField(label="Tier", choices=[("gold", "Gold"), ("silver", "Silver")])
    scan = forms.FileField(label="Licence", help_text="PDF, JPG or PNG, up to 20 MB", required=False)
    mode = forms.ChoiceField(
        label="When posting",
        choices=[("good", "Post the good rows, keep the rest for the dealer"), ("all", "All or nothing")],
        widget=forms.RadioSelect,
    )
    remarks = forms.CharField(label="Remarks", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="The figures are complete", help_text="You can correct them until 5 April")


class SignInForm(forms.Form):
    login = forms.CharField(label="E-mail or mobile number", widget=forms.TextInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    remember = forms.BooleanField(label="Stay signed in on this device for 14 days", required=False)


def _faulty_form() -> ReportForm:
    data = {"name": "Wenzhou Oubei Sanitary Ware", "code": "91330302MA2A6XK4", "capital": "2000000", "mode": "good"}
    return ReportForm({**data, "founded": "2015-04-20", "tier": "gold"})


def figures() -> list[dict[str, Any]]:
    return [
        {
            "label": "Score, Q4 2025",
            "value": "78.0",
            "url": "#",
            "grade": "B",
            "delta": Decimal("7"),
            "verdict": "good",
            "delta_note": "on Q3",
            "spark": COURSE,
            "spark_label": "Score, last eight quarters",
        },
        {
            "label": "Sell-in, Q1 to date",
            "unit": "CNY",
            "value": "892,400",
            "url": "#",
            "context_line": "88.4% of target, 87.8% of time",
            "spark": COURSE[::-1],
            "spark_label": "Sell-in, last eight months",
        },
        {
            "label": "Overdue",
            "unit": "CNY",
            "value": "62,300",
            "url": "#",
            "state": "late",
            "context_line": "1 invoice",
        },
        {"label": "Satisfaction", "value": None, "reason": "7 answers, 20 needed"},
        {"label": "Our promises kept", "value": "7 of 8", "url": "#", "context_line": "1 late: display wall"},
    ]


def context() -> dict[str, Any]:
    today = NOW.date()
    return {
        "now": NOW,
        "today": today,
        "late_day": timezone.localdate() - timedelta(days=18),
        "soon_day": timezone.localdate() + timedelta(days=2),
        "far_day": timezone.localdate() + timedelta(days=16),
        "past_day": timezone.localdate() - timedelta(days=6),
        "nothing": None,
        "figures": figures(),
        "course": COURSE,
        "steps": [
            {
                "words": "Attainment = sell-in ÷ target",
                "numbers": "978,500.00 ÷ 1,075,000.00",
                "result": "91.0%",
            },
            {"words": "Score = attainment, at most 120", "numbers": "91.0 × weight 30 ÷ 100", "result": "27.3 points"},
        ],
        "chain": [
            {
                "state": "done",
                "role": "Account manager",
                "who": "Lin Yue",
                "note": "Submitted 17 Mar 2026, 10:12",
                "quote": "Visited twice; the owner runs the shop himself.",
            },
            {
                "state": "now",
                "role": "Regional director",
                "who": "Zhou Min",
                "note": "Due Mon 23 Mar; deputy from 24 Mar: Sun Hao",
                "is_soon": True,
            },
            {"state": "later", "role": "Head of sales", "who": "Mark Jansen", "note": "3 working days"},
        ],
        "wiz": [
            {"label": "Upload", "state": "done", "url": "#"},
            {"label": "Match columns", "state": "done"},
            {"label": "Check rows", "state": "now"},
            {"label": "Post", "state": "later"},
        ],
        "tabs": [
            {"label": "Overview", "url": "#", "is_current": True},
            {"label": "Contract and terms", "url": "#"},
            {"label": "Performance", "url": "#"},
            {"label": "Requests", "url": "#", "count": 2},
            {"label": "Customers", "url": "#", "count": 146},
            {"label": "Files", "url": "#"},
        ],
        "filters": [
            {"label": "Territory", "value": "East China and below", "remove_url": "#"},
            {"label": "Tier", "value": "any of 4", "remove_url": "#"},
        ],
        "bulk": [
            {"name": "do", "value": "review", "label": "Plan review", "icon": "calendar-plus"},
            {"name": "do", "value": "export", "label": "Export", "icon": "download"},
            {
                "name": "do",
                "value": "archive",
                "label": "Archive",
                "icon": "archive",
                "confirm": "Archive the dealers?",
            },
        ],
        "more": [
            {"label": "Edit", "url": "#", "icon": "edit"},
            {"label": "Archive", "url": "#", "icon": "archive", "post": True, "stop": True, "confirm": "Archive it?"},
        ],
        "dealers": _dealers(),
        "track": track(
            Decimal("892400"), "892,400", [(Decimal(600000), "Tier 1: 2%"), (Decimal(920000), "Tier 2: 4%")]
        ),
        "form": ReportForm(),
        "faulty": _faulty_form(),
        "sign_in": SignInForm({"login": "", "password": ""}),
        "target_data": {
            "x": ["Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb", "Mar"],
            "names": ["Sell-in", "Target"],
            "open": 11,
            "actual": [262, 281, 304, 288, 271, 330, 318, 342, 318, 286, 301, 305],
            "target": [290, 300, 320, 310, 300, 350, 355, 365, 355, 320, 310, 380],
        },
        "trend_data": {
            "x": ["Q1 24", "Q2 24", "Q3 24", "Q4 24", "Q1 25", "Q2 25", "Q3 25", "Q4 25"],
            "names": ["This dealer", "Peers"],
            "score": [69, 72, 74, 70, 73, 75, 71, 78],
            "peers": [70, 70.5, 71, 72, 72, 73, 73.5, 74],
            "min": 55,
            "max": 90,
            "bands": [
                {"at": 60, "name": "C from 60"},
                {"at": 75, "name": "B from 75"},
                {"at": 85, "name": "A from 85"},
            ],
        },
        "waterfall_data": {
            "floor": 64,
            "top": 83,
            "from": Decimal(71),
            "to": Decimal(78),
            "fromName": "Q3 2025",
            "toName": "Q4 2025",
            "steps": [
                {"n": "Target attainment", "v": Decimal("4.1")},
                {"n": "Growth", "v": Decimal("1.6")},
                {"n": "Collection", "v": Decimal("-1.8")},
                {"n": "Stock cover", "v": Decimal("3.3")},
                {"n": "New outlets", "v": Decimal("-0.9")},
                {"n": "Not scored", "v": Decimal("2.7")},
                {"n": "Deductions", "v": Decimal("-2")},
            ],
        },
        "compare_data": {
            "x": ["Q1", "Q2", "Q3", "Q4"],
            "series": [
                {"name": "Present scheme", "data": [51200, 48900, 61300, 71240]},
                {"name": "New scheme", "data": [48100, 52800, 66900, 79400]},
            ],
        },
        "lines_data": {
            "x": ["Oct", "Nov", "Dec", "Jan", "Feb", "Mar"],
            "series": [
                {"name": "East", "data": [120, 132, 141, 128, 135, 149]},
                {"name": "North", "data": [98, 101, 99, None, 112, 118]},
                {"name": "South", "data": [70, 74, 81, 79, 84, 90]},
            ],
        },
        "radar_data": {
            "axes": ["Capital", "Service", "Market", "Team", "Brand fit"],
            "series": [{"name": "Oubei", "v": [3, 4, 5, 3, 4]}, {"name": "Hengtai", "v": [4, 2, 3, 4, 5]}],
        },
    }


def _dealers() -> list[Thing]:
    rows = [
        ("Hangzhou Ruihe", "Hangzhou, Gold", "78.0", Decimal("7"), "good", "88.4", 892400, 62300, 41),
        ("Ningbo Haichuan", "Ningbo, Gold", "84.6", Decimal("1.2"), "", "97.1", 1318060, 0, 38),
        ("Suzhou Jinting Home", "Suzhou, Silver", "73.9", Decimal("-0.8"), "", "91.0", 604900, 18240, 55),
        ("Wuxi Taihu", "Wuxi, Silver", "61.0", Decimal("-6.4"), "bad", "74.2", 412300, 0, 96),
    ]
    names = ("name", "under", "score", "change", "verdict", "attainment", "sell_in", "overdue", "cover")
    return [Thing(**dict(zip(names, row, strict=True))) for row in rows]


def portal(*, theme: str, is_dealer: bool = False) -> dict[str, Any]:
    sections = STAFF_SECTIONS
    return {
        "brand": "Halvard",
        "sections": sections,
        "shortcuts": sections[0].items[:4],
        "unread": 2,
        "search_url": "#",
        "language_url": "#",
        "other_languages": (Language("zh-hans", "zh-Hans", "中文"),),
        "bell_url": "#",
        "account_url": "#",
        "theme_url": "#",
        "sign_out_url": "#",
        "home_url": "#",
        "theme": theme,
        "is_dealer": is_dealer,
    }
