"""Why an action did not happen, in words for the person who asked. Every edge (page, API, command) shows these as they are."""

from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise


class Refusal(Exception):
    """The action is not possible as asked. `field` names the input that must change, when one must."""

    status = 400
    code = "invalid"

    def __init__(self, message: Words, *, field: str = "", code: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
        if code:
            self.code = code


class NotThere(Refusal):
    """Absent, elsewhere, or not to be seen: one answer for all three."""

    status = 404
    code = "not_found"

    def __init__(self, message: Words = _("Not found.")) -> None:
        super().__init__(message)


class NotAllowed(Refusal):
    """The thing is visible, but this person's role may not do this to it."""

    status = 403
    code = "permission_denied"

    def __init__(self, message: Words = _("Your role does not allow this.")) -> None:
        super().__init__(message)


class WrongState(Refusal):
    """The life cycle does not allow this step from the present state."""

    status = 409
    code = "wrong_state"


class Stale(Refusal):
    """Somebody else changed it in between. Says who and when; a subclass has `words` for what is not a ticket."""

    status = 409
    code = "stale_version"
    words: Words = _("%(who)s changed this ticket at %(when)s. Look at it again before you go on.")

    def __init__(self, *, who: str, when: datetime | None, version: int) -> None:
        at = f"{timezone.localtime(when):%Y-%m-%d %H:%M:%S}" if when else ""
        super().__init__(self.words % {"who": who, "when": at})
        self.who, self.when, self.version = who, when, version


class KeyReused(Refusal):
    """An Idempotency-Key came back with another body."""

    status = 422
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__(_("This Idempotency-Key was already used for a different request."))
