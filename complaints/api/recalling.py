"""Taking a dispatch back."""

from complaints.actions import recalling
from complaints.api.serializers import Seen
from complaints.api.steps import Given, Step, step
from complaints.models import Ticket
from people.actors import Actor


@step("Take a dispatch back (撤回派单)", Seen)
class Recall(Step):
    """By the street, for ten minutes after a person dispatched it and until it is accepted: back to triage."""

    def take(self, number: str, given: Given, by: Actor) -> Ticket:
        return recalling.recall(number, by=by, **given)
