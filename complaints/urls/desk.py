"""Routes of the desk and of the steps on a ticket. Rating, doing again and withdrawing stand with the reporters' routes."""

from django.urls import URLPattern, path

from complaints.views import board, bulk, desk, drafts, merging, publishing, remarks, saved_lists, splitting, steps, tickets

HERE = (
    *("accept", "give_back", "arbitrate", "resolve", "dispatch", "recall", "reply_directly", "refuse", "close", "unpublish"),
    *("assist", "answer_assist", "end_assist", "contact", "arrive", "ask", "resume"),
    *("ask_extension", "grant_extension", "refuse_extension", "recategorise", "nudge", "supervise", "unmerge"),
)
urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/dispatch/", bulk.bulk, name="bulk"),
    path("desk/dispatch/undo/", bulk.undo, name="bulk_undo"),
    path("desk/board/", board.board, name="board"),
    path("desk/lists/", saved_lists.saved_lists, name="saved_lists"),
    path("desk/lists/<int:saved_id>/remove/", saved_lists.remove, name="saved_list_remove"),
    path("tickets/<number:number>/", tickets.ticket, name="ticket"),
    *(
        path(f"tickets/<number:number>/{action.replace('_', '-')}/", steps.step, {"action": action}, name=action)
        for action in HERE
    ),
    path("tickets/<number:number>/draft/<slug:action>/", drafts.draft, name="draft"),
    path("tickets/<number:number>/publish/", publishing.publish, name="publish"),
    path("tickets/<number:number>/split/", splitting.split, name="split"),
    path("tickets/<number:number>/merge/", merging.merge, name="merge"),
    path("tickets/<number:number>/internal-notes/", remarks.add, name="internal_note"),
    path("tickets/<number:number>/reveal/", steps.reveal, name="reveal"),
    path("tickets/<number:number>/suggest/", steps.suggest, name="suggest"),
    path("tickets/<number:number>/times/", steps.times, name="times"),
]
