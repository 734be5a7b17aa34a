"""Text made safe to show: bounded and harmless, but every script as its people write it."""

import re
import string
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text import MOST_MARKS, clean, escape, link

UNHARMED = {
    "Amharic": "የሰው ልጅ ሁሉ ሲወለድ ነጻ ነው።",
    "Arabic": "يولد جميع الناس أحرارًا متساوين في الكرامة",
    "Arabic, vowelled": "يُولَدُ جَمِيعُ النَّاسِ أَحْرَارًا",
    "Armenian": "Բոլոր մարդիկ ծնվում են ազատ",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে জন্মগ্রহণ করে",
    "Burmese": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် မွေးဖွားသည်",
    "Cherokee": "ᏂᎦᏓ ᎠᏂᏴᏫ ᎠᎾᏓᎳᏅᏓ",
    "Chinese, simplified": "人人生而自由，在尊严和权利上一律平等。",
    "Chinese, traditional": "人人生而自由，在尊嚴和權利上一律平等。",
    "Danish": "Alle mennesker er født frie",
    "Dhivehi": "ހުރިހާ އިންސާނުން ވެސް އުފަންވަނީ މިނިވަންކަމާއެކު",
    "English": "All human beings are born free – “equal”, isn’t it?",
    "Finnish": "Kaikki ihmiset syntyvät vapaina",
    "French": "Tous les êtres humains naissent libres, dès l’œuf",
    "Georgian": "ყველა ადამიანი იბადება თავისუფალი",
    "German": "Alle Menschen sind frei geboren, daß",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι",
    "Greek, polytonic": "Ἅπαντες οἱ ἄνθρωποι ἐλεύθεροι, ᾧ τῇ ᾄδῃ",
    "Gujarati": "બધા માણસો સ્વતંત્ર જન્મે છે",
    "Hausa": "Su dai ƴan-adam, ana haihuwarsu ne duka ƴantattu",
    "Hawaiian": "Hānau kūʻokoʻa ʻia nā kānaka apau",
    "Hebrew, with niqqud": "כָּל בְּנֵי הָאָדָם נוֹלְדוּ בְּנֵי חוֹרִין",
    "Hebrew, with cantillation": "בְּרֵאשִׁ֖ית בָּרָ֣א אֱלֹהִ֑ים אֵ֥ת הַשָּׁמַ֖יִם",
    "Hindi": "सभी मनुष्य जन्म से स्वतन्त्र हैं, हिन्दी में",
    "Igbo": "A mụrụ mmadụ nile n'ohere nha anya",
    "Inuktitut": "ᐃᓅᔪᓕᒫᑦ ᐊᓂᖅᑎᕆᔪᑦ",
    "Japanese": "すべての人間は、生まれながらにして自由であり、ガパ",
    "Kannada": "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿ ಜನಿಸಿದ್ದಾರೆ",
    "Khmer": "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "Korean": "모든 인간은 태어날 때부터 자유로우며",
    "Lao": "ມະນຸດທຸກຄົນເກີດມາມີສິດເສລີພາບ",
    "Malayalam": "എല്ലാ മനുഷ്യരും സ്വതന്ത്രരായി ജനിക്കുന്നു",
    "Malayalam, with joiners": "അവൻ എന്‍റെ നന്‍മ",
    "Marathi": "सर्व मानवी व्यक्ती जन्मतः स्वतंत्र आहेत, र्‍य",
    "Mongolian, Cyrillic": "Хүн бүр төрж мэндлэхэд эрх чөлөөтэй",
    "Navajo": "Bila'ashda'ii t'áá ałtsoh yiníkʼehgo bidizhchį́",
    "Nepali": "सबै व्यक्तिहरू जन्मजात स्वतन्त्र हुन्",
    "N’Ko": "ߡߊ߲߬ߘߋ߲߫ ߓߍ߯ ߟߊߒߘߏߞߏ",
    "Odia": "ସବୁ ମନୁଷ୍ୟ ଜନ୍ମକାଳରୁ ସ୍ୱାଧୀନ",
    "Pashto": "ټول انسانان ازاد نړۍ ته راځي",
    "Persian, with non-joiners": "می‌خواهم خانه‌های آزاد را ببینم",
    "Polish": "Wszyscy ludzie rodzą się wolni, żółć",
    "Punjabi": "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਜ਼ਾਦ ਹੈ",
    "Russian": "Все люди рождаются свободными, её ёж",
    "Sinhala": "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත, ශ්‍රී",
    "Spanish": "¡Todos los seres humanos nacen libres! ¿Señor?",
    "Syriac": "ܟܠ ܒܪܢܫܐ ܒܪܝܠܗ ܚܐܪܐ",
    "Tamil": "மனிதப் பிறவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர்",
    "Telugu": "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరును జన్మతః స్వతంత్రులు",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระ น้ำ ที่",
    "Tibetan": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ ཧཱུྃ",
    "Tifinagh": "ⵉⵎⴷⴰⵏⵏ ⴰⴽⴽⵯ ⵜⵜⵍⴰⵍⵏ",
    "Turkish": "Bütün insanlar hür doğarlar, İIıi",
    "Ukrainian": "Всі люди народжуються вільними, ґанок її",
    "Urdu": "تمام انسان آزاد پیدا ہوئے ہیں",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do, ngữ nghĩa",
    "Yiddish": "יעדער מענטש ווערט געבוירן פֿרײַ",
    "Yoruba": "Gbogbo ènìyàn ni a bí ní òmìnira; iyì ọ̀kọ̀ọ̀kan ẹ̀tọ́",
    "Zulu": "Bonke abantu bazalwa bekhululekile",
    "a rare ideograph with its variant": "葛󠄀飾区の𠮷野家",
    "emoji": "🙂👍❤️☕",
    "emoji of families and skins": "👩‍👩‍👧‍👦👩🏽‍🚀🤝🏿🧑🏻‍🤝‍🧑🏿🏳️‍🌈",
    "emoji of keys and flags": "1️⃣#️⃣🇰🇪🇧🇷",
    "emoji newer than this Python's Unicode": "\U0001fae8\U0001fadc\U0001fae9",
    "signs": "€ £ ½ ° § © → ≠ √ ♀ ♂ ♪ 🄯",
}

