"""Addresses of Policy Events, below /policy-events/."""

from django.urls import path

from core.roles import BY_PLATFORM, requires
from policies.event_pages import event_detail, event_list
from policies.from_event import FilterFromEvent

app_name = "policy_events"
urlpatterns = [
    path("", event_list, name="list"),
    path("<uuid:event_id>/", event_detail, name="detail"),
    path(
        "<uuid:event_id>/filter/",
        requires(BY_PLATFORM.change)(FilterFromEvent.as_view()),
        name="create_filter",
    ),
]
