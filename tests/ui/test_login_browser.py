"""The door in a real browser, whose forms say where they come from in their own way."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.conftest import serving

pytestmark = pytest.mark.browser
WORDS = {"zh-CN": ("密码不对", "退出"), "en-US": ("not the password", "Log out")}


@pytest.mark.parametrize(("locale", "width"), [("zh-CN", 1280), ("en-US", 390)])
def test_one_comes_in_with_the_password_and_leaves(tmp_path: Path, chromium: Browser, locale: str, width: int) -> None:
    wrong, leave = WORDS[locale]
    with serving(tmp_path / "home", password="right") as (url, _):
        context = chromium.new_context(locale=locale, viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(url)
        for password in ("guess", "right"):
            page.fill("input[name=password]", password)
            page.keyboard.press("Enter")
            if password == "guess":
                expect(page.get_by_role("alert")).to_contain_text(wrong)
        expect(page.locator("#upload")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name=leave).click()
        expect(page.locator("input[name=password]")).to_be_visible()
        page.goto(url)
        expect(page.locator("input[name=password]")).to_be_visible()
        context.close()
