"""/pledge make: a member stands up, and is counted."""

import pytest

from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    GRAVE_ACTION,
    WORDS,
    fields_of,
    filled_in,
    form_of,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    note_of,
    own_app,
    pledge,
    quoted,
    send,
    stats,
    wall,
)
from tests.support.pseudo import plain

pytestmark = pytest.mark.usefixtures("env")


# The way to the form.


async def test_without_a_theme_the_bot_asks_for_one_and_then_opens_its_form(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "pledge make"))
    assert asked.title == "What is your pledge about?"
    assert asked.is_private

    form = await community.amina.select(asked.message, ["home"], custom_id="pledge:theme")

    assert plain(form.modal["title"]) == "Your pledge: At home"
    fields = fields_of(form)
    assert [field["label"] for field in fields.values()] == [
        "Something to do",
        "Or in your own words",
        "Your country, if you like",
        "Show it on the pledge wall",
    ]
    assert ACTION_TEXT in [option["label"] for option in fields["action"]["options"]]
    assert filled_in(form) == {"action": None, "words": "", "country": "", "wall": False}, "nothing is chosen for them"
    assert "Moderators can read what is on the wall" in note_of(form)
    answer = await send(community.amina, form, action=ACTION)
    assert quoted(answer) == [ACTION_TEXT]


@pytest.mark.parametrize("theme", ["home", "At home", "at hom"])
async def test_a_theme_that_is_named_opens_its_form_at_once(community: Community, theme: str) -> None:
    assert plain((await form_of(community.amina, community.general, theme)).modal["title"]) == "Your pledge: At home"


async def test_the_button_asks_for_a_theme_unless_it_has_one(community: Community) -> None:
    everything, one_theme = await wall(community), await wall(community, theme="home")

    asked = seen(await press(community.amina, everything, "Make a pledge"))
    at_once = await press(community.amina, one_theme, "Make a pledge")

    assert asked.title == "What is your pledge about?"
    assert asked.is_private
    assert plain(at_once.modal["title"]) == "Your pledge: At home"
    chosen = await community.amina.select(asked.message, ["work"], custom_id="pledge:theme")
    assert quoted(await send(community.amina, chosen, words=WORDS)) == [WORDS]


async def test_themes_and_countries_are_offered_while_one_types(community: Community) -> None:
    themes = await community.amina.autocomplete(community.general, "pledge make", "theme", "at")
    countries = await community.amina.autocomplete(community.general, "pledge make", "country", "tuv")

    assert {"name": "At home", "value": "home"} in [{k: choice[k] for k in ("name", "value")} for choice in themes]
    assert [choice["name"] for choice in countries] == ["Tuvalu"]


# The answer.


async def test_an_action_is_saved_and_the_answer_says_what_for_whom_and_what_it_makes(community: Community) -> None:
    answer = await pledge(community.amina, community.general, action=ACTION, country="Tuvalu")

    assert answer.title == "Your pledge counts. Thank you!"
    assert quoted(answer) == [ACTION_TEXT]
    assert "You are number **1** to stand up here. You are the first from **Tuvalu**." in answer.text
    assert "Only you can read it: </pledge mine:" in answer.text
    assert answer.is_private
    assert community.general.history(viewer=community.joseph) == [], "nobody else is told"
    assert answer.buttons == ("Make another pledge",)
    assert answer.links == ("https://www.heforshe.org/en", "https://www.unwomen.org/en")


async def test_own_words_are_saved_as_they_were_written(community: Community) -> None:
    words = "I'll listen – first – and speak second; 你好, ¡señor! 50% of the time*"

    assert quoted(await pledge(community.amina, community.general, words=f"  {words}\n")) == [
        words.replace("*", "\\*"),
    ]


async def test_on_the_wall_only_if_one_wants_and_the_answer_says_who_reads_it(community: Community) -> None:
    hidden = await pledge(community.amina, community.general, words=WORDS)
    assert "Only you can read it" in hidden.text
    assert quoted(await wall(community)) == []

    shown = await pledge(community.amina, community.general, action=ACTION, wall=True)
    assert "on the pledge wall, with your name" in shown.text
    with_country = await pledge(community.joseph, community.general, action=ACTION, wall=True, country="Kenya")
    assert "with your name and country (**Kenya**)" in with_country.text
    assert quoted(await wall(community)) == [ACTION_TEXT, ACTION_TEXT]


async def test_people_are_numbered_not_pledges(community: Community) -> None:
    await pledge(community.amina, community.general, action=ACTION, country="Kenya")
    second = await pledge(community.amina, community.general, words=WORDS)
    other = await pledge(community.joseph, community.general, words=WORDS, country="Kenya")

    assert "You have **2** pledges in force. **1** person stands up here." in second.text
    assert "first from" not in second.text
    assert "You are number **2** to stand up here." in other.text
    assert "first from" not in other.text
    assert await miscounted(community) == []


