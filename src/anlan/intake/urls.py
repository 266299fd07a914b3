"""Addresses of the intake of notices."""

from django.urls import path, re_path

from anlan.intake.pages import deciding, documents, edits, exports

app_name = "intake"
urlpatterns = [
    path("notices/", documents.documents, name="documents"),
    path("notices/upload/", documents.upload, name="upload"),
    path("notices/<int:pk>/", documents.document, name="document"),
    path("notices/<int:pk>/original/", documents.original, name="original"),
    path("notices/<int:pk>/reread/", documents.reread, name="reread"),
    path("notices/<int:pk>/edit/", edits.edit, name="edit"),
    path("notices/<int:pk>/points/", deciding.decide, name="decide"),
    path("notices/<int:pk>/points/<int:point>/unit/", deciding.settle_unit, name="settle_unit"),
    path("notices/<int:pk>/units/<int:unit>/bind/", edits.bind, name="bind"),
    path("notices/<int:pk>/units/<int:unit>/leave-out/", edits.leave_out, name="leave_out"),
    path("notices/<int:pk>/units/<int:unit>/remove/", edits.remove_unit, name="remove_unit"),
    path("notices/<int:pk>/items/<int:item>/", edits.item, name="item"),
    path("notices/<int:pk>/items/<int:item>/units/", edits.add_unit, name="add_unit"),
    path("notices/<int:pk>/clauses/<int:clause>/", edits.clause, name="clause"),
    re_path(r"^notices/(?P<pk>\d{1,18})/carried/(?P<verb>undo|take)/$", edits.carry, name="carry"),
    path("notices/<int:pk>/submit/", edits.submit, name="submit"),
    path("notices/<int:pk>/withdraw/", edits.withdraw, name="withdraw"),
    path("notices/<int:pk>/return/", edits.send_back, name="return"),
    path("notices/<int:pk>/publish/", edits.publish, name="publish"),
    path("notices/<int:pk>/opinions.docx", exports.document_opinions, name="opinions"),
    re_path(
        r"^notices/(?P<pk>\d{1,18})/assignments\.(?P<form>docx|xlsx)$",
        exports.document_assignments,
        name="assignments",
    ),
    re_path(
        r"^plans/(?P<pk>\d{1,18})/assignments\.(?P<form>docx|xlsx)$",
        exports.plan_assignments,
        name="plan_assignments",
    ),
]
