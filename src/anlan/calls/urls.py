"""Addresses of the progress calls."""

from django.urls import path, re_path

from anlan.calls.pages import call, explanations, exports, lists, minutes

app_name = "calls"
urlpatterns = [
    path("calls/", lists.calls, name="calls"),
    path("calls/new/", call.new, name="new"),
    path("calls/<int:pk>/", call.call, name="call"),
    path("calls/<int:pk>/rows/", lists.rows, name="rows"),
    path("calls/<int:pk>/cancel/", call.cancel, name="cancel"),
    path("calls/<int:pk>/explanations/add/", explanations.add, name="ask_more"),
    path("calls/explanations/<int:pk>/", explanations.explanation, name="explanation"),
    re_path(
        r"^calls/explanations/(?P<pk>\d{1,18})/(?P<verb>strike|ask)/$",
        explanations.decide,
        name="decide",
    ),
    path("calls/<int:pk>/decisions/new/", minutes.new, name="decide_new"),
    path("calls/decisions/<int:pk>/", minutes.decision, name="decision"),
    path("calls/decisions/<int:pk>/edit/", minutes.edit, name="edit"),
    path("calls/decisions/<int:pk>/drop/", minutes.drop, name="drop"),
    path("calls/<int:pk>/submit/", minutes.submit, name="submit"),
    path("calls/<int:pk>/return/", minutes.send_back, name="return"),
    path("calls/<int:pk>/close/", minutes.close, name="close"),
    path("calls/<int:pk>/bulletin.docx", exports.bulletin_docx, name="bulletin"),
    path("calls/<int:pk>/minutes.docx", exports.minutes_docx, name="minutes"),
    path("calls/<int:pk>/figures.xlsx", exports.figures_xlsx, name="figures"),
]