TEXTS = st.text(max_size=60) | st.text(
    st.sampled_from(
        "ae\u0301\u0316\u0345\u0f71\u0f73\u0cc6\u0cd6\u0958\u1100\u1161 \t\u00a0\u200b\u200c\u200d\u202e\x00\ud800"
    ),
    max_size=60,
)


def marks_in_a_row(text: str) -> int:
    most = run = 0
    for char in text:
        if char in "\u200c\u200d":
            continue
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        most = max(most, run)
    return most


# clean()


@pytest.mark.parametrize("text", UNHARMED.values(), ids=UNHARMED)
def test_real_writing_passes_unharmed(text: str) -> None:
    as_typed = unicodedata.normalize("NFC", text)

    assert clean(as_typed, 100) == as_typed
    assert clean(unicodedata.normalize("NFD", text), 200) == as_typed, "as some keyboards and file systems write it"


@given(TEXTS, st.integers(1, 40))
@settings(max_examples=500, deadline=None)
@example("e\u200b\u0301", 9)  # composes only once the invisible character between is gone
@example("\u0c95\u0cc6\u0cc6\u0cc6\u0301\u0cd6", 9)  # ... or the fourth mark
@example("\u0958\u0958", 3)  # grows when it is normalised
def test_what_is_clean_is_one_short_line_of_visible_text_and_stays_as_it_is(text: str, limit: int) -> None:
    cleaned = clean(text, limit)

    assert len(cleaned) <= limit
    assert cleaned == cleaned.strip()
    assert not re.search(r"[^\S ]|  ", cleaned), "one line, single spaces"
    assert {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Co"} == set()
    assert [char for char in cleaned if unicodedata.category(char) == "Cf" and char not in "\u200c\u200d"] == []
    assert marks_in_a_row(cleaned) <= MOST_MARKS
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean(cleaned, limit) == cleaned
    cleaned.encode()


@given(st.text(st.characters(max_codepoint=0x24F), max_size=40))
@settings(max_examples=1000, deadline=None)
@example("a\u00a0b \n\n c\u00adé")
def test_latin_letters_are_cleaned_the_same_whether_or_not_they_are_read_closely(text: str) -> None:
    unseen = "\u200b"  # it goes, but because of it each character is looked at

    assert clean(text, 20) == clean(unseen + text, 20)


@given(st.text(string.ascii_letters + "éñüçа猫 ", max_size=40))
def test_plain_words_lose_nothing_but_extra_spaces(text: str) -> None:
    assert clean(text, 40) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("two\nlines\r\nand\u2028three\u0085four", "two lines and three four"),
        ("  a \t\u00a0\u3000 b  ", "a b"),
        ("@\u202eeveryone \u2066x\u2069\u061c\u200e\u200f", "@everyone x"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("pass\u00adword\ufeff\u2060", "password"),
        ("\ud83d\ude00 a\udfff", "a"),
        ("\ue000a\U000f0000\U0010ffff\ufffe\ufdd0\u2065\U000e0fff", "a"),
        ("flag \U000e0067\U000e007f tags", "flag tags"),
        ("\u200d\u200cword\u200d\u200d\u200d!\u200c", "word\u200d!"),
        ("Z" + "\u0335\u0348\u0353\u0301\u0302" * 9 + "algo", "\u0179\u0335\u0335\u0335algo"),
        ("e\u0301", "é"),
        ("", ""),
        ("\u200b\u202e\u2066", ""),
    ],
    ids=ascii,
)
def test_what_is_not_to_be_seen_goes(text: str, cleaned: str) -> None:
    assert clean(text, 50) == cleaned


