"""Write a page that shows all screenshots in a folder: `python -m tests.browser.gallery FOLDER`.

A row a page: light and dark, wide and narrow, as `look()` in conftest.py names its pictures.
"""

import re
import sys
from html import escape
from pathlib import Path

PICTURE = re.compile(r"(?P<page>.+)-(light|dark)-(1280|360)\.png")
FORMS = ("light-1280", "dark-1280", "light-360", "dark-360")
FRAME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>pmconsole, page by page</title>
<style>
  body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark; }}
  .forms {{ display: flex; gap: 1rem; align-items: start; overflow-x: auto; }}
  img {{ height: 480px; width: auto; object-fit: cover; object-position: top; border: 1px solid; }}
</style>
<h1>pmconsole, page by page</h1>
{rows}
</html>
"""


def gallery(folder: Path) -> str:
    """The page for the pictures in `folder`. Pictures that are named otherwise are left out."""
    pages = sorted(
        {found["page"] for each in folder.iterdir() if (found := PICTURE.fullmatch(each.name))}
    )
    return FRAME.format(rows="\n".join(_row(folder, page) for page in pages))


def _row(folder: Path, page: str) -> str:
    names = [f"{page}-{form}.png" for form in FORMS]
    pictures = "".join(
        f'<a href="{escape(name)}"><img src="{escape(name)}" alt="{escape(name)}" loading="lazy"></a>'
        for name in names
        if (folder / name).exists()
    )
    return f'<h2>{escape(page)}</h2>\n<div class="forms">{pictures}</div>'


if __name__ == "__main__":
    place = Path(sys.argv[1])
    (place / "index.html").write_text(gallery(place), encoding="utf-8")
    print(f"{place / 'index.html'} shows all of them.")
