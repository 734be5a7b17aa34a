"""`make demo`, as a stranger meets it: a real process, and a real browser at its page."""

import re
import signal
import socket
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.support.demo import Demo, browser, demo, free_port, start_demo, visit

NARROW = {"viewport": {"width": 380, "height": 800}}


pytestmark = pytest.mark.asyncio(loop_scope="module")  # one demo and one browser for all tests here: both take seconds


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[Demo]:
    async with demo() as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as one:
        yield one


async def test_a_stranger_types_fact_and_another_is_never_lost_right_after_a_post(
    running: Demo, chromium: Browser
) -> None:
    """Two tabs are two people at once; a click in the moment of somebody's post used to be refused as out of date."""
    async with visit(chromium, running) as amina, visit(chromium, running, "#sofia/general") as sofia:
        await amina.arrive()
        await sofia.arrive()
        cards = amina.chat.locator(".component-container")
        shown = await cards.count()

        await amina.command("fact")
        await expect(cards).to_have_count(shown + 1)
        await expect(amina.composer).to_have_value("")
        for number in range(1, 6):
            fact = await cards.last.inner_text()
            await sofia.say(f"Number {number}, please!")
            await cards.last.get_by_role("button", name="Another").click()
            await expect(cards.last).not_to_have_text(fact, use_inner_text=True)
        await expect(cards.last).to_contain_text("Source:")
        await expect(sofia.chat.locator(".component-container")).to_have_count(shown + 1)


async def test_each_person_sees_what_is_theirs_and_drafts_stay(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running) as visitor:
        await visitor.arrive()
        moderators = visitor.page.get_by_role("button", name="moderators")
        await expect(moderators).to_have_count(0)
        await visitor.composer.fill("half a sent")

        await visitor.be("Joseph Moderator")
        await moderators.click()
        await expect(visitor.messages.filter(has_text="need not remember every date")).to_be_visible()
        await expect(visitor.messages.last).to_contain_text("A pledge was reported")
        await visitor.go_to("general")
        await visitor.say("Hello from Joseph")
        await expect(visitor.messages.last).to_contain_text("Hello from Joseph")

        await visitor.be("Amina Member")
        await expect(visitor.composer).to_have_value("half a sent")
        await expect(moderators).to_have_count(0)
        await visitor.go_to("announcements")
        await expect(visitor.composer).to_have_attribute("placeholder", "Moderators write here. Commands: type /")
        await visitor.say("hello")
        await expect(visitor.notice).to_contain_text("Only moderators write here")
        await visitor.composer.fill("/help")
        await visitor.press("Enter", "Enter")
        await expect(visitor.messages.last).to_contain_text("What I can do")
        await expect(visitor.composer).to_be_focused()

        await visitor.be("Joseph Moderator")
        await visitor.go_to("moderators")
        await visitor.be("Sofia Newcomer")
        await expect(visitor.notice).to_have_text("Sofia can’t see #moderators, so this is #general.")


async def test_what_is_new_elsewhere_is_marked_and_told(running: Demo, chromium: Browser) -> None:
    async with (
        visit(chromium, running, "#amina/pledge-wall") as amina,
        visit(chromium, running, "#sofia/general") as sofia,
    ):
        await amina.arrive()
        await sofia.arrive()
        await sofia.say("Is anybody here?")

        await expect(amina.page.get_by_role("button", name="general unread")).to_be_visible()
        await expect(amina.page.locator("#news")).to_have_text("Sofia wrote in #general.")
        await amina.go_to("general")
        await expect(amina.messages.last).to_contain_text("Is anybody here?")
        await expect(amina.page.get_by_role("button", name=re.compile("unread"))).to_have_count(0)


