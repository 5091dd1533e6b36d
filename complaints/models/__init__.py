"""Categories, tickets and what hangs on them."""

from complaints.models.catalogue import Category, Leaf, Urgency
from complaints.models.exports import Export
from complaints.models.following import Follow
from complaints.models.learning import ModelVersion
from complaints.models.ledger import Alarm, ClockLine, Extension
from complaints.models.notes import KnowledgeNote
from complaints.models.rules import ReplayRun, RoutingRule, RuleSet
from complaints.models.tickets import Assist, FilingKey, Ticket, TicketEvent, TicketPhoto

__all__ = [
    "Alarm",
    "Assist",
    "Category",
    "ClockLine",
    "Export",
    "Extension",
    "FilingKey",
    "Follow",
    "KnowledgeNote",
    "Leaf",
    "ModelVersion",
    "ReplayRun",
    "RoutingRule",
    "RuleSet",
    "Ticket",
    "TicketEvent",
    "TicketPhoto",
    "Urgency",
]
