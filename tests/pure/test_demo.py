"""The demo's own rules: where its date can go, what counts as tried, and what it says when SimCord has changed."""

import json
from datetime import UTC, date, datetime

import discord
import pytest
import simcord

from bot.campaign.load import load_campaign
from bot.demo.dates import NoSuchDay, next_anniversary, to_day, tomorrow
from bot.demo.deeds import Deed, deed
from bot.demo.frames import settle, without_faults
from bot.demo.simulation import ZONE, SimulationChanged, check
from bot.demo.tries import TRIES, for_page
from bot.settings import Settings

NOW = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # in Nairobi it is the 25th already


def test_days_are_those_of_nairobi() -> None:
    with pytest.raises(NoSuchDay, match="that day already"):
        to_day(NOW, "2026-11-25")
    assert to_day(NOW, "2026-11-24").afresh
    ahead = to_day(NOW, "2026-11-26")
    assert (ahead.to.astimezone(ZONE).date(), ahead.afresh) == (date(2026, 11, 26), False)
    assert "Thursday, 26 November 2026" in tomorrow(NOW).notice


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "not a date"), ("25.12.2026", "not a date"), ("2014-12-31", "from 2015 on"), ("2029-12-31", "two years")],
)
def test_a_day_out_of_reach_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(NoSuchDay, match=reason):
        to_day(NOW, typed)


def test_the_next_anniversary_is_after_today_and_named() -> None:
    milestones = load_campaign(Settings.model_fields["campaign_dir"].default).milestones
    before = datetime(2027, 9, 19, 12, tzinfo=UTC)
    first = next_anniversary(before, milestones)
    assert (first.to.astimezone(ZONE).date(), first.afresh) == (date(2027, 9, 20), False)
    assert first.notice.startswith("Monday, 20 September 2027: ")
    assert next_anniversary(first.to, milestones).to > first.to
    with pytest.raises(NoSuchDay, match="no dates"):
        next_anniversary(before, [])


def test_deeds_are_read_from_interactions() -> None:
    command = {
        "type": 2,
        "guild_id": "1",
        "data": {
            "name": "anniversary",
            "options": [{"type": 1, "name": "list", "options": [{"type": 5, "name": "minor", "value": True}]}],
        },
    }
    assert deed(command) == Deed("command", "anniversary list", frozenset({"minor"}))
    button = {"type": 2, "custom_id": "x", "label": "Another"}
    message = {"components": [{"type": 17, "components": [{"type": 9, "accessory": button}]}]}
    assert deed({"type": 3, "data": {"custom_id": "x"}, "message": message}) == Deed("button", "Another", in_dm=True)
    assert deed({"type": 4, "data": {"name": "fact"}}) is None


def test_only_what_the_bot_can_do_is_suggested_and_what_was_done_is_ticked() -> None:
    shown = for_page({"fact"}, [Deed("command", "fact", frozenset({"search"}))])
    assert {each["types"] for each in shown} == {"", "/fact", "/fact search:twiter", "/fact private:True"}
    assert [each["key"] for each in shown if each["done"]] == ["fact", "search"]
    assert len({each.key for each in TRIES}) == len(TRIES)


def test_a_failed_command_frees_the_message_field_and_a_refused_message_is_refused() -> None:
    fault = {"code": "action-callback-error"}
    failed = {"settlement": "failed", "acknowledgement": "acknowledged", "rejected": False, "diagnostics": [fault]}
    answered, settled = settle(json.dumps(failed).encode())
    assert (json.loads(answered)["settlement"], settled) == ("settled", False)
    refused, _ = settle(json.dumps(failed | {"acknowledgement": "not_applicable"}).encode())
    assert json.loads(refused)["rejected"]
    assert settle(json.dumps(failed | {"settlement": "settled"}).encode())[1]

    told = {"lastAction": failed, "activity": [failed], "messages": {}}
    assert b"action-callback-error" not in without_faults(json.dumps(told).encode())


def test_what_changed_in_simcord_is_named() -> None:
    env = simcord.Env(discord.AutoShardedClient(intents=discord.Intents.none(), shard_count=1))
    check(env)
    del env.backend.subscribers
    with pytest.raises(SimulationChanged, match=r"SimCord .*\n.*\n  - Backend.subscribers is a list\n") as changed:
        check(env)
    assert "make demo" in str(changed.value)
