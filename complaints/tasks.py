"""What workers do with tickets. Messages carry ids only; the row decides whether there is anything to do."""

from celery import shared_task

from complaints.actions import closing, routing

BATCH = 100


@shared_task(name="complaints.route")
def route(ticket_id: int, area: int) -> str:
    """Route one ticket just filed."""
    claimed = routing.claim(ticket_id, area)
    if claimed is None:
        return "nothing to do"
    return str(routing.route_claimed(*claimed))


@shared_task(name="complaints.sweep")
def sweep() -> int:
    """Route every ticket whose bell was lost, emergencies first. Several workers share the backlog."""
    routed = 0
    while claimed := routing.claim_waiting(BATCH):
        for row in claimed:
            routing.route_claimed(*row)
            routed += 1
        if routed >= 20 * BATCH:  # leave before the time limit; the next beat goes on
            break
    return routed


@shared_task(name="complaints.close_answered")
def close_answered() -> int:
    """Close tickets that were answered long ago and never rated."""
    return closing.close_answered()
