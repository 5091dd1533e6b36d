"""Routes of complaints: residents' pages and the desk."""

from complaints.urls import desk, exports, models, notes, partners, ratings, residents, rules, searching

app_name = "complaints"
urlpatterns = [
    *residents.urlpatterns,
    *desk.urlpatterns,
    *rules.urlpatterns,
    *models.urlpatterns,
    *notes.urlpatterns,
    *partners.urlpatterns,
    *searching.urlpatterns,
    *exports.urlpatterns,
    *ratings.urlpatterns,
]
