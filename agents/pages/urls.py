"""Addresses of Admin | Agents, below /agents/."""

from django.urls import path

from agents.pages.computer import computer_detail, computer_events
from agents.pages.dialogs import CodeCreate, CodeRevoke, ComputerRetire, ComputerRevoke
from agents.pages.lists import code_list, computer_list, name_list
from core.roles import Permission, requires

app_name = "agents"
_change = requires(Permission.ITEMS_CHANGE)
urlpatterns = [
    path("", computer_list, name="list"),
    path("names-waiting/", name_list, name="names"),
    path("install-codes/", code_list, name="codes"),
    path("install-codes/create/", _change(CodeCreate.as_view()), name="code_create"),
    path("install-codes/<uuid:code_id>/revoke/", _change(CodeRevoke.as_view()), name="code_revoke"),
    path("<uuid:computer_id>/", computer_detail, name="detail"),
    path("<uuid:computer_id>/events/", computer_events, name="events"),
    path("<uuid:computer_id>/revoke/", _change(ComputerRevoke.as_view()), name="revoke"),
    path("<uuid:computer_id>/retire/", _change(ComputerRetire.as_view()), name="retire"),
]
