"""Knowledge notes through the API: reading, writing, changing, withdrawing, putting back."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints import note_queries, prepared
from complaints.actions import notes
from complaints.models import KnowledgeNote
from complaints.note_checks import LONGEST_NAME, LONGEST_SOURCE, LONGEST_TEXT, Content
from complaints.note_permissions import reads_some_notes
from complaints.note_states import OWN, NoteState, Way, Worded
from complaints.rule_checks import LONGEST_WORD
from people.api.requests import View, actor_of
from tenancy.api import keyset
from tenancy.api.schema import operation
from tenancy.api.serializers import Place, Strict, Text, Version
from tenancy.refusals import NotThere
from tenancy.text import clean

LONGEST_SEARCH = 60
MOST_SENT = 100


class NoteShown(serializers.Serializer[Any]):
    """A knowledge note of a street or county."""

    id = serializers.IntegerField()
    area = serializers.IntegerField()
    version = serializers.IntegerField(help_text="To be sent with each step; every change raises it.")
    state = serializers.ChoiceField(choices=NoteState.choices)
    name = serializers.CharField()
    way = serializers.ChoiceField(choices=Way.choices)
    words = serializers.ListField(child=serializers.CharField())
    steps = serializers.ListField(child=serializers.ChoiceField(choices=Worded.choices))
    leaves = serializers.ListField(child=serializers.CharField(), help_text="Codes of the catalogue.")
    source = serializers.CharField(help_text="Law and article, or `own`.")  # type: ignore[assignment]  # a field of ours
    text = serializers.CharField()
    review_on = serializers.DateField(allow_null=True)
    overdue = serializers.BooleanField(help_text="That day has passed. The note is still offered.")
    example = serializers.BooleanField(help_text="It came with Mulin, and nobody has changed it yet.")
    written_at = serializers.DateTimeField()
    written_by = serializers.CharField()
    changed_at = serializers.DateTimeField()
    changed_by = serializers.CharField()


class NotePage(serializers.Serializer[Any]):
    results = NoteShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Path and query of the next page.")
    previous = serializers.CharField(allow_null=True)


class NoteQuery(keyset.PageQuery):
    area = Place(required=False, help_text="Only notes of this street or county.")
    way = serializers.ChoiceField(required=False, choices=Way.choices)
    state = serializers.ChoiceField(required=False, choices=NoteState.choices)
    q = Text(required=False, longest=LONGEST_SEARCH, help_text="In name, words, source or text.")


class NoteGiven(Strict):
    """What a note says."""

    name = Text(longest=LONGEST_NAME)
    way = serializers.ChoiceField(choices=Way.choices)
    words = serializers.ListField(
        child=Text(longest=LONGEST_WORD),
        required=False,
        default=list,
        max_length=MOST_SENT,
        help_text="It fits a text with one of these; none: every text of its way.",
    )
    steps = serializers.ListField(
        child=serializers.ChoiceField(choices=Worded.choices),
        required=False,
        default=list,
        max_length=MOST_SENT,
        help_text="Of standard words, and of no other note: for which steps.",
    )
    leaves = serializers.ListField(
        child=Text(longest=LONGEST_WORD),
        required=False,
        default=list,
        max_length=MOST_SENT,
        help_text="Of standard words: only for these kinds, by code; none: for all.",
    )
    source = Text(  # type: ignore[assignment]  # a field of ours
        longest=LONGEST_SOURCE, required=False, default=OWN, help_text="Law and article, or `own`."
    )
    text = Text(longest=LONGEST_TEXT)
    review_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="From then on it is to be checked."
    )


class Written(NoteGiven):
    """A new note."""

    area = Place(help_text="The street or county.")


class NoteReplaced(NoteGiven):
    """All of a note's content."""

    version = Version(help_text="The version of the note that was looked at.")


class SeenNote(Strict):
    """The version of the note that was looked at."""

    version = Version(help_text="The version of the note that was looked at.")


class TakenOver(Strict):
    """A county without notes of its own."""

    area = Place(help_text="The county.")


class NotesTaken(serializers.Serializer[Any]):
    results = NoteShown(many=True)


_TAKEN = (
    "area",
    "version",
    "state",
    "name",
    "way",
    "words",
    "steps",
    "leaves",
    "source",
    "text",
    "review_on",
    "example",
    "written_at",
    "changed_at",
)


def full(note: KnowledgeNote) -> dict[str, Any]:
    return _shown([note])[0]


def _shown(found: Iterable[KnowledgeNote]) -> list[dict[str, Any]]:
    today = note_queries.today()
    return [_as_shown(note, today) for note in found]


