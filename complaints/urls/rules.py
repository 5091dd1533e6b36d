"""Routes of routing rules."""

from django.urls import URLPattern, path

from complaints.views import replays, rule_editor, rules

ONE = "desk/rules/<int:ruleset_id>/"
ROW = f"{ONE}rules/<int:rule_id>/"
urlpatterns: list[URLPattern] = [
    path("desk/rules/", rules.overview, name="rules"),
    path("desk/rules/of/<place:owner>/", rules.history, name="rule_history"),
    path("desk/rules/of/<place:owner>/draft/", rules.draft, name="rule_draft"),
    path(ONE, rules.rule_set, name="rule_set"),
    path(f"{ONE}propose/", rules.propose, name="rule_propose"),
    path(f"{ONE}publish/", rules.publish, name="rule_publish"),
    *(path(f"{ONE}{action.replace('_', '-')}/", rules.step, {"action": action}, name=f"rule_{action}") for action in rules.STEPS),
    path(f"{ONE}compare/<int:other_id>/", rules.compare, name="rule_compare"),
    path(f"{ONE}excel/", rules.download, name="rule_download"),
    path(f"{ONE}import/", rules.upload, name="rule_upload"),
    path(f"{ONE}replay/", replays.start, name="rule_replay"),
    path("desk/rules/replays/<int:run_id>/", replays.replay, name="replay"),
    path(f"{ONE}add/", rule_editor.add, name="rule_add"),
    path(f"{ONE}preview/", rule_editor.preview, name="rule_preview"),
    path(ROW, rule_editor.change, name="rule_change"),
    *(
        path(f"{ROW}{action.replace('_', '-')}/", rule_editor.row_step, {"action": action}, name=f"rule_row_{action}")
        for action in rule_editor.ROW_STEPS
    ),
]
