"""Who looks for tickets by the person, and who takes lists out."""

from complaints.worklist import has_desk
from people.actors import Actor
from people.roles import OF_AN_ORGANISATION


def may_look_up_reporters(actor: Actor) -> bool:
    """Whoever may look up the reporter of some ticket at all; of each that is found, `permissions.may_reveal` decides."""
    return not actor.roles.isdisjoint(OF_AN_ORGANISATION)


def may_export(actor: Actor) -> bool:
    """Whoever has a desk: its list, and nothing that does not stand on it."""
    return has_desk(actor)
