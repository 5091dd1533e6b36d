"""Categories, tickets and what hangs on them."""

from complaints.models.catalogue import Category, Leaf, Urgency
from complaints.models.exchange import Delivery, Partner, PartnerCase, SeenNonce
from complaints.models.exports import Export
from complaints.models.following import Follow
from complaints.models.learning import ModelVersion
from complaints.models.ledger import Alarm, ClockLine, Extension
from complaints.models.lists import SavedList
from complaints.models.merging import Merger
from complaints.models.notes import KnowledgeNote
from complaints.models.open311 import Open311Key
from complaints.models.ratings import CallBack, CallTry, Rating
from complaints.models.remarks import InternalNote
from complaints.models.rules import ReplayRun, RoutingRule, RuleSet
from complaints.models.tickets import Assist, FilingKey, Ticket, TicketEvent, TicketPhoto

__all__ = [
    "Alarm",
    "Assist",
    "CallBack",
    "CallTry",
    "Category",
    "ClockLine",
    "Delivery",
    "Export",
    "Extension",
    "FilingKey",
    "Follow",
    "InternalNote",
    "KnowledgeNote",
    "Leaf",
    "Merger",
    "ModelVersion",
    "Open311Key",
    "Partner",
    "PartnerCase",
    "Rating",
    "ReplayRun",
    "RoutingRule",
    "RuleSet",
    "SavedList",
    "SeenNonce",
    "Ticket",
    "TicketEvent",
    "TicketPhoto",
    "Urgency",
]
