"""The campaign's content: what is shipped is right, and what is wrong is named by file, item and field."""

import re
import shutil
from pathlib import Path

import pytest

from bot import DATA
from bot.campaign.load import ContentError, load_campaign
from bot.campaign.models import Campaign, Milestone, Observance

TINY = Path(__file__).parent.parent / "data" / "tiny-campaign"
FILES = ("campaign", "facts", "quotes", "milestones", "commitments", "pledges")

NO_SOURCE = "has no source: everything that is shown names where it comes from"
NO_DATE = "needs either made_on or year: a promise is shown with its date"
NO_TOPIC = "is not among the topics of campaign.toml"
NO_FULL_DATE = "write YYYY, YYYY-MM or YYYY-MM-DD"


@pytest.fixture(scope="module")
def shipped() -> Campaign:
    return load_campaign(DATA / "heforshe")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A campaign without faults, to be spoilt."""
    return shutil.copytree(TINY, tmp_path / "campaign")


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    """Changes the first `old` in a file, as a slip of the pen would."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def faults_of(folder: Path, **kwargs: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load_campaign(folder, **kwargs)
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return list(map(str, caught.value.faults))


# What is shipped.


def test_the_shipped_content_has_as_many_items_as_its_readme_says(shipped: Campaign) -> None:
    readme = (DATA / "heforshe" / "README.md").read_text(encoding="utf-8")
    said = dict(re.findall(r"^\| (\S+\.toml) \| (\d+) \|", readme, re.MULTILINE))

    assert {name: int(count) for name, count in said.items()} == {
        "facts.toml": len(shipped.facts),
        "quotes.toml": len(shipped.quotes),
        "milestones.toml": len(shipped.milestones),
        "commitments.toml": len(shipped.commitments),
        "pledges.toml": len(shipped.pledges),
        "campaign.toml": 1 + len(shipped.links) + len(shipped.support) + len(shipped.topics),
        "../countries.toml": len(shipped.countries) + len(shipped.territories),
    }
    assert (len(shipped.facts), len(shipped.quotes), len(shipped.milestones)) == (91, 77, 72)
    assert (len(shipped.countries), len(shipped.territories)) == (195, 48)


def test_the_shipped_dates_weigh_as_their_readme_says(shipped: Campaign) -> None:
    weights = [milestone.weight for milestone in shipped.milestones]

    assert [weights.count(weight) for weight in ("headline", "major", "minor")] == [8, 17, 47]
    for milestone in shipped.milestones:
        if isinstance(milestone, Milestone) and milestone.date_note:
            assert milestone.weight == "minor", f"{milestone.id}: an uncertain day is not posted by default"


def test_every_country_has_its_codes_to_itself(shipped: Campaign) -> None:
    areas = [*shipped.countries, *shipped.territories]

    for codes in ({area.iso2 for area in areas}, {area.iso3 for area in areas}, {area.name for area in areas}):
        assert len(codes) == len(areas)


# Another campaign is another folder.


def test_another_campaign_is_another_folder() -> None:
    campaign = load_campaign(TINY)

    assert campaign.info.name == "Plant a Tree"
    assert campaign.info.rgb == 0x2E7D32
    assert [fact.id for fact in campaign.facts] == ["first-sapling", "count-of-trees"]
    assert [type(milestone) for milestone in campaign.milestones] == [Milestone, Observance]
    assert list(campaign.topics) == ["saplings", "garden"]
    assert len(campaign.countries) == 195, "the countries serve every campaign"


def test_the_invented_campaign_can_be_taken_for_nobodys_facts() -> None:
    text = "".join((TINY / f"{name}.toml").read_text(encoding="utf-8") for name in FILES)

    assert set(re.findall(r"https?://([^/\"]+)", text)) == {"example.org"}
    assert "HeForShe" not in text


def test_a_campaign_may_leave_a_list_empty(folder: Path) -> None:
    for name in FILES[1:]:
        (folder / f"{name}.toml").write_text(f"{name} = []\n", encoding="utf-8")

    campaign = load_campaign(folder)

    assert not any((campaign.facts, campaign.quotes, campaign.milestones, campaign.commitments, campaign.pledges))


