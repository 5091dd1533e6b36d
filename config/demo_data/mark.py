"""Whether this database holds the demo: the record says so, and cannot be made to forget."""

from audit import actions as audit
from audit.models import Entry
from people import actors
from tenancy import scope

LOADED = "demo.loaded"


def loaded() -> bool:
    """Whether the demo was loaded here to its end."""
    with scope.limited_to(scope.Scope(((audit.INSTALLATION, audit.INSTALLATION + 1),))):
        return Entry.objects.filter(subject_type="", subject_id="demo", action=LOADED).exists()


def set_loaded() -> None:
    audit.record("demo", LOADED, by=actors.system(), area=audit.INSTALLATION)
