"""A contract and a certificate as papers tell them: facts for `contracts/papers/`, worded in the active language."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from contracts.differences import Change
from contracts.models import Certificate, Contract, Grant, Mode, ReviewRhythm, Target, Tool
from contracts.sheet import Earned, Progress, Sheet, ShownLimit
from core import countries, formatting
from dealers.models import Company, Dealer

type Pair = tuple[str, str]
type Table = dict[str, Any]


# ---- the contract ----------------------------------------------------------------------------
def contract_paper(
    sheet: Sheet, *, edition: int, made_at: datetime, changes: Sequence[Change] | None = None
) -> dict[str, Any]:
    """All terms, as agreed. `edition` 0 is a draft, which nobody can sign. An amendment says first what changes."""
    contract = sheet.contract
    number = (
        _("Amendment %(number)s") % {"number": contract.number}
        if contract.is_amendment()
        else _("Contract %(number)s") % {"number": contract.number}
    )
    state = (
        _("Edition %(edition)d of %(day)s") % {"edition": edition, "day": formatting.day(made_at)}
        if edition
        else _("Draft of %(day)s, not an offer") % {"day": formatting.day(made_at)}
    )
    return {
        "kind": _("Amendment to the dealer contract") if contract.is_amendment() else _("Dealer contract"),
        "title": number,
        "author": contract.company.local_name,
        "made_at": made_at.isoformat(),
        "state": state,
        "is_draft": not edition,
        "mark": pgettext("contract", "Draft"),
        "foot": formatting.listed([number, state]),
        "between": _("between %(company)s and %(dealer)s")
        % {"company": contract.company.local_name, "dealer": contract.dealer.registered_name or contract.dealer},
        "parties": {
            "title": _("The parties"),
            "sides": [_company(contract.company), _dealer(contract.dealer)],
        },
        "changes": _changes(sheet, changes),
        "grants": _grants(sheet),
        "term": _term(contract),
        "targets": _targets(sheet.targets),
        "rebates": _rebates(sheet.rebates),
        "prices": _prices(sheet.limits),
        "payment": _payment(contract),
        "meetings": _meetings(sheet.rhythms),
        "special": {"title": _("Special terms"), "text": contract.special_terms},
        "closing": _closing(contract),
        "signatures": _places_to_sign(contract),
    }


def _changes(sheet: Sheet, changes: Sequence[Change] | None) -> dict[str, Any] | None:
    contract = sheet.contract
    if changes is None or contract.amends is None:
        return None
    return {
        "title": _("What this amendment changes"),
        "sentence": _("From %(day)s on, the contract %(number)s reads as follows. It changes in what is listed here; "
                      "everything else stays as it was.")
        % {"day": formatting.long_day(contract.starts_on), "number": contract.amends.number},
        "table": {
            "titles": [pgettext("of a contract", "Term"), _("Until now"), _("From then on")],
            "rows": [[one.what, one.before, one.after] for one in changes],
        },
        "none": _("Nothing changes."),
    }  # fmt: skip


def _company(company: Company) -> dict[str, Any]:
    facts = [(_("Registration number"), company.registration_number), (_("Address"), company.address)]
    return {"label": pgettext("party", "The manufacturer"), "name": company.local_name, "facts": _known(facts)}


def _dealer(dealer: Dealer) -> dict[str, Any]:
    address = countries.address(dealer.street, dealer.postal_code, dealer.city, dealer.country)
    facts = [
        (_("Dealer code"), dealer.code),
        (_("Registration number"), dealer.registration_number),
        (_("Tax number"), dealer.tax_number),
        (_("Legal representative"), dealer.legal_representative),
        (_("Address"), address),
    ]
    return {
        "label": pgettext("party", "The dealer"),
        "name": dealer.registered_name or dealer.local_name,
        "facts": _known(facts),
    }


def _known(facts: Iterable[Pair]) -> list[Pair]:
    return [(label, value) for label, value in facts if value]


def _grants(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": _("Territory and product lines"),
        "sentences": [
            _("The manufacturer grants the dealer the right to sell the following product lines in the following "
              "territories, or at the sales points named, for the time stated.")
        ],
        "table": {
            "titles": [
                _("Territory or sales points"), _("Without"), _("Product line"), _("Exclusivity"),
                pgettext("first day", "From"), _("Until"),
            ],
            "rows": [
                [
                    _where(one.grant),
                    formatting.listed(_left_out(one.grant)) or "–",
                    _line(one.grant),
                    one.exclusivity,
                    formatting.iso_day(one.grant.starts_on),
                    formatting.iso_day(one.grant.ends_on),
                ]
                for one in sheet.grants
            ],
        },
        "none": _("Nothing is granted."),
        "outside": _outside(sheet.rules.modes),
    }  # fmt: skip


def _outside(modes: Mapping[Tool, Mode]) -> list[str]:
    """What holds outside the territory, as far as the rules of the place let one agree it."""
    active = {
        Mode.ENFORCE: _("The dealer does not canvass customers outside the territory without the manufacturer's "
                        "consent."),
        Mode.OFF: _("Active sales outside the territory are not restricted."),
    }  # fmt: skip
    passive = {
        Mode.ENFORCE: _("Unsolicited orders from outside the territory are passed on to the manufacturer."),
        Mode.OFF: _("Unsolicited orders from outside the territory may be served."),
    }
    return [
        active.get(modes.get(Tool.ACTIVE_SALES, Mode.OFF), _("Active sales outside the territory are only recorded.")),
        passive.get(
            modes.get(Tool.PASSIVE_SALES, Mode.OFF),
            _("Unsolicited orders from outside the territory are only recorded."),
        ),
    ]


def _where(grant: Grant) -> str:
    if grant.territory:
        return grant.territory.local_name
    return formatting.listed(grant.named)


def _left_out(grant: Grant) -> list[str]:
    if grant.territory is None:
        return []
    return [*grant.spared, *grant.named]


def _line(grant: Grant) -> str:
    return grant.line.local_name if grant.line else _("all product lines")


def _term(contract: Contract) -> dict[str, Any]:
    after = (
        _("It goes on by a year each time unless one side gives notice.")
        if contract.prolongs
        else _("It ends with its term.")
    )
    days = ngettext("%(count)d day", "%(count)d days", contract.notice_days) % {"count": contract.notice_days}
    return {
        "title": _("Term and notice"),
        "facts": [
            (_("Term"), _span(contract.starts_on, contract.ends_on)),
            (_("After its term"), after),
            (_("Notice period"), days),
            (
                _("Notice for the end of the term"),
                _("by %(day)s at the latest") % {"day": formatting.long_day(contract.notice_deadline())},
            ),
        ],
    }


def _span(start: date, end: date) -> str:
    return _("%(start)s to %(end)s") % {"start": formatting.long_day(start), "end": formatting.long_day(end)}


# ---- targets ---------------------------------------------------------------------------------
def _targets(found: Sequence[Progress]) -> dict[str, Any]:
    return {
        "title": _("Targets"),
        "none": _("No target is agreed in this contract."),
        "list": [_target(one.target) for one in found],
    }


def _target(target: Target) -> dict[str, Any]:
    line = target.line.local_name if target.line else _("all product lines")
    is_money = target.measure == Target.Measure.AMOUNT
    total = formatting.money(target.total, target.currency) if is_money else formatting.number(target.total)
    notes = []
    if target.growth is not None and target.basis is not None:
        notes.append(
            _("Last year %(basis)s, and %(growth)s on top.")
            % {"basis": formatting.number(target.basis), "growth": formatting.rate(target.growth)}
        )
    if not target.is_assessed:
        notes.append(_("Agreed, but not assessed in the first year."))
    return {
        "title": _("%(measure)s: %(line)s") % {"measure": target.get_measure_display(), "line": line},
        "facts": [
            (_("Time"), _span(target.starts_on, target.ends_on)),
            (_("Target"), total),
            (_("Remark"), " ".join(notes)),
        ],
        "table": _by_quarter(target),
    }


def _by_quarter(target: Target) -> Table:
    """The months in rows of three, each with the sum of its quarter."""
    quarters: dict[tuple[int, int], dict[int, Decimal]] = {}
    for month, value in target.shares:
        quarters.setdefault((month.year, (month.month - 1) // 3), {})[month.month] = value
    # to the cent where a share has cents: what stands here adds up
    shares = [value for values in quarters.values() for value in values.values()]
    digits = 0 if all(value == value.to_integral_value() for value in shares) else 2
    rows = []
    for (year, quarter), values in quarters.items():
        months = [values.get(3 * quarter + place) for place in (1, 2, 3)]
        cells = ["–" if value is None else formatting.number(value, digits) for value in months]
        name = _("Quarter %(number)d, %(year)d") % {"number": quarter + 1, "year": year}
        rows.append([name, *cells, formatting.number(sum(values.values(), Decimal(0)), digits)])
    unit = formatting.unit(target.currency) if target.currency else _("pieces")
    sum_title = _("Sum of the quarter, %(unit)s") % {"unit": unit}
    names = [
        pgettext("of a quarter", "First month"),
        pgettext("of a quarter", "Second month"),
        pgettext("of a quarter", "Third month"),
    ]
    titles = [pgettext("of a target", "Quarter"), *names, sum_title]
    return {"titles": titles, "rows": rows, "figures": [1, 2, 3, 4]}


# ---- rebates and prices ----------------------------------------------------------------------
def _rebates(found: Sequence[Earned]) -> dict[str, Any]:
    return {
        "title": _("Rebates"),
        "none": _("No rebate is agreed."),
        "sentence": _("Measured on purchases from the manufacturer, net of returns and of tax. "
                      "Reached means equal to or above."),
        "agreed": pgettext("reading of a rebate", "agreed"),
        "compared": pgettext("reading of a rebate", "for comparison, not agreed"),
        "list": [_rebate(one) for one in found],
    }  # fmt: skip


def _rebate(earned: Earned) -> dict[str, Any]:
    term = earned.term
    unit = formatting.unit(term.currency)
    return {
        "title": term.name,
        "facts": [
            (_("Product line"), term.line.local_name if term.line else _("all product lines")),
            (_("Counted by"), str(term.get_period_display())),
            (_("How the tiers are read"), str(term.get_method_display())),
            (_("At most in a period"), formatting.money(term.cap, term.currency) if term.cap else _("no cap")),
            (_("Paid as"), str(term.get_payout_display())),
        ],
        "table": {
            "titles": [
                pgettext("of a rebate", "Tier"),
                _("Reached from, %(unit)s") % {"unit": unit},
                pgettext("of a rebate", "Rate"),
                _("At the threshold pays, %(unit)s") % {"unit": unit},
            ],
            "rows": [[str(cell) for cell in row] for row in earned.rows],
            "figures": [1, 2, 3],
        },
        "example": _("Worked through for a turnover of %(turnover)s:")
        % {"turnover": formatting.money(term.example, term.currency)},
        "readings": [
            {"title": one.title, "working": one.calculation, "total": f"{one.total} {unit}", "is_agreed": one.is_agreed}
            for one in earned.readings
        ],
    }


def _prices(found: Sequence[ShownLimit]) -> dict[str, Any]:
    return {
        "title": _("Prices for the market"),
        "none": _("No prices are agreed or recommended. The dealer sets his resale prices himself."),
        "table": {
            "titles": [_("Product or line"), _("Kind"), _("Price"), _("How far it reaches"), _("What follows")],
            "rows": [
                [
                    str(one.limit.product or one.limit.line),
                    str(one.limit.get_tool_display()),
                    formatting.money_exact(one.limit.price, one.limit.currency),
                    one.mode,
                    one.why,
                ]
                for one in found
            ],
            "figures": [2],
        },
    }


def _payment(contract: Contract) -> dict[str, Any]:
    days = ngettext("%(count)d day", "%(count)d days", contract.payment_days) % {"count": contract.payment_days}
    limit, least, money = contract.credit_limit, contract.minimum_purchase, formatting.money
    orders = (
        _("Open orders use it up; orders on hold or shipped do not count.")
        if contract.credit_counts_orders
        else _("Open orders do not use it up.")
    )
    facts: list[Pair] = [
        (_("Payment term"), days),
        (_("Credit limit"), money(limit, contract.currency) if limit is not None else _("none")),
        (_("Open orders"), orders if limit is not None else ""),
        (_("Minimum purchase a year"), money(least, contract.currency) if least is not None else _("none")),
        (_("Currency"), contract.currency),
    ]
    return {"title": _("Payment, credit and purchases"), "facts": facts}


def _meetings(found: Sequence[ReviewRhythm]) -> dict[str, Any]:
    return {
        "title": _("Review meetings"),
        "sentences": [
            _("Both sides review their cooperation together: strategy, progress, results and what each expects of the "
              "other. Invitations follow the rhythm below, moved off weekends and holidays.")
        ] if found else [],
        "none": _("No rhythm of meetings is agreed."),
        "table": {
            "titles": [
                pgettext("of a meeting", "Level"), _("How often"), pgettext("of a meeting", "How"), _("Preferred day"),
            ],
            "rows": [
                [str(one.get_level_display()), str(one.get_every_display()), str(one.get_mode_display()), one.preferred]
                for one in found
            ],
        },
    }  # fmt: skip


# ---- signing ---------------------------------------------------------------------------------
def _closing(contract: Contract) -> dict[str, Any]:
    return {
        "title": _("Signature and filing"),
        "clauses": [
            _("This contract is drawn up in English and in Chinese, of the same content. Where the two differ, the "
              "document that was signed counts."),
            _("It may be signed electronically or on paper. The document that was signed is named by its SHA-256 "
              "checksum, which both sides find beside it in the portal."),
            _("It comes into force when both sides have signed it and the manufacturer has put it on file, at the "
              "earliest on %(day)s.") % {"day": formatting.long_day(contract.starts_on)},
            _("Changes are made in writing, in an amendment that both sides sign."),
        ],
    }  # fmt: skip


def _places_to_sign(contract: Contract) -> list[dict[str, Any]]:
    lines = [_("Name and position"), _("Place and date"), _("Signature and seal")]
    dealer = contract.dealer.registered_name or contract.dealer.local_name
    return [
        {"label": _("For the manufacturer"), "name": contract.company.local_name, "lines": lines},
        {"label": _("For the dealer"), "name": dealer, "lines": lines},
    ]


# ---- the certificate -------------------------------------------------------------------------
def certificate_paper(
    certificate: Certificate, grants: Sequence[Grant], squares: list[list[int]], *, until: date
) -> dict[str, Any]:
    contract = certificate.contract
    dealer, company = contract.dealer, contract.company
    address = f"{settings.SITE_URL}{certificate.check_url}"
    return {
        "kind": _("Certificate of authorisation"),
        "title": _("Certificate of authorisation %(number)s") % {"number": certificate},
        "author": company.local_name,
        "made_at": certificate.issued_at.isoformat(),
        "brand": settings.MANUFACTURER_NAME,
        "opening": _("%(company)s certifies that") % {"company": company.local_name},
        "dealer": dealer.registered_name or dealer.local_name,
        "dealer_other": dealer.other_name if dealer.other_name != dealer.registered_name else "",
        "statement": _("is an authorised dealer for the following product lines and territories:"),
        "table": {
            "titles": [_("Product line"), _("Territory or sales points"), _("Without")],
            "rows": [[_line(one), _where(one), formatting.listed(_left_out(one)) or "–"] for one in grants],
        },
        "facts": [
            (pgettext("authorisation", "Valid"), _span(contract.starts_on, until)),
            (_("Certificate number"), str(certificate)),
            (_("Filed as"), contract.filing_number),
            (_("Issued"), formatting.long_day(certificate.issued_at)),
        ],
        "check": {
            "title": _("Is it in force today?"),
            "text": _("Scan the code, or type the certificate number at %(address)s.")
            % {"address": f"{settings.SITE_URL}/authorisation/"},
            "address": address,
            "squares": squares,
            "alt": _("QR code with the address %(address)s") % {"address": address},
        },
        "signature": {"name": company.local_name, "line": _("Signature and seal")},
    }
