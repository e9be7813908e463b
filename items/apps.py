"""Loads what the apps register: each app's `items.py` declares its families of items."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ItemsConfig(AppConfig):
    name = "items"

    def ready(self) -> None:
        autodiscover_modules("items")
