"""Nothing below names what is above: not in a template's path, an address, or a comment.

import-linter holds this for imports. Templates name each other by strings and addresses by names, so
they are read here.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLResolver, get_resolver

from items.family import families

ROOT = Path(__file__).resolve().parent.parent
LAYERS = (
    "core",
    "items",
    "foreign_systems",
    "approvals",
    "actions",
    "policies",
    "agents",
    "tasks",
    "console",
    "trial",
)
# Folders of templates, and addresses, that belong to no app by their name.
OWNERS = {
    **{app: app for app in LAYERS},
    "components": "items",
    "account": "console",  # pages of allauth
    "mfa": "console",
    "django": "core",
    "mail": "approvals",
    "allauth": "core",
}
TEMPLATE_PATH = re.compile(r"[\"']([a-z_]+)/[\w/]+\.(?:html|txt)[\"'#]")
URL_TAG = re.compile(r"{% url [\"']([\w:]+)[\"']")
URL_STRING = re.compile(r"\"(\w+:\w+)\"")  # one without a namespace could be any word
MODULE_PATH = re.compile(
    rf"(?<![\w./-])({'|'.join(LAYERS)})(?:\.(?!css|js)[a-z_]\w*|/[a-z_/]+\.(?:py|html))"
)
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)


def url_owners(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """Each address's name, with its namespace, and the app whose page it is."""
    of_families = {family.namespace: type(family).__module__ for family in families()}
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from url_owners(entry, entry.namespace or namespace)
        elif entry.name:
            view = getattr(entry.callback, "view_class", entry.callback)
            owner = of_families.get(namespace, view.__module__).partition(".")[0]
            # Where people sign in is a setting, so every app may name it.
            is_setting = entry.name == settings.LOGIN_URL
            yield f"{namespace}:{entry.name}".lstrip(":"), "core" if is_setting else owner


URLS = dict(url_owners(get_resolver()))
FILES = [
    path
    for folder in (*LAYERS, "templates")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts
]


def owner_of(path: Path) -> str:
    """The app that a file belongs to; base.html, bare.html and the error pages are of the ground."""
    first, *more = path.relative_to(ROOT).parts
    if first != "templates":
        return first
    return OWNERS[more[0]] if len(more) > 1 else "items"


def apps_named(path: Path) -> Iterator[tuple[str, str]]:
    """What the file names, and the app to which that belongs."""
    text = path.read_text()
    if path.suffix == ".py":
        code, comments = strings_and_comments(text)
    else:
        code, comments = COMMENT.sub("", text), " ".join(COMMENT.findall(text))
    for match in TEMPLATE_PATH.finditer(code):
        yield match[0], OWNERS.get(match[1], "core")
    names = URL_TAG if path.suffix != ".py" else URL_STRING
    for name in names.findall(code):
        if name in URLS:
            yield name, OWNERS.get(URLS[name], "core")
    for match in MODULE_PATH.finditer(comments):
        yield match[0], match[1]


def strings_and_comments(source: str) -> tuple[str, str]:
    """The string literals of Python code, in double quotes; its comments and docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = [
        text
        for node in ast.walk(tree)
        if isinstance(node, documented) and (text := ast.get_docstring(node))
    ]
    strings = [
        f'"{node.value}"'
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    plain = [text for text in strings if "\n" not in text]
    return "\n".join(plain), "\n".join([*comments, *docstrings])


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_a_file_names_nothing_of_an_app_above_it(path: Path) -> None:
    layer = LAYERS.index(owner_of(path))
    above = [named for named, app in apps_named(path) if LAYERS.index(app) > layer]
    assert above == []


def test_what_is_above_is_found_in_templates_addresses_and_comments(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text(
        "{# Shows console.home.Step. #}{% include \"tasks/a.html\" %}{% url 'policies:list' %}"
    )
    assert set(apps_named(template)) == {
        ('"tasks/a.html"', "tasks"),
        ("policies:list", "policies"),
        ("console.home", "console"),
    }
    module = tmp_path / "module.py"
    module.write_text('"""See trial/views.py."""\nPAGE, URL = "console/home.html", "tasks:list"\n')
    assert {app for _, app in apps_named(module)} == {"console", "trial"}
