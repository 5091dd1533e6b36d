"""Routes of compounds, homes and claims."""

from django.urls import URLPattern, path

from communities.views import claims, compounds, homes

app_name = "communities"
urlpatterns: list[URLPattern] = [
    path("compounds/", compounds.compounds, name="compounds"),
    path("compounds/<place:place>/", compounds.compound, name="compound"),
    path("compounds/<place:place>/poster/", compounds.poster, name="poster"),
    path("homes/", homes.homes, name="homes"),
    path("homes/add/", homes.add, name="add_home"),
    path("homes/add/<place:place>/", homes.add_here, name="add_home_here"),
    path("homes/claims/<int:claim_id>/withdraw/", homes.withdraw, name="withdraw_claim"),
    path("claims/", claims.waiting, name="claims"),
    path("claims/<int:claim_id>/", claims.claim, name="claim"),
    path("claims/<int:claim_id>/verify/", claims.verify, name="verify"),
    path("claims/<int:claim_id>/refuse/", claims.refuse, name="refuse"),
]
