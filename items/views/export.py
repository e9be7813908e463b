"""Items as files: one from its page, and the answer that a browser saves."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from items.transfer.exporting import export_item
from items.views.base import FamilyView


def yaml_response(text: str, filename: str) -> HttpResponse:
    """A file that the browser saves under this name."""
    disposition = f'attachment; filename="{filename}"'
    return HttpResponse(
        text,
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


class ItemExport(FamilyView):
    """The item as YAML."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, item_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        item = self.item(item_id)
        name = slugify(f"{self.family.noun} {item.name}")[:100]
        return yaml_response(export_item(item), f"{name}.yaml")
