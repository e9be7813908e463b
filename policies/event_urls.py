"""Addresses of Policy Events, below /policy-events/."""

from django.urls import path

from policies.event_pages import event_detail, event_list

app_name = "policy_events"
urlpatterns = [
    path("", event_list, name="list"),
    path("<uuid:event_id>/", event_detail, name="detail"),
]
