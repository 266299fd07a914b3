"""Addresses of the work records."""

from django.urls import path

from anlan.records.pages import lists, queue, record, recording

app_name = "records"
urlpatterns = [
    path("records/", lists.records, name="records"),
    path("records/new/", recording.choose, name="choose"),
    path("records/new/<slug:code>/", recording.new, name="new"),
    path("records/verify/", queue.queue, name="queue"),
    path("records/verify/accept/", queue.accept, name="accept"),
    path("records/<int:pk>/", record.record, name="record"),
    path("records/<int:pk>/edit/", recording.edit, name="edit"),
    path("records/<int:pk>/submit/", record.submit, name="submit"),
    path("records/<int:pk>/drop/", record.drop, name="drop"),
    path("records/<int:pk>/copy/", record.copy, name="copy"),
    path("records/<int:pk>/verify/", record.verify, name="verify"),
    path("records/<int:pk>/return/", record.send_back, name="return"),
    path("records/<int:pk>/withdraw/", record.withdraw, name="withdraw"),
]
