"""Routes of compounds, homes and claims in the API."""

from django.urls import URLPattern, path

from communities.api import claims, compounds, postings

POSTING = "postings/<int:posting_id>/"
urlpatterns: list[URLPattern] = [
    path("compounds/", compounds.CompoundsView.as_view(), name="api_compounds"),
    path("compounds/<place:code>/", compounds.CompoundView.as_view(), name="api_compound"),
    path("compounds/<place:code>/postings/", postings.PostingsView.as_view(), name="api_postings"),
    path(POSTING, postings.PostingView.as_view(), name="api_posting"),
    path(f"{POSTING}photos/<uuid:photo_id>/", postings.PostingPhotoView.as_view(), name="api_posting_photo"),
    *(path(f"{POSTING}{name}/", view.as_view(), name=f"api_posting_{name}") for name, view in postings.STEPS.items()),
    path(
        f"{POSTING}objections/<int:objection_id>/answer/", postings.AnswerObjection.as_view(), name="api_posting_objection_answer"
    ),
    path("places/", claims.PlacesView.as_view(), name="api_places"),
    path("home-claims/", claims.OwnClaimsView.as_view(), name="api_home_claims"),
    path("home-claims/waiting/", claims.WaitingView.as_view(), name="api_home_claims_waiting"),
    path("home-claims/<int:claim_id>/withdraw/", claims.Withdraw.as_view(), name="api_home_claim_withdraw"),
    path("home-claims/<int:claim_id>/verify/", claims.Verify.as_view(), name="api_home_claim_verify"),
    path("home-claims/<int:claim_id>/refuse/", claims.Refuse.as_view(), name="api_home_claim_refuse"),
]
