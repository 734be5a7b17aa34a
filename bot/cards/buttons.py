"""All that lasts beyond a restart, for the client: buttons, menus and forms. A test holds the lists complete."""

from typing import Any

from bot.cards.commitments import HowSureOfPromise, Turn
from bot.cards.dates import Page
from bot.cards.forms import LastingForm
from bot.cards.lasting import Lasting
from bot.cards.pledge_form import ChooseTheme, MakePledgeButton
from bot.cards.pledge_mine import AskWithdraw, EditPledgeButton, KeepPledge, TurnOwn, WallPledge, Withdraw
from bot.cards.pledge_sent import ChangedPledge, MeantCountry, NewPledge, TryAgain
from bot.cards.pledge_stats import ScopeButton
from bot.cards.pledge_wall import TurnWall
from bot.cards.sourced import Another, HowSure, Share
from bot.cards.support import FindHelp

BUTTONS: tuple[type[Lasting[Any]], ...] = (
    *(Another, FindHelp, HowSure, Share),
    *(HowSureOfPromise, Page, Turn),
    *(ChooseTheme, MakePledgeButton, MeantCountry, ScopeButton, TryAgain, TurnWall),
    *(AskWithdraw, EditPledgeButton, KeepPledge, TurnOwn, WallPledge, Withdraw),
)

FORMS: tuple[type[LastingForm], ...] = (ChangedPledge, NewPledge)
