"""Routes of compounds, homes and claims."""

from django.urls import URLPattern, path

from communities.views import claims, compounds, homes, postings

app_name = "communities"
POSTING = "postings/<int:posting_id>/"
urlpatterns: list[URLPattern] = [
    path("compounds/", compounds.compounds, name="compounds"),
    path("compounds/<place:place>/", compounds.compound, name="compound"),
    path("compounds/<place:place>/poster/", compounds.poster, name="poster"),
    path("compounds/<place:area>/postings/", postings.postings, name="postings"),
    path("compounds/<place:area>/postings/ask/", postings.ask, name="posting_ask"),
    path(POSTING, postings.posting, name="posting"),
    path(f"{POSTING}photos/<uuid:photo_id>/", postings.photo, name="posting_photo"),
    path(f"{POSTING}photos/<uuid:photo_id>/small/", postings.photo, {"small": True}, name="posting_small_photo"),
    *(
        path(f"{POSTING}{name.replace('_', '-')}/", postings.step, {"action": name}, name=f"posting_{name}")
        for name in postings.STEPS
    ),
    path(f"{POSTING}objections/<int:objection_id>/answer/", postings.answer, name="posting_answer"),
    path("homes/", homes.homes, name="homes"),
    path("homes/add/", homes.add, name="add_home"),
    path("homes/add/<place:place>/", homes.add_here, name="add_home_here"),
    path("homes/claims/<int:claim_id>/withdraw/", homes.withdraw, name="withdraw_claim"),
    path("claims/", claims.waiting, name="claims"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/verify/", claims.verify, name="verify"),
    path("claims/<int:claim_id>/refuse/", claims.refuse, name="refuse"),
]
