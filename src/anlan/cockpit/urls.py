"""Addresses of the cockpit."""

from django.urls import path

from anlan.cockpit.pages import area, exports, overview, smaller

app_name = "cockpit"
urlpatterns = [
    path("cockpit/", overview.cockpit, name="cockpit"),
    path("cockpit/wall/", overview.wall, name="wall"),
    path("cockpit/ranking.xlsx", exports.ranking_xlsx, name="ranking_xlsx"),
    path("cockpit/bulletin.docx", exports.bulletin_docx, name="bulletin_docx"),
    path("cockpit/areas/<str:code>/", area.area, name="area"),
    path("cockpit/units/<int:pk>/", smaller.unit, name="unit"),
]
