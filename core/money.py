"""Money: currencies by ISO 4217, one rounding rule by name, splits that lose nothing."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CURRENCIES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG
    QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905
)
_NO_MINOR = frozenset(
    """
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
    """.split()  # noqa: SIM905
)
_THREE_MINOR = frozenset(
    """
    BHD IQD JOD KWD LYD OMR TND
    """.split()  # noqa: SIM905
)


def minor_unit(currency: str) -> Decimal:
    """The smallest step of a currency: 0.01 for most, 1 for the yen, 0.001 for the dinar."""
    if currency in _NO_MINOR:
        return Decimal(1)
    return Decimal("0.001") if currency in _THREE_MINOR else Decimal("0.01")


def half_up(amount: Decimal, currency: str) -> Decimal:
    """Round to the currency's smallest step, halves away from zero ("commercial rounding")."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Divide an amount by weights so that the parts add up exactly: largest remainder, ties by position.

    Raises ValueError when no weight is positive or the amount is not a whole number of smallest steps.
    """
    total = sum(weights, Decimal(0))
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("An amount can only be split by weights of which one at least is positive.")
    unit = minor_unit(currency)
    units = amount / unit
    if units != units.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of {unit} {currency}.")
    sign = -1 if units < 0 else 1
    whole = abs(int(units))
    shares = [whole * weight / total for weight in weights]
    parts = [int(share) for share in shares]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - shares[i], i))
    for i in order[: whole - sum(parts)]:
        parts[i] += 1
    return [sign * part * unit for part in parts]
