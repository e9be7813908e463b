"""How allauth signs people in here: nobody signs up by himself."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
