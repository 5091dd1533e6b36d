"""Versions of the learned model. Reference rows: they hold weights of n-grams, and no ticket."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from complaints.learning_states import MODEL_TRANSITIONS, SHIPPED, ModelState
from people.models import User
from tenancy.scoped import ReferenceModel

_EDGES = [(old.value, new.value) for old, to in MODEL_TRANSITIONS.items() for new in to]
_CHANGED_ONCE_JUDGED = """OLD."state" <> 'candidate' AND
(OLD."content", OLD."digest", OLD."figures", OLD."shipped_texts", OLD."confirmed_texts", OLD."why") IS DISTINCT FROM
(NEW."content", NEW."digest", NEW."figures", NEW."shipped_texts", NEW."confirmed_texts", NEW."why")"""


class ModelVersion(ReferenceModel):
    """One learning of the model. A candidate is the job as well: `tries` and `try_after` say who has it in hand.

    `learnt_from` is the digest of the confirmed tickets it was made for; with the same ones nothing is learnt again. `digest`
    is the model's `made_from`. `figures` compare it with the one in use on tickets held back from both. What was not taken
    into use keeps its figures and no `content`. `problem` says why
    workers could not read it, or how learning failed.
    """

    version = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=ModelState.choices, default=ModelState.CANDIDATE)
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    learnt_from = models.CharField(max_length=64, blank=True)
    shipped_texts = models.PositiveIntegerField(default=0)
    confirmed_texts = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    content = models.BinaryField(default=bytes)
    figures = models.JSONField(default=dict)
    why = models.CharField(max_length=12, blank=True, help_text="A key of complaints.learning_states.WHY.")
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True, help_text="Why a person went back to it.")
    problem = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    try_after = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state=ModelState.LIVE), name="complaints_model_one_live"),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=ModelState.CANDIDATE), name="complaints_model_one_candidate"
            ),
            models.CheckConstraint(
                condition=Q(version=SHIPPED) | ~Q(state__in=[ModelState.LIVE, ModelState.RETIRED]) | ~Q(content=b""),
                name="complaints_model_live_has_content",
            ),
            models.CheckConstraint(
                condition=Q(chosen_at__isnull=True, chosen_by__isnull=True, reason="")
                | Q(chosen_at__isnull=False, chosen_by__isnull=False) & ~Q(reason=""),
                name="complaints_model_chosen_pair",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES),
            pgtrigger.ReadOnly(name="origin", fields=["version", "made_at", "learnt_from"]),
            pgtrigger.Protect(
                name="once_judged", operation=pgtrigger.Update, condition=pgtrigger.Condition(_CHANGED_ONCE_JUDGED)
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"