async def test_the_message_field_behaves_as_discords(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running) as visitor:
        await visitor.arrive()
        options = visitor.chat.locator(".command-popup")

        await visitor.composer.press_sequentially("/fact")
        await visitor.press("Enter", "Enter")  # chosen, and sent without its options
        await expect(visitor.messages.last).to_contain_text("Amina used /fact")
        await expect(visitor.composer).to_be_focused()

        await visitor.composer.press_sequentially("/fact")
        await visitor.press("Enter", "ArrowDown")
        await options.get_by_text("topic").click()
        await expect(options).to_contain_text("Criticism")  # before anything is typed
        await visitor.press("Enter")
        await expect(options).to_be_hidden()
        await visitor.press("Enter")  # sends, and does not choose once more
        await expect(visitor.composer).to_be_focused()

        await visitor.composer.fill("/fact search:qwertz zzz")
        await visitor.press("Enter")
        await expect(visitor.notice).to_contain_text("Press Enter to send it")
        await visitor.press("Enter")
        await expect(visitor.messages.last).to_contain_text("nothing for “qwertz zzz”")
        await expect(visitor.composer).to_have_value("")

        await visitor.page.keyboard.type("Good morning")
        await visitor.press("Enter")
        await visitor.page.keyboard.type("Who brings the cake?")
        await visitor.press("Enter")
        await visitor.page.keyboard.type("I can")
        await expect(visitor.messages.last).to_contain_text("Who brings the cake?")
        await expect(visitor.messages.filter(has_text="Good morning")).not_to_contain_text("cake")
        await expect(visitor.composer).to_have_value("I can")