async def test_the_same_again_is_one_pledge_and_the_answer_says_so(community: Community) -> None:
    """Two devices, or a form that is sent twice: each has a form of its own, open before either is sent."""
    phone, desk = [await form_of(community.amina, community.general) for _ in range(2)]
    first = await send(community.amina, phone, words=WORDS, wall=True)
    second = await send(community.amina, desk, words=f" {WORDS.upper()} ", wall=True)
    third = await pledge(community.amina, community.general, words=WORDS)

    assert first.title == "Your pledge counts. Thank you!"
    assert second.title == third.title == "You have made this pledge already. It counts."
    assert "You have **1** pledge in force. **1** person stands up here." in third.text
    assert "on the pledge wall" in third.text, "it stays where it is"
    assert quoted(await wall(community)) == [WORDS]
    assert await miscounted(community) == []


async def test_ten_are_in_force_at_most_and_the_eleventh_is_refused_kindly(community: Community) -> None:
    with in_a_hurry():
        for number in range(10):
            made = await pledge(community.amina, community.general, words=f"I will do good thing № {number}.")
        eleventh = await pledge(community.amina, community.general, words=WORDS)

    assert "You have **10** pledges in force." in made.text
    assert "You already have 10 pledges in force here, and 10 is the most one can have." in eleventh.text
    assert "`/pledge mine`" in eleventh.text
    assert WORDS in eleventh.text, "the words are given back"
    assert "**10** pledges are in force" in (await stats(community)).text

    first_of_ten = seen(await press(community.amina, await mine(community), "Withdraw"))
    await press(community.amina, first_of_ten, "Yes, withdraw it")
    form = await form_of(community.amina, community.general)
    assert filled_in(form)["words"] == WORDS, "and wait in the form"
    assert quoted(await send(community.amina, form)) == [WORDS]


async def test_what_speaks_of_violence_has_no_fanfare_and_ends_with_the_way_to_help(community: Community) -> None:
    action = await pledge(community.amina, community.general, theme="violence", action=GRAVE_ACTION, country="Kenya")
    own_words = await pledge(community.joseph, community.general, theme="violence", words=WORDS)
    elsewhere = await pledge(community.joseph, community.general, theme="online", action="online-report-harassment")

    for answer in (action, own_words, elsewhere):
        assert answer.title == "Your pledge counts. Thank you."
        assert "!" not in answer.text
        assert "/support" in answer.text.splitlines()[-1]
    help_ = seen(await press(community.amina, action, "Find help"))
    assert help_.title == "Where to find help"
    assert help_.is_private


async def test_own_words_about_something_else_are_thanked_with_joy(community: Community) -> None:
    answer = await pledge(community.amina, community.general, theme="online", words=WORDS)

    assert answer.title == "Your pledge counts. Thank you!"
    assert "Find help" not in answer.buttons


# The country.


async def test_a_country_is_understood_by_name_code_other_name_slip_and_flag(community: Community) -> None:
    typed = {
        "Kenya": "Kenya",
        "FJ": "Fiji",
        "bra": "Brazil",
        "Swaziland": "Eswatini",
        "Tuvallu": "Tuvalu",
        "🇯🇲": "Jamaica",
        " the gambia ": "Gambia",
    }
    with in_a_hurry():
        for number, (written, meant) in enumerate(typed.items()):
            actor = newcomer(community, f"newcomer{number}")
            answer = await pledge(actor, community.general, words=WORDS, country=written)
            assert f"You are the first from **{meant}**." in answer.text, written
    assert "From **7** of 195 countries." in (await stats(community)).text


async def test_a_country_is_remembered_and_stands_in_the_next_form(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="swaziland")

    form = await form_of(community.amina, community.general)
    assert filled_in(form)["country"] == "Eswatini"
    await send(community.amina, form, action=ACTION, country="Eswatini", wall=True)
    assert "Eswatini" in (await wall(community)).text


