"""Categories, tickets and what hangs on them."""

from complaints.models.catalogue import Category, Leaf, Urgency
from complaints.models.tickets import Assist, FilingKey, Ticket, TicketEvent, TicketPhoto

__all__ = ["Assist", "Category", "FilingKey", "Leaf", "Ticket", "TicketEvent", "TicketPhoto", "Urgency"]
