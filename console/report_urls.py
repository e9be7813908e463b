"""Reports."""

from django.urls import path

from console import reports

app_name = "reports"
urlpatterns = [
    path("", reports.report_list, name="contents"),
    path("<slug:key>/", reports.report_page, name="report"),
]
