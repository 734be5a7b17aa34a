"""All buttons that last, for the client to register. A test holds this list complete."""

from bot.cards.commitments import HowSureOfPromise, Turn
from bot.cards.dates import Page
from bot.cards.lasting import LastingButton
from bot.cards.sourced import Another, HowSure, Share
from bot.cards.support import FindHelp

BUTTONS: tuple[type[LastingButton], ...] = (Another, FindHelp, HowSure, HowSureOfPromise, Page, Share, Turn)
