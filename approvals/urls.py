"""Addresses of Manage Approvals, below /approvals/. The decision page of an e-mail's link is /d/TOKEN."""

from django.urls import path

from approvals.pages import bulk, deciding, grants, lists, messages, record

app_name = "approvals"
urlpatterns = [
    path("", lists.request_list, name="request_list"),
    path("decided/", lists.decided_list, name="decided_list"),
    path("news/", lists.news, name="news"),
    path("counts/", lists.counts, name="counts"),
    path("bulk/", bulk.bulk_decide, name="bulk_decide"),
    path("grants/", grants.grant_list, name="grant_list"),
    path("grants/<uuid:grant_id>/revoke/", grants.grant_revoke, name="grant_revoke"),
    path("messages/<uuid:mail_id>/", messages.raw_message, name="raw_message"),
    path("PM-<int:number>/", record.request_detail, name="request_detail"),
    path("PM-<int:number>/news/", record.request_news, name="request_news"),
    path("PM-<int:number>/row/", lists.request_row, name="request_row"),
    path("PM-<int:number>/approve/", deciding.request_approve, name="request_approve"),
    path("PM-<int:number>/deny/", deciding.request_deny, name="request_deny"),
]