def _as_shown(note: KnowledgeNote, today: date) -> dict[str, Any]:
    kept = {name: getattr(note, name) for name in _TAKEN}
    people = {"written_by": note.written_by.label, "changed_by": note.changed_by.label}
    return dict(NoteShown({"id": note.pk, **kept, **people, "overdue": prepared.of_row(note).overdue(today)}).data)


def _content(given: dict[str, Any]) -> Content:
    return Content(**{name: given[name] for name in notes.CONTENT})


def _step(request: Request, note_id: int, asks: type[Strict]) -> dict[str, Any]:
    """What was sent; what does not exist for the caller is 404, whatever the body."""
    asked = asks(data=request.data)
    if not asked.is_valid():
        note_queries.get_note(actor_of(request), note_id)
        raise serializers.ValidationError(asked.errors)
    return dict(asked.validated_data)


class NotesView(View):
    """Notes that the caller may read."""

    @operation(NotePage, summary="Knowledge notes", operation_id="notes_list", query=NoteQuery, refuses={404})
    def get(self, request: Request) -> Response:
        """Of all streets and counties whose notes the caller reads, the newest first, withdrawn ones included."""
        if not reads_some_notes(actor_of(request)):
            raise NotThere
        query = keyset.query_of(request, NoteQuery)
        words = clean(query.pop("q", ""), field="q", longest=LONGEST_SEARCH, required=False)
        asked = {name: query.pop(name) for name in ("area", "way", "state") if name in query}
        rows = note_queries.searched(note_queries.readable(actor_of(request)).filter(**asked), words)
        page = keyset.page(request, rows, order=("-pk",), **query)
        return Response(NotePage({"results": _shown(page.rows), "next": page.next, "previous": page.previous}).data)

    @operation(NoteShown, summary="Write a note", asks=Written, status=201, refuses={404, 429}, operation_id="notes_write")
    def post(self, request: Request) -> Response:
        """A new note of a street or county, offered at once."""
        asked = Written(data=request.data)
        asked.is_valid(raise_exception=True)
        given = dict(asked.validated_data)
        return Response(full(notes.write(area=given["area"], content=_content(given), by=actor_of(request))), status=201)


class NoteView(View):
    """One note."""

    @operation(NoteShown, summary="A knowledge note", refuses={404}, operation_id="notes_get")
    def get(self, request: Request, note_id: int) -> Response:
        """As it stands now."""
        return Response(full(note_queries.get_note(actor_of(request), note_id)))

    @operation(NoteShown, summary="Change a note", asks=NoteReplaced, refuses={404, 409, 429}, operation_id="notes_change")
    def put(self, request: Request, note_id: int) -> Response:
        """All of its content. 409 when somebody changed it meanwhile, or when it is withdrawn."""
        given = _step(request, note_id, NoteReplaced)
        changed = notes.change(note_id, content=_content(given), by=actor_of(request), version=given["version"])
        return Response(full(changed))


class WithdrawView(View):
    """Offering a note no longer."""

    @operation(NoteShown, summary="Withdraw a note", asks=SeenNote, refuses={404, 409, 429}, operation_id="notes_withdraw")
    def post(self, request: Request, note_id: int) -> Response:
        """It stays among the withdrawn ones and can be put back."""
        given = _step(request, note_id, SeenNote)
        return Response(full(notes.withdraw(note_id, by=actor_of(request), version=given["version"])))


class PutBackView(View):
    """Offering a note again."""

    @operation(NoteShown, summary="Put a note back", asks=SeenNote, refuses={404, 409, 429}, operation_id="notes_put_back")
    def post(self, request: Request, note_id: int) -> Response:
        """A withdrawn note is offered again, as it was."""
        given = _step(request, note_id, SeenNote)
        return Response(full(notes.put_back(note_id, by=actor_of(request), version=given["version"])))


class TakeOverView(View):
    """The notes that come with Mulin."""

    @operation(
        NotesTaken,
        summary="Take the shipped notes over",
        asks=TakenOver,
        status=201,
        refuses={404, 409, 429},
        operation_id="notes_take_over",
    )
    def post(self, request: Request) -> Response:
        """As a county's own, marked as examples. 409 for a county that has notes already."""
        asked = TakenOver(data=request.data)
        asked.is_valid(raise_exception=True)
        made = notes.take_over(area=asked.validated_data["area"], by=actor_of(request))
        return Response(NotesTaken({"results": _shown(made)}).data, status=201)
