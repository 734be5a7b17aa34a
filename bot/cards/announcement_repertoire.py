"""The sentences that posts are written with, so many of each sort that no two years of a day read alike.

Which comes next follows from the server, the day and the year alone. The numbers of sentences in `BEGINNINGS`,
`QUESTIONS` and `INVITATIONS` (7, 11, 5) have no common divisor: all three together come again after 385 years.
Solemn sentences celebrate nothing and call to nothing loud. None of all has an exclamation mark.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias, TypeVar

from bot.i18n import Message, Words, msg

T = TypeVar("T")

Sort: TypeAlias = Literal["milestone", "observance", "own"]
Mood: TypeAlias = Literal["festive", "plain", "solemn"]

_SPELLED: Mapping[int, Message] = {
    1: msg("One year ago today"),
    2: msg("Two years ago today"),
    3: msg("Three years ago today"),
    4: msg("Four years ago today"),
    5: msg("Five years ago today"),
    6: msg("Six years ago today"),
    7: msg("Seven years ago today"),
    8: msg("Eight years ago today"),
    9: msg("Nine years ago today"),
    10: msg("Ten years ago today"),
    11: msg("Eleven years ago today"),
    12: msg("Twelve years ago today"),
    13: msg("Thirteen years ago today"),
    14: msg("Fourteen years ago today"),
    15: msg("Fifteen years ago today"),
    16: msg("Sixteen years ago today"),
    17: msg("Seventeen years ago today"),
    18: msg("Eighteen years ago today"),
    19: msg("Nineteen years ago today"),
    20: msg("Twenty years ago today"),
    25: msg("A quarter of a century ago today"),
    30: msg("Thirty years ago today"),
    40: msg("Forty years ago today"),
    50: msg("Half a century ago today"),
    100: msg("A hundred years ago today"),
    150: msg("A century and a half ago today"),
    200: msg("Two hundred years ago today"),
}

_FESTIVE_MILESTONE = (
    msg("A day worth remembering, and worth celebrating."),
    msg("Good news does not go stale: it shows that things can change."),
    msg("Somebody had to begin. It is good to remember that they did."),
    msg("It was one step, and it counted."),
    msg("Some things look small on the day itself, and large from afar."),
    msg("Progress rarely has a birthday. This piece of it does."),
    msg("Whoever doubts that things can change has this day to look at."),
)
_PLAIN_MILESTONE = (
    msg("Change has dates, and people behind them."),
    msg("What looks settled today was once an open question."),
    msg("It is one step on a road that goes on."),
    msg("A date in the calendar, and behind it the work of many."),
    msg("Some names are remembered. Much of the work was done by people whose names nobody wrote down."),
    msg("What was begun then needs people who carry on."),
    msg("Looking back is worth it when it helps us to see what comes next."),
)
_SOLEMN_MILESTONE = (
    msg("Behind this date stand people who did not look away."),
    msg("A day to think of those who were not protected, and of those who still can be."),
    msg("What was said then has to be kept every day."),
    msg("It was needed, and it is needed still."),
    msg("Violence is never a private matter. This date is a reminder."),
    msg("Where there was silence before, somebody spoke."),
    msg("We remember it quietly, and do not forget whom it is about."),
)
_FESTIVE_OBSERVANCE = (
    msg("A day to say what often goes unsaid: thank you, well done, carry on."),
    msg("A good day to look at who does the work, and who gets the credit."),
    msg("A day to celebrate, and to see what is still to be done."),
    msg("One day a year is not much. It is a good one to start from."),
    msg("It is marked in many places today, and so it is here."),
    msg("A day to listen to those whom it is about."),
    msg("Somebody you know has earned a kind word today."),
)
_PLAIN_OBSERVANCE = (
    msg("A day in the calendar changes nothing by itself. What people do on it can."),
    msg("It comes round every year because the matter is not settled."),
    msg("A good day for a question, a conversation, or a first step."),
    msg("It concerns more people than it names."),
    msg("Days like this invite us to look again at what we are used to."),
    msg("It is easy to let such a day pass. To notice it takes a minute."),
    msg("Take it as an occasion: most good conversations need one."),
)
_SOLEMN_OBSERVANCE = (
    msg("We mark it with respect for everybody whom it concerns."),
    msg("Those whom it is about are not numbers, and they are not far away."),
    msg("A day to believe those who speak, and not to press those who cannot."),
    msg("Nobody who has lived through it owes anybody their story."),
    msg("Such a day should not be needed. It is."),
    msg("This day asks the rest of us not to look away."),
    msg("Some who read this know more about it than they may ever say. You are not alone."),
)
_OWN = (
    msg("This date is ours."),
    msg("A date that belongs to this community."),
    msg("Some of you will know this day well."),
    msg("It stands in our own calendar, and with reason."),
    msg("It may be in no history book. It is in ours."),
    msg("A day that means something here."),
    msg("Thanks to everybody who keeps it in mind."),
)

BEGINNINGS: Mapping[Sort, Mapping[Mood, Sequence[Message]]] = {
    "milestone": {"festive": _FESTIVE_MILESTONE, "plain": _PLAIN_MILESTONE, "solemn": _SOLEMN_MILESTONE},
    "observance": {"festive": _FESTIVE_OBSERVANCE, "plain": _PLAIN_OBSERVANCE, "solemn": _SOLEMN_OBSERVANCE},
    "own": {"festive": _OWN, "plain": _OWN, "solemn": _OWN},
}
"""What follows upon the day itself. Of a server's own date nobody knows the tone: what is said of it suits any."""

