"""The addresses of proposals."""

from django.urls import path

from core.roles import Permission, requires
from items.proposals.views import ProposalPage, proposals

app_name = "proposals"
page = requires(Permission.PROPOSALS_VIEW)(ProposalPage.as_view())
urlpatterns = [
    path("", proposals, name="list"),
    path("<int:proposal_id>/", page, name="detail"),
]