def said(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


async def test_the_date_moves_forward_with_the_bot_and_begins_afresh_for_an_earlier_one(
    running: Demo, chromium: Browser
) -> None:
    async with visit(chromium, running) as visitor, visit(chromium, running, "#sofia/dm") as other:
        await visitor.arrive()
        await other.arrive()
        day, field = visitor.page.locator("#now-day"), visitor.page.get_by_label("Another date")
        go = visitor.page.get_by_role("button", name="Go", exact=True)

        eve = datetime.now(UTC).date() + timedelta(days=40)
        await field.fill(eve.isoformat())
        await go.click()
        await expect(day).to_contain_text(said(eve))
        await visitor.page.get_by_role("button", name="Next anniversary").click()
        await expect(visitor.notice).to_contain_text(re.compile(r"\d{4}: \w+"))  # the day, and what it remembers
        reached = date.fromisoformat(await field.input_value())
        assert reached > eve
        assert f"{said(reached)}: " in await visitor.notice.inner_text()
        await expect(day).to_contain_text(said(reached))
        await visitor.page.get_by_role("button", name="Tomorrow").click()
        after = reached + timedelta(days=1)
        await expect(day).to_contain_text(said(after))
        await visitor.command("help")
        await expect(visitor.messages.last).to_contain_text(f"{after:%d/%m/%Y}")
        await expect(field).to_have_value(after.isoformat())

        afresh = visitor.page.get_by_role("dialog", name="Begin afresh?")
        back = eve - timedelta(days=10)
        await field.fill(back.isoformat())
        await go.click()
        await expect(afresh).to_contain_text("is forgotten")
        await visitor.press("Escape")
        await expect(field).to_have_value(after.isoformat())
        await field.fill(back.isoformat())
        await go.click()
        await afresh.get_by_role("button", name="Begin afresh").click()
        await expect(visitor.notice).to_contain_text(f"began afresh: {back:%A}, {said(back)}")
        await expect(visitor.messages.last).to_contain_text(f"{back:%d/%m/%Y}")
        await expect(day).to_contain_text(said(back))
        await expect(other.notice).to_contain_text("chosen in another window")
        await expect(other.chat.locator("#channel-empty")).to_contain_text("you and Uplift talk alone")

        await field.fill("2031-01-01")
        await go.click()
        await expect(visitor.notice).to_contain_text("more than two years ahead")
        await expect(go).to_be_focused()


async def test_things_to_try_are_typed_for_you_and_ticked(chromium: Browser) -> None:
    async with demo() as unused, visit(chromium, unused) as visitor:
        await visitor.arrive()
        tries = visitor.page.locator("#tries li")
        for title, shown in (("Ask for a fact", "Source:"), ("Look for something", "Twitter")):
            entry = tries.filter(has_text=title)
            await entry.get_by_role("button").click()
            await expect(visitor.notice).to_contain_text("Press Enter")
            await visitor.page.keyboard.press("Enter")
            await expect(visitor.messages.last).to_contain_text(shown)
            await expect(entry).to_have_attribute("data-done", "")

        sure = tries.filter(has_text="How sure is this?")
        await sure.get_by_role("button").click()
        await expect(visitor.chat.get_by_role("button", name="How sure is this?").last).to_be_focused()
        await visitor.page.keyboard.press("Enter")
        await expect(sure).to_have_attribute("data-done", "")
        await expect(visitor.page.locator(".tries .count")).to_have_text(re.compile("^3 of"))


async def test_a_message_has_the_bot_s_menu_and_a_report_goes_all_the_way(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running) as visitor:
        await visitor.arrive()
        command = visitor.page.get_by_role("menuitem", name="Report to moderators")
        await visitor.messages.filter(has_text="Let me try it").click(button="right", position={"x": 200, "y": 12})
        await command.click()
        await expect(visitor.messages.last).to_contain_text("Here you can report what I post")

        await visitor.chat.get_by_role("button", name="Another").first.press("Shift+F10")
        await expect(command).to_be_focused()
        await visitor.press("Escape")
        await expect(visitor.chat.get_by_role("button", name="Another").first).to_be_focused()
        await visitor.press("Shift+F10", "Enter")
        form = visitor.chat.get_by_role("dialog")
        await form.get_by_role("textbox").fill("The year is another one.")
        await form.get_by_role("button", name="Submit").click()
        await expect(visitor.messages.last).to_contain_text("Thank you")

        await visitor.go_to("Uplift")
        await expect(visitor.page.get_by_role("menu")).to_have_count(0)

    async with visit(chromium, running, "#joseph/moderators") as visitor:
        await visitor.arrive()
        await expect(visitor.messages.last).to_contain_text("The year is another one.")


async def test_by_keyboard_and_by_screen_reader(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running) as visitor:
        await visitor.arrive()
        await expect(visitor.page.locator("body")).to_match_aria_snapshot(
            """
            - navigation "Servers":
              - button "Direct messages with Uplift"
              - separator
              - button "HeForShe Nairobi"
            - region "HeForShe Nairobi":
              - heading "HeForShe Nairobi" [level=1]
              - navigation "Channels"
              - group "You are":
                - radio "Amina Member" [checked]
                - radio "Joseph Moderator"
                - radio "Sofia Newcomer"
            - main "Conversation"
            - complementary "Things to try"
            """
        )
        await expect(visitor.page.locator("iframe[data-shown]")).to_have_attribute("title", "#general, seen by Amina")

        chosen = visitor.page.get_by_role("radio", name="Joseph Moderator")
        await visitor.page.get_by_role("radio", name="Amina Member").focus()
        await visitor.page.keyboard.press("ArrowRight")
        await expect(visitor.page.locator("iframe[data-shown]")).to_have_attribute("title", "#general, seen by Joseph")
        await expect(chosen).to_be_focused()
        wall = visitor.page.get_by_role("button", name="pledge-wall")
        await wall.press("Enter")
        await expect(visitor.chat.locator("#channel-name")).to_have_text("pledge-wall")
        await expect(visitor.composer).to_be_focused()
        await expect(wall).to_have_attribute("aria-current", "page")
        await visitor.page.get_by_role("button", name="To the message field").press("Enter")
        await expect(visitor.composer).to_be_focused()


async def test_on_a_telephone_every_part_is_reached_and_nothing_sticks_out(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running, **NARROW) as visitor:
        await visitor.arrive()
        tabs = visitor.page.get_by_role("navigation", name="Parts of the page")
        for tab, part in (
            ("Channels", visitor.page.get_by_role("button", name="pledge-wall")),
            ("To try", visitor.page.get_by_role("heading", name="Things to try")),
            ("Date", visitor.page.get_by_role("button", name="Tomorrow")),
            ("Chat", visitor.composer),
        ):
            await tabs.get_by_role("button", name=tab).click()
            await expect(part).to_be_in_viewport(ratio=1)
            assert await visitor.page.locator("html").evaluate("page => page.scrollWidth") == 380

        await tabs.get_by_role("button", name="Channels").click()
        await visitor.go_to("announcements")
        await expect(visitor.messages.last).to_be_visible()
        assert await visitor.chat.locator("html").evaluate("page => page.scrollWidth") == 380

        await visitor.composer.press_sequentially("/fact")
        await visitor.press("Enter")
        await expect(visitor.chat.get_by_role("button", name="Send")).to_be_in_viewport(ratio=1)
        await visitor.chat.get_by_role("button", name="Exit command mode").click()


async def test_an_open_panel_keeps_the_keyboard_out_of_what_it_covers(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running, **NARROW) as visitor:
        await visitor.arrive()
        tab = visitor.page.get_by_role("navigation", name="Parts of the page").get_by_role("button", name="Date")
        await tab.press("Enter")
        await expect(visitor.page.locator("#clock")).to_be_focused()
        await expect(visitor.page.locator("#next")).to_contain_text("Next anniversary: ")
        passed: set[str] = set()
        for _ in range(15):
            await visitor.press("Shift+Tab")
            passed.add(await visitor.page.evaluate("document.activeElement.tagName"))
        assert "IFRAME" not in passed
        await tab.focus()
        await visitor.press("Escape")
        await expect(tab).to_be_focused()
        await expect(visitor.composer).to_be_visible()


async def test_a_frame_that_expired_over_night_is_loaded_again(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running) as visitor:
        await visitor.arrive()
        frame = await (await visitor.page.locator("iframe[data-shown]").element_handle()).content_frame()
        assert frame is not None
        capability, context = frame.url.partition("#")[2], await frame.evaluate("window.simcordPreview.contextId")
        headers = {"X-Simcord-Capability": capability, "X-Simcord-Context": context}
        await visitor.page.request.delete(f"{running.url}api/pages/{context}", headers=headers)

        await expect(visitor.chat.locator(f'[data-media-reuse-scope*="{context}"]')).to_have_count(0)
        await visitor.arrive()
        await visitor.say("Good morning")
        await expect(visitor.messages.last).to_contain_text("Good morning")
        told = [trouble for trouble in visitor.troubles if "410" not in trouble]
        visitor.troubles[:] = told  # the browser notes what the expired frame was answered


async def test_without_javascript_the_page_says_what_it_needs(running: Demo, chromium: Browser) -> None:
    async with visit(chromium, running, java_script_enabled=False) as visitor:
        await expect(visitor.page.locator(".no-script")).to_contain_text("needs JavaScript")


async def test_only_its_own_page_is_answered(running: Demo) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("", "demo/state", "frame", "demo/page/shell.js"):
            async with session.get(running.url + path) as own:
                assert own.status == 200
                assert "unsafe" not in own.headers["Content-Security-Policy"]
            for headers in ({"Host": f"evil.example:{running.port}"}, {"Origin": "http://evil.example"}):
                async with session.get(running.url + path, headers=headers) as foreign:
                    assert foreign.status == 403
        async with session.post(f"{running.url}demo/date", json={"to": "tomorrow"}, headers={"Origin": "null"}) as post:
            assert post.status == 403


async def test_a_second_demo_says_that_the_port_is_taken_and_how_to_take_another(running: Demo) -> None:
    second = await start_demo(running.port)
    code, said = await second.end(signal.SIGCONT)
    assert code == 1
    assert f"Port {running.port} is taken" in said
    assert f"make demo DEMO_PORT={running.port + 1}" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
async def test_it_ends_in_a_moment_and_frees_the_port(number: signal.Signals) -> None:
    port = free_port()
    first = await start_demo(port)
    await first.opened()
    code, said = await first.end(number)
    assert (code, said) == (0, "The demo has ended. Nothing of it is kept.\n")

    with socket.socket() as freed:
        freed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that are just closing are no holders
        freed.bind(("127.0.0.1", port))


async def test_ctrl_c_while_it_starts_ends_it_without_a_trace() -> None:
    starting = await start_demo(free_port())
    assert "is starting" in await starting.next_line()
    code, said = await starting.end()
    assert "Traceback" not in said
    assert code == 0, said
