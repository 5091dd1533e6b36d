"""Routes of complaints: residents' pages and the desk."""

from complaints.urls import desk, models, notes, ratings, residents, rules

app_name = "complaints"
urlpatterns = [
    *residents.urlpatterns,
    *desk.urlpatterns,
    *rules.urlpatterns,
    *models.urlpatterns,
    *notes.urlpatterns,
    *ratings.urlpatterns,
]
