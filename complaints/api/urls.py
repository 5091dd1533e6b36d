"""Tickets and the catalogue."""

from django.urls import URLPattern, path

from complaints.api import calls, following, models, notes, previews, rates, recalling, remarks, rules, saved_lists, searching
from complaints.api.photos import PhotoView
from complaints.api.steps import STEPS
from complaints.api.tickets import ClocksView, LeavesView, OrganisationsView, TicketsView, TicketView

urlpatterns: list[URLPattern] = [
    path("tickets/", TicketsView.as_view(), name="api_tickets"),
    path("tickets/search/", searching.SearchView.as_view(), name="api_tickets_search"),
    path("tickets/alike/", following.AlikeView.as_view(), name="api_tickets_alike"),
    path("tickets/<number:number>/follow/", following.Follow.as_view(), name="api_ticket_follow"),
    path("tickets/<number:number>/unfollow/", following.Unfollow.as_view(), name="api_ticket_unfollow"),
    path("tickets/<number:number>/", TicketView.as_view(), name="api_ticket"),
    path("tickets/<number:number>/clocks/", ClocksView.as_view(), name="api_ticket_clocks"),
    path("tickets/<number:number>/internal-notes/", remarks.InternalNotesView.as_view(), name="api_ticket_internal_notes"),
    path("tickets/<number:number>/standard-words/", previews.StandardWordsView.as_view(), name="api_ticket_standard_words"),
    path("tickets/<number:number>/recall/", recalling.Recall.as_view(), name="api_ticket_recall"),
    path("tickets/<number:number>/preview/", previews.PreviewView.as_view(), name="api_ticket_preview"),
    path("tickets/<number:number>/organisations/", OrganisationsView.as_view(), name="api_ticket_organisations"),
    path("tickets/<number:number>/photos/<uuid:photo_id>/", PhotoView.as_view(), name="api_ticket_photo"),
    *(path(f"tickets/<number:number>/{name}/", step.as_view(), name=f"api_ticket_{name}") for name, step in STEPS.items()),
    path("saved-lists/", saved_lists.SavedListsView.as_view(), name="api_saved_lists"),
    path("saved-lists/<int:saved_id>/remove/", saved_lists.RemoveView.as_view(), name="api_saved_list_remove"),
    path("rules/", rules.RuleSetsView.as_view(), name="api_rule_sets"),
    path("rules/<int:ruleset_id>/", rules.RuleSetView.as_view(), name="api_rule_set"),
    path("rules/<int:ruleset_id>/propose/", rules.ProposeView.as_view(), name="api_rules_propose"),
    path("rules/<int:ruleset_id>/publish/", rules.PublishView.as_view(), name="api_rules_publish"),
    path("rules/<int:ruleset_id>/send-back/", rules.SendBackView.as_view(), name="api_rules_send_back"),
    path("rules/<int:ruleset_id>/withdraw/", rules.WithdrawView.as_view(), name="api_rules_withdraw"),
    path("rules/<int:ruleset_id>/roll-back/", rules.RollBackView.as_view(), name="api_rules_roll_back"),
    path("rules/<int:ruleset_id>/replay/", rules.ReplaysView.as_view(), name="api_rules_replay"),
    path("rules/replays/<int:run_id>/", rules.ReplayView.as_view(), name="api_rules_replay_get"),
    path("notes/", notes.NotesView.as_view(), name="api_notes"),
    path("notes/take-over/", notes.TakeOverView.as_view(), name="api_notes_take_over"),
    path("notes/<int:note_id>/", notes.NoteView.as_view(), name="api_note"),
    path("notes/<int:note_id>/withdraw/", notes.WithdrawView.as_view(), name="api_note_withdraw"),
    path("notes/<int:note_id>/put-back/", notes.PutBackView.as_view(), name="api_note_put_back"),
    path("rates/", rates.RatesView.as_view(), name="api_rates"),
    path("rates/tickets/", rates.RateRowsView.as_view(), name="api_rates_tickets"),
    path("call-backs/", calls.CallBacksView.as_view(), name="api_call_backs"),
    path("call-backs/<int:call_back_id>/", calls.CallBackView.as_view(), name="api_call_back"),
    *(
        path(f"call-backs/<int:call_back_id>/{name}/", step.as_view(), name=f"api_call_back_{name}")
        for name, step in calls.STEPS.items()
    ),
    path("models/", models.ModelsView.as_view(), name="api_models"),
    path("catalogue/leaves/", LeavesView.as_view(), name="api_leaves"),
]
