"""``lotse screenshots DIR``: a picture of every page of the demonstration, for people who look at them."""

import shutil
import tempfile
from argparse import Namespace
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.e2e.looking import OPENS, Eyes, Look, looks
from tests.e2e.walk import demonstration, page_rules

BROWSER = "chromium-headless-shell"


def main(options: Namespace) -> int:
    """Write the pictures into the folder, named ``endpoint-role-state-language-width.png``."""
    program = shutil.which(BROWSER)
    if program is None:
        print(f"{BROWSER} fehlt auf diesem Rechner.")
        return 1
    folder = Path(options.folder)
    with (
        tempfile.TemporaryDirectory() as kept,
        demonstration(Path(kept)) as demo,
        sync_playwright() as playwright,
    ):
        eyes = Eyes(playwright.chromium.launch(executable_path=program, args=["--no-sandbox"]), demo)
        count = draw(eyes, folder, options.only)
        eyes.close()
    print(f"{count} Bilder in {folder}")
    return 0


def draw(eyes: Eyes, folder: Path, only: str = "") -> int:
    """Write a picture of every look at the pages whose endpoint begins so; gives how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [rule for rule in page_rules(eyes.demo.app) if rule.endpoint.startswith(only)]
    return sum(_draw(eyes, look, folder) for rule in chosen for look in looks(eyes.demo.places(rule)))


def _draw(eyes: Eyes, look: Look, folder: Path) -> int:
    with eyes.at(look) as (page, _status, is_page):
        if not is_page:
            return 0
        page.screenshot(path=folder / f"{look.name}.png", full_page=True)
        if not page.locator(OPENS).count():
            return 1
        page.locator(OPENS).click()
        page.screenshot(path=folder / f"{look.name}-opened.png", full_page=True)
        return 2
