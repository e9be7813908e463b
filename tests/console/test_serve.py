"""What `manage.py serve` says before it serves anything."""

import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def test_without_gathered_static_files_it_says_how_to_gather_them(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(CommandError, match="collectstatic"):
        call_command("serve", port=0)


def test_where_another_program_listens_it_says_so_and_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Can't listen on 127.0.0.1 port {port}: .* in use"):
            call_command("serve", port=port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 99_999), ("192.0.2.1", 0)])
def test_an_address_that_nothing_can_listen_on_is_refused(host: str, port: int) -> None:
    with pytest.raises(CommandError, match="Can't listen on"):
        call_command("serve", host=host, port=port)