QUESTIONS = (
    msg("When did somebody last stand up for you? Tell us, if you like."),
    msg("What has become better where you live, and who saw to it?"),
    msg("Which small thing could be fairer in your week, at home or at work?"),
    msg("Who showed you what fairness looks like? A name and a sentence are enough."),
    msg("What would you tell somebody who asks why this matters?"),
    msg("What did you once take for granted, and see differently now?"),
    msg("Whose voice is missing in the rooms that you are in?"),
    msg("What is the best answer you know to “It was always like this”?"),
    msg("Which rule, at school or at work, would you change first?"),
    msg("What have you unlearned, and who helped you with it?"),
    msg("What should be different by this day next year?"),
)
"""For all to answer in the channel."""

SOLEMN_THOUGHTS = (
    msg("To listen, and to believe what one hears, is a beginning."),
    msg("“Are you safe?” can be the most important question of a week."),
    msg("Nobody has to be a hero. To stay with somebody, or to fetch help, is a great deal."),
    msg("A joke at the cost of others lives on the laughter. It can be left out."),
    msg("Whoever tells you about it has chosen you. Thank them, and ask what they need."),
    msg("What helps is for those concerned to decide. Others can ask, and wait."),
    msg("To learn where help can be found, before somebody needs it, takes five minutes."),
    msg("What friends can talk about loses some of its hold."),
    msg("It is not for those who were hurt to explain. It is for the rest of us to learn."),
    msg("Where somebody is being hurt, to look away is an answer too."),
    msg("Calm words, an open door, time: help often looks like that."),
)
"""In place of a question: nobody is asked for their story on such a day."""

INVITATIONS = (
    msg("A pledge takes a minute: one thing that you will do."),
    msg("Would you like to add something of your own? A pledge can be small."),
    msg("Promise one thing today. The button below opens the form."),
    msg("What will you do? A pledge is a good way to say it."),
    msg("There is room for one more promise: yours."),
)
SOLEMN_INVITATIONS = (
    msg("If you want to promise something, you can do so below. It need not be public."),
    msg("To do one's part can begin with a pledge. It need not stand on a wall."),
    msg("To look, to ask, to stay: such things can be promised below."),
    msg("A pledge can be a quiet one that stands on no wall."),
    msg("What is promised below need not be grand to help."),
)

NOBODY_YET = (
    msg("Nobody here has made a pledge yet. Somebody has to be the first."),
    msg("The first pledge of this community is still to come."),
    msg("This community could have its first pledge today."),
    msg("Every wall begins with one pledge. Ours is still to come."),
)
QUIET = (
    msg("No new pledge has come since {since}. The next one could be yours."),
    msg("It was a quiet year here. It need not stay so."),
    msg("What was promised before still holds, and new promises are welcome."),
)
OUR_PART = (
    msg("What has come together here"),
    msg("Our part in it"),
    msg("This community"),
)
MORE_TO_KNOW = (
    msg("One more thing to know"),
    msg("Did you know?"),
    msg("Worth knowing"),
    msg("For the next conversation"),
    msg("A fact to take along"),
)
SOLEMN_TO_KNOW = (
    msg("Worth knowing"),
    msg("One more thing to know"),
    msg("What is known of it"),
)

ORDERS: Sequence[Sequence[str]] = (
    ("quote", "ours", "fact", "also", "ask"),
    ("ours", "quote", "also", "fact", "ask"),
    ("quote", "fact", "also", "ours", "ask"),
    ("also", "ours", "fact", "quote", "ask"),
)
"""In which the parts of a post stand below what happened."""


def turn_of(choices: Sequence[T], seed: str, first: date, year: int) -> T:
    """Whose turn it is in this year, of a day that first was on `first`: never the same in two years that follow.

    Nor on two days that are a few days apart, as long as there are more choices than days between them. In which
    order they come depends on the seed.
    """
    order = sorted(range(len(choices)), key=lambda at: hashlib.blake2b(f"{seed}\0{at}".encode()).digest())
    return choices[order[(year + 31 * first.month + first.day) % len(choices)]]


def years_ago_today(words: Words, years: int) -> str:
    """'Twelve years ago today': in words where that is how one would say it, else in figures."""
    spelled = _SPELLED.get(years)
    if spelled is not None:
        return words.say(spelled)
    return words.ngettext("{n} year ago today", "{n} years ago today", years)
