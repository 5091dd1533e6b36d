"""Routes of residents and of visitors without an account."""

from django.urls import URLPattern, path

from complaints.views import filing, following, photos, residents, tracking

urlpatterns: list[URLPattern] = [
    path("file/", filing.file, name="file"),
    path("file/alike/", following.look, name="alike"),
    path("my/", residents.mine, name="mine"),
    path("tickets/<number:number>/filed/", filing.filed, name="filed"),
    path("tickets/<number:number>/rate/", residents.rate, name="rate"),
    path("tickets/<number:number>/redo/", residents.redo, name="redo"),
    path("tickets/<number:number>/cancel/", residents.cancel, name="cancel"),
    path("tickets/<number:number>/reply/", residents.reply, name="reply"),
    path("tickets/<number:number>/follow/", following.follow, name="follow"),
    path("tickets/<number:number>/unfollow/", following.unfollow, name="unfollow"),
    path("tickets/<number:number>/photos/<uuid:photo_id>/", photos.photo, name="photo"),
    path("tickets/<number:number>/photos/<uuid:photo_id>/small/", photos.photo, {"small": True}, name="small_photo"),
    path("c/<place:place>/", tracking.file_here, name="file_here"),
    path("t/", tracking.find, name="find"),
    path("t/<number:number>/<str:code>/", tracking.track, name="track"),
    path("t/<number:number>/<str:code>/filed/", tracking.filed, name="track_filed"),
    path("t/<number:number>/<str:code>/rate/", tracking.rate, name="track_rate"),
    path("t/<number:number>/<str:code>/redo/", tracking.redo, name="track_redo"),
    path("t/<number:number>/<str:code>/cancel/", tracking.cancel, name="track_cancel"),
    path("t/<number:number>/<str:code>/reply/", tracking.reply, name="track_reply"),
    path("t/<number:number>/<str:code>/photos/<uuid:photo_id>/", tracking.photo, name="track_photo"),
    path("t/<number:number>/<str:code>/photos/<uuid:photo_id>/small/", tracking.photo, {"small": True}, name="track_small_photo"),
]
