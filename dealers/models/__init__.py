"""Who, where, what. One file per concept; `dealers.models` names them all."""

from dealers.models.approval import Approval
from dealers.models.bank_account import BankAccount
from dealers.models.company import Company
from dealers.models.contact import Contact
from dealers.models.dealer import BrandCarried, Dealer, InternalNote
from dealers.models.deputy import Deputy
from dealers.models.document import Document
from dealers.models.event import Delivery, Event, EventPersonal
from dealers.models.invitation import Invitation
from dealers.models.letter import Letter
from dealers.models.outlet import Outlet, OutletIdentity, Terminal
from dealers.models.person import Person, User
from dealers.models.product import Product, ProductLine
from dealers.models.role import Assignment, SeededRight
from dealers.models.session import Session
from dealers.models.sign_in import SignIn
from dealers.models.territory import Territory

__all__ = [
    "Approval",
    "Assignment",
    "BankAccount",
    "BrandCarried",
    "Company",
    "Contact",
    "Dealer",
    "Delivery",
    "Deputy",
    "Document",
    "Event",
    "EventPersonal",
    "InternalNote",
    "Invitation",
    "Letter",
    "Outlet",
    "OutletIdentity",
    "Person",
    "Product",
    "ProductLine",
    "SeededRight",
    "Session",
    "SignIn",
    "Terminal",
    "Territory",
    "User",
]
