"""Two ways to use a page by its visible words: with a mouse, or with nothing but the keyboard."""

from typing import Protocol

from playwright.sync_api import Error, Locator, Page

MOST_TABS = 250


class Hands(Protocol):
    """What somebody does with a control that he sees."""

    def press(self, control: Locator) -> None: ...
    def fill(self, field: Locator, text: str) -> None: ...
    def choose(self, select: Locator, option: str) -> None: ...
    def tick(self, box: Locator) -> None: ...


class Mouse:
    """Clicks, and types where it has clicked."""

    def press(self, control: Locator) -> None:
        control.click()

    def fill(self, field: Locator, text: str) -> None:
        field.fill(text)

    def choose(self, select: Locator, option: str) -> None:
        select.select_option(label=option)

    def tick(self, box: Locator) -> None:
        box.check()


class Keyboard:
    """Tab until the control has the focus, then Enter, Space, letters; no pointer, no script."""

    def press(self, control: Locator) -> None:
        self._go_to(control).keyboard.press("Enter")

    def fill(self, field: Locator, text: str) -> None:
        keyboard = self._go_to(field).keyboard
        keyboard.press("Control+A")
        keyboard.insert_text(text)

    def choose(self, select: Locator, option: str) -> None:
        page = self._go_to(select)
        options = [each.strip() for each in select.locator("option").all_text_contents()]
        page.keyboard.press("Home")
        for _ in range(options.index(option)):
            page.keyboard.press("ArrowDown")
        assert select.locator("option:checked").inner_text().strip() == option

    def tick(self, box: Locator) -> None:
        if not box.is_checked():
            self._go_to(box).keyboard.press("Space")
        assert box.is_checked()

    def _go_to(self, control: Locator) -> Page:
        """Looks the control up once, and anew when the page was replaced meanwhile."""
        page, element = control.page, control.element_handle()
        for _ in range(MOST_TABS):
            try:
                state = element.evaluate(
                    "e => e.isConnected && (e === document.activeElement ? 'focused' : 'there')"
                )
            except Error:  # of a page that was left
                state = ""
            if state == "focused":
                return page
            if state == "there":
                page.keyboard.press("Tab")
            else:
                element = control.element_handle()
        raise AssertionError(f"{MOST_TABS} Tabs do not lead to {control}")
