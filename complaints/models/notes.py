"""Knowledge notes (知识库): what a street or county has ready to say, to thanks and questions or at a step on a ticket.

Reference rows: they hold what an office says to everybody, and nothing about anybody.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from complaints.note_states import NOTE_FIRST, NOTE_TRANSITIONS, NoteState, Way
from people.models import User
from tenancy.scoped import ReferenceModel

_EDGES = [(old.value, new.value) for old, to in NOTE_TRANSITIONS.items() for new in to]


class KnowledgeNote(ReferenceModel):
    """One prepared answer of a place. Nothing is deleted: a note that is withdrawn is no longer offered, and can be put back.

    `version` is raised by every change. `changed_by` is whoever wrote, changed, withdrew or put it back last. `example` marks
    what came with Mulin and was taken over unread (示例数据); whoever changes it makes it the office's own.
    """

    area = models.BigIntegerField(help_text="The street or county that owns it.")
    name = models.CharField(max_length=60)
    way = models.CharField(max_length=20, choices=Way.choices)
    words = models.JSONField(default=list, help_text="It fits a text with one of these; none: every text of its way.")
    steps = models.JSONField(default=list, help_text="Standard words: for which steps (`Worded`). Otherwise none.")
    leaves = models.JSONField(default=list, help_text="Standard words: for which kinds of complaints; none: for all.")
    source = models.CharField(max_length=120, help_text="Law and article, or “own”.")
    text = models.CharField(max_length=2000)
    review_on = models.DateField(null=True, help_text="From then on it is said to need checking.")
    example = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=NoteState.choices, default=NOTE_FIRST)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["area", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], condition=Q(state=NoteState.LIVE), name="complaints_note_name_once"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="complaints_note_known_way"),
            models.CheckConstraint(
                condition=Q(Q(way=Way.STANDARD) & ~Q(steps=[]) & Q(words=[]))
                | Q(~Q(way=Way.STANDARD) & Q(steps=[]) & Q(leaves=[])),
                name="complaints_note_steps_of_standard_words",
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(text="") & ~Q(source=""), name="complaints_note_says_something"),
        ]
        triggers = [
            pgtrigger.FSM(name="life_cycle", field="state", transitions=_EDGES),
            # The place may change: re-coding carries notes along.
            pgtrigger.ReadOnly(name="origin", fields=["written_at", "written_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name