async def test_a_country_that_is_taken_out_of_the_form_is_forgotten(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    assert "From **1** of 195 countries." in (await stats(community)).text

    await send(community.amina, await form_of(community.amina, community.general), action=ACTION, country="")

    assert "Kenya" not in (await wall(community)).text
    assert "195" not in (await stats(community)).text
    assert filled_in(await form_of(community.amina, community.general))["country"] == ""
    assert await miscounted(community) == []


async def test_a_country_in_the_command_stands_in_the_form(community: Community) -> None:
    with_theme = await form_of(community.amina, community.general, country="brasil")
    asked = seen(await community.amina.slash(community.general, "pledge make", country="Kenia"))
    form = await community.amina.select(asked.message, ["home"], custom_id="pledge:theme")

    assert filled_in(with_theme)["country"] == "Brazil"
    assert filled_in(form)["country"] == "Kenya"


async def test_a_country_that_could_be_several_is_asked_for_and_pressing_one_moves_the_count(
    community: Community,
) -> None:
    typed = "Guinea Bissau or Congo"
    answer = await pledge(community.amina, community.general, words=WORDS, country=typed, wall=True)
    assert answer.title == "Your pledge counts. Thank you!", "it is saved all the same"
    assert f"I don't know a country called “{typed}”. Did you mean Congo · Guinea · Guinea-Bissau?" in answer.text
    assert answer.buttons == ("Congo", "Guinea", "Guinea-Bissau", "Make another pledge")
    assert "countries" not in (await stats(community)).text

    told = seen(await press(community.amina, answer, "Guinea-Bissau"))

    assert told.text == "Thank you. Your pledges count for **Guinea-Bissau** now."
    assert told.is_private
    assert "Guinea-Bissau" in (await wall(community)).text
    await press(community.amina, answer, "Congo")
    assert "Africa 1 of 54" in (await stats(community)).text, "moved, not counted twice"
    assert "Congo" in (await wall(community)).text
    assert await miscounted(community) == []


async def test_an_unknown_country_is_no_reason_to_lose_a_pledge(community: Community) -> None:
    answer = await pledge(community.amina, community.general, words=WORDS, country="xyzzy **bold**")

    assert quoted(answer) == [WORDS]
    assert "called “xyzzy \\*\\*bold\\*\\*”. You can tell it later: </pledge mine:" in answer.text
    assert answer.buttons == ("Make another pledge",)
    assert "**1** pledge is in force" in (await stats(community)).text


# Nothing is lost, nothing is crossed.


async def test_a_form_that_is_sent_after_a_restart_is_saved(community: Community) -> None:
    form = await form_of(community.amina, community.general)

    await community.restart()

    assert quoted(await send(community.amina, form, words=WORDS, wall=True)) == [WORDS]
    assert quoted(await wall(community)) == [WORDS]


async def test_what_could_not_be_sent_waits_in_the_form_until_it_can(community: Community) -> None:
    await pledge(community.amina, community.general, words="too short", country="Kenya", wall=True)

    asked = seen(await community.amina.slash(community.general, "pledge make", country="Fiji"))
    form = await community.amina.select(asked.message, ["work"], custom_id="pledge:theme")

    assert filled_in(form) == {"action": None, "words": "too short", "country": "Fiji", "wall": True}
    await send(community.amina, form, words=WORDS)
    assert filled_in(await form_of(community.amina, community.general))["words"] == "", "sent, it waits no more"
    assert filled_in(await form_of(community.joseph, community.general))["words"] == "", "it is nobody else's"


@IN_ENGLISH
async def test_fifty_people_with_the_same_form_open_are_never_crossed(community: Community) -> None:
    people = [newcomer(community, f"person{number}") for number in range(50)]
    with in_a_hurry():
        forms = [await form_of(person, community.general) for person in people]
        for number, (person, form) in enumerate(zip(people, forms, strict=True)):
            answer = await send(person, form, words=f"I will do what person {number} does.", wall=True)
            assert f"You are number **{number + 1}** " in answer.text
        for number in (0, 24, 49):
            own = await mine(community, people[number])
            assert quoted(own) == [f"I will do what person {number} does."]
        [*_, last] = quoted(await wall(community))
    assert last == "I will do what person 45 does."
    assert await miscounted(community) == []


# Elsewhere than in a server.


async def test_in_direct_messages_it_counts_for_the_campaign_only(community: Community) -> None:
    user = community.amina_user
    form = await form_of(user, None)
    assert "wall" not in fields_of(form), "there is no wall to stand on"
    assert note_of(form) == "-# Only you can read it. It is counted for the whole campaign."

    answer = await send(user, form, words=WORDS, country="Kenya")

    assert "You are number **1** to stand up in the whole campaign. You are the first from **Kenya**." in answer.text
    assert "Only you can read it" in answer.text
    assert "The first pledge could be yours" in (await stats(community)).text
    assert "1 person stands up in the whole campaign" in (await stats(community, everywhere=True)).text
    assert await miscounted(community) == []


async def test_where_the_server_does_not_have_the_bot_it_counts_for_the_campaign_only(community: Community) -> None:
    with own_app(community):
        form = await form_of(community.amina, community.general)
        assert "wall" not in fields_of(form)
        answer = await send(community.amina, form, words=WORDS)

    assert "You are number **1** to stand up in the whole campaign." in answer.text
    assert "The first pledge could be yours" in (await stats(community)).text
    assert "1 person stands up in the whole campaign" in (await stats(community, everywhere=True)).text


async def test_a_person_counts_once_in_the_campaign_however_many_places_they_pledge_in(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    answer = await pledge(community.amina_user, words=WORDS)

    assert answer.title == "Your pledge counts. Thank you!", "the same words elsewhere are another pledge"
    assert "You have **2** pledges in force. **1** person stands up in the whole campaign." in answer.text
    assert await miscounted(community) == []