def test_a_text_full_of_marks_keeps_three() -> None:
    assert clean("a" + "\u0316\u0301" * 2000, 4000) == "\u00e1\u0316\u0316\u0316"
    assert clean("x" + "\u0f73" * 16_000, 4000) == "x\u0f71\u0f71\u0f71"


def test_no_more_is_read_than_may_be_needed() -> None:
    assert clean(" " * 40 + "word", 10) == ""
    assert clean(" " * 36 + "word", 10) == "word"


# escape(): what Discord shows is what was written. The model below is of Discord, and shares nothing with the code.

SPECIALS = set("*_~|`[]<")
ASCII_PUNCTUATION = set(string.punctuation)
CHOSEN = ["*", "_", "~~", "||", "`", "```", "[", "](", ")", "<", ">", "#", "-", "-#", "+", "1", "23", ".", "\\", "\n"]
CHOSEN += [" ", "a", "@everyone", "@here", "<@1>", "<#2>", "<t:1:R>", "</x:1>", "http://", "https://a.b", "é", "٣", ":"]
MARKDOWN = st.lists(st.sampled_from(CHOSEN) | st.characters(codec="utf-8"), max_size=20).map("".join)


def as_discord_reads(text: str) -> tuple[str, str]:
    """What is shown of an escaped text; and the same with each escaped character made harmless.

    In Discord's markdown a backslash before ASCII punctuation shows that character, whatever else it would mean.
    """
    shown, bare = [], []
    position = 0
    while position < len(text):
        char, follower = text[position], text[position + 1 : position + 2]
        if char == "\\" and follower and follower in ASCII_PUNCTUATION:
            shown.append(follower)
            bare.append("\ufffc")
            position += 2
        else:
            shown.append(char)
            bare.append(char)
            position += 1
    return "".join(shown), "".join(bare)


@given(MARKDOWN)
@settings(max_examples=1000, deadline=None)
@example("# heading\n## two\n### three\n-# small")
@example("> quote\n>>> all")
@example("  - item\n\t* item\n + item\n 12. item\n1914. year\n1) one")
@example("**b** __u__ ~~s~~ ||spoiler|| `c` ```py\nc```")
@example("[text](http://a.b) <http://a.b> https://a.b/(c) <mailto:a@b.c>")
@example("<@1> <@!1> <@&1> <#1> <t:1:R> </x:1> <:e:1> <a:e:1> <id:home> @everyone @here @@here")
@example("¯\\_(ツ)_/¯ \\* \\\\ C:\\path\\")
def test_what_discord_shows_of_an_escaped_text_is_the_text(text: str) -> None:
    shown, bare = as_discord_reads(escape(text))

    assert shown == re.sub("@(?=everyone|here)", "@\u200b", text)
    assert not SPECIALS & set(bare), "nothing is left that could begin or end a format, a link, a mention"
    assert "\\" not in bare, "no backslash is left to eat what follows it"
    for line in bare.split("\n"):
        assert not re.match(r"\s*(#{1,3}|-#|>|>>>|[-+*]|[0-9]+[.)])", line), "no heading, quote or list"
    assert "://" not in bare
    assert not re.search("@(everyone|here)", bare)


def test_text_without_anything_special_is_left_alone() -> None:
    for text in UNHARMED.values():
        assert escape(text.replace("#", "")) == text.replace("#", "")


@given(MARKDOWN)
def test_escaping_at_most_doubles_a_text(text: str) -> None:
    assert len(escape(text)) <= 2 * len(text)


def test_a_text_full_of_links_is_escaped_throughout() -> None:
    assert escape("[](" * 4000) == "\\[\\](" * 4000
    assert escape("[a](" * 1000) == "\\[a\\](" * 1000


def test_a_cleaned_and_escaped_text_grows_within_a_known_bound() -> None:
    assert len(escape(clean("*" * 5000, 1000))) == 2000


# link()


def test_a_link_shows_its_title_and_leads_to_its_address() -> None:
    assert link("A [brief] history_*", "https://example.org/a_(b)?c=(d)") == (
        "[A \\[brief\\] history\\_\\*](https://example.org/a_%28b%29?c=%28d%29)"
    )


def test_a_title_without_an_address_is_no_link() -> None:
    assert link("An [article]", None) == "An \\[article\\]"


@given(MARKDOWN)
def test_no_title_ends_its_link_early(title: str) -> None:
    _, bare = as_discord_reads(link(title, "https://example.org/(x)"))

    assert re.fullmatch(r"\[[^\[\]]*\]\(https://example\.org/%28x%29\)", bare)
