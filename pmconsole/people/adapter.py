"""How allauth signs people in here: nobody signs up by himself."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators only, and refusals speak the console's language."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "Name and password do not fit.",
        "email_password_mismatch": "Name and password do not fit.",
        "too_many_login_attempts": "Too many failed attempts. Wait 15 minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
