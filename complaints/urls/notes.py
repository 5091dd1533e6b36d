"""Routes of knowledge notes."""

from django.urls import URLPattern, path

from complaints.views import note_sheets, notes

ONE = "desk/notes/<int:note_id>/"
urlpatterns: list[URLPattern] = [
    path("desk/notes/", notes.overview, name="notes"),
    path("desk/notes/write/", notes.write, name="note_write"),
    path("desk/notes/take-over/", notes.take_over, name="note_take_over"),
    path("desk/notes/of/<place:owner>/excel/", note_sheets.download, name="note_download"),
    path("desk/notes/of/<place:owner>/import/", note_sheets.upload, name="note_upload"),
    path(ONE, notes.note, name="note"),
    path(f"{ONE}change/", notes.change, name="note_change"),
    *(path(f"{ONE}{action.replace('_', '-')}/", notes.step, {"action": action}, name=f"note_{action}") for action in notes.STEPS),
]
