"""Routes of compounds, homes and claims in the API."""

from django.urls import URLPattern, path

from communities.api import claims, compounds

urlpatterns: list[URLPattern] = [
    path("compounds/", compounds.CompoundsView.as_view(), name="api_compounds"),
    path("compounds/<place:code>/", compounds.CompoundView.as_view(), name="api_compound"),
    path("places/", claims.PlacesView.as_view(), name="api_places"),
    path("home-claims/", claims.OwnClaimsView.as_view(), name="api_home_claims"),
    path("home-claims/waiting/", claims.WaitingView.as_view(), name="api_home_claims_waiting"),
    path("home-claims/<int:claim_id>/withdraw/", claims.Withdraw.as_view(), name="api_home_claim_withdraw"),
    path("home-claims/<int:claim_id>/verify/", claims.Verify.as_view(), name="api_home_claim_verify"),
    path("home-claims/<int:claim_id>/refuse/", claims.Refuse.as_view(), name="api_home_claim_refuse"),
]
