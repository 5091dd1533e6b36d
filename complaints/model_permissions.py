"""Who reads the versions of the learned model, and who may go back to an older one (own rule)."""

from people.actors import Actor
from people.roles import Role

READERS = frozenset({Role.COUNTY_CLERK, Role.SYSTEM_ADMIN})


def may_read_models(actor: Actor) -> bool:
    """The county desk, whose dispatching it serves, and the system administrator, who keeps it running."""
    return not actor.roles.isdisjoint(READERS)


def may_choose_model(actor: Actor) -> bool:
    """The same people: a model that sends tickets astray must be stopped by whoever sees it first."""
    return may_read_models(actor)