# What is wrong with one item.


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("facts", 'source_title = "The invented gazette"\n', "", f"'first-sapling', field 'source_title': {NO_SOURCE}"),
        ("quotes", 'source_title = "The invented gazette"', "", f"'mayor-dig', field 'source_title': {NO_SOURCE}"),
        ("facts", "The invented gazette", "  ", "'first-sapling', field 'source_title': is empty"),
        (
            "facts",
            "first-sapling",
            "count-of-trees",
            "'count-of-trees', field 'id': stands there 2 times; an id must be unique",
        ),
        ("facts", 'id = "first-sapling"', "", "item 1, field 'id': is missing"),
        ("facts", '"first-sapling"', "7", "item 1, field 'id': must be written as text, in quotes"),
        (
            "facts",
            "The mayor",
            "x" * 300 + "The mayor",
            "'first-sapling', field 'text': is 384 characters long; at most 300 fit",
        ),
        ("pledges", "I will", "x" * 100, "'garden-water', field 'text': is 139 characters long; at most 100 fit"),
        (
            "facts",
            'topic = "saplings"',
            'topic = "sapling"',
            f"'first-sapling', field 'topic': 'sapling' {NO_TOPIC}; did you mean 'saplings'?",
        ),
        (
            "quotes",
            '"saplings"]',
            '"gardn"]',
            f"'mayor-dig', field 'topics': 'gardn' {NO_TOPIC}; did you mean 'garden'?",
        ),
        ("pledges", '"garden"', '"cooking"', f"'garden-water', field 'theme': 'cooking' {NO_TOPIC}"),
        (
            "facts",
            "2001-02-03",
            "2001-02-30",
            "'first-sapling', field 'date': is a day that does not exist ('2001-02-30')",
        ),
        (
            "facts",
            "2001-02-03",
            "3 Feb 2001",
            f"'first-sapling', field 'date': is not a date ('3 Feb 2001'): {NO_FULL_DATE}",
        ),
        ("facts", '"2001-02-03"', "2001-02-03", "'first-sapling', field 'date': must be written as text, in quotes"),
        ("quotes", "undated", "unknown", f"'mayor-dig', field 'date': is not a date ('unknown'): {NO_FULL_DATE}"),
        (
            "milestones",
            "04-30",
            "2002-04-30",
            "'day-of-the-umbrella', field 'date': is not a day of the year ('2002-04-30'): write MM-DD",
        ),
        ("milestones", "date =", 'end_date = "1999-01-01"\ndate =', "'sapling-day': end_date lies before date"),
        (
            "milestones",
            '"milestone"',
            '"party"',
            "'sapling-day', field 'kind': must be one of: milestone, observance",
        ),
        (
            "milestones",
            '"headline"',
            '"huge"',
            "'sapling-day', field 'weight': must be one of 'headline', 'major' or 'minor'",
        ),
        ("milestones", "= 2002", "= 1700", "'day-of-the-umbrella', field 'first_observed': must be at least 1800"),
        ("facts", "date =", "dte =", "'first-sapling', field 'dte': is not a field of facts; did you mean 'date'?"),
        (
            "facts",
            "https://example.org/gazette/1",
            "example.org",
            "'first-sapling', field 'source_url': is not written as it must be: 'example.org'",
        ),
        ("commitments", "year = 2001", "", f"'mayor-one-spade': {NO_DATE}"),
        ("commitments", "year =", 'made_on = "2001"\nyear =', f"'mayor-one-spade': {NO_DATE}"),
        ("campaign", "[1, 2, 3]", "[3, 2]", "[campaign]: goals must rise from each to the next"),
        ("campaign", "#2E7D32", "green", "[campaign], field 'colour': is not written as it must be: 'green'"),
    ],
    ids=lambda text: text[:24].strip(),
)
def test_a_fault_is_named_by_file_item_and_field(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    spoil(folder, f"{file}.toml", old, new)

    assert faults_of(folder) == [f"{file}.toml, {fault}"]


# What is wrong with a whole file.


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").unlink()

    assert faults_of(folder)[0] == f"{name}.toml: the file is missing"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_toml_is_named_with_the_line(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").write_text("\nid = \n", encoding="utf-8")

    assert faults_of(folder)[0] == f"{name}.toml: is not valid TOML: Invalid value (at line 2, column 6)"


def test_a_file_that_is_no_text_is_named(folder: Path) -> None:
    (folder / "quotes.toml").write_bytes('[[quotes]]\nid = "caf\xe9"\n'.encode("latin-1"))

    assert faults_of(folder) == ["quotes.toml: is not text in UTF-8"]


def test_a_folder_in_the_place_of_a_file_is_named(folder: Path) -> None:
    (folder / "facts.toml").unlink()
    (folder / "facts.toml").mkdir()

    assert faults_of(folder) == ["facts.toml: can't be read: Is a directory"]


def test_a_table_that_nobody_reads_is_named(folder: Path) -> None:
    spoil(folder, "facts.toml", '[[facts]]\nid = "count', '[[fact]]\nid = "count')

    assert faults_of(folder) == ["facts.toml: has a part that is not known: 'fact'"]


def test_a_list_that_is_missing_is_named(folder: Path) -> None:
    (folder / "pledges.toml").write_text("# none yet\n", encoding="utf-8")

    assert faults_of(folder) == ["pledges.toml: has no list [[pledges]]"]


def test_items_that_are_no_tables_are_named_by_their_number(folder: Path) -> None:
    (folder / "pledges.toml").write_text('pledges = ["water a tree", 3]\n', encoding="utf-8")

    assert faults_of(folder) == [
        "pledges.toml, item 1: is not a table of fields",
        "pledges.toml, item 2: is not a table of fields",
    ]


def test_the_table_of_the_campaign_itself_is_missed(folder: Path) -> None:
    spoil(folder, "campaign.toml", "[campaign]", "[campain]")

    assert faults_of(folder) == [
        "campaign.toml: has no table [campaign]",
        "campaign.toml: has a part that is not known: 'campain'",
    ]


def test_the_file_of_the_countries_is_checked_like_the_others(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "countries.toml").write_text('countries = [{ iso2 = "ke" }]\nplaces = []\n', encoding="utf-8")

    faults = faults_of(folder, countries_file=tmp_path / "countries.toml")

    assert "countries.toml, 'ke', field 'iso2': is not written as it must be: 'ke'" in faults
    assert "countries.toml, 'ke', field 'name': is missing" in faults
    assert "countries.toml: has no list [[territories]]" in faults
    assert "countries.toml: has a part that is not known: 'places'" in faults


# Everything at once.


def test_all_faults_of_all_files_are_reported_at_once(folder: Path) -> None:
    spoil(folder, "campaign.toml", "#2E7D32", "green")
    spoil(folder, "facts.toml", 'source_title = "The invented gazette"\n', "")
    spoil(folder, "facts.toml", "2001-02-03", "2001-13")
    spoil(folder, "facts.toml", 'topic = "garden"', 'topic = "gardens"')
    spoil(folder, "quotes.toml", "undated", "some day")
    spoil(folder, "milestones.toml", "04-30", "04-31")
    spoil(folder, "commitments.toml", "year = 2001", "")
    (folder / "pledges.toml").unlink()

    faults = faults_of(folder)

    assert sorted(fault.partition(": ")[0] for fault in faults) == [
        "campaign.toml, [campaign], field 'colour'",
        "commitments.toml, 'mayor-one-spade'",
        "facts.toml, 'count-of-trees', field 'topic'",
        "facts.toml, 'first-sapling', field 'date'",
        "facts.toml, 'first-sapling', field 'source_title'",
        "milestones.toml, 'day-of-the-umbrella', field 'date'",
        "pledges.toml",
        "quotes.toml, 'mayor-dig', field 'date'",
    ]
