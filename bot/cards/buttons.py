"""All that lasts beyond a restart, for the client: buttons, menus and forms. A test holds the lists complete."""

from typing import Any

from bot.cards.announcement_more import More
from bot.cards.commitments import HowSureOfPromise, Turn
from bot.cards.dates import Page
from bot.cards.forms import LastingForm
from bot.cards.lasting import Lasting
from bot.cards.moderate_asks import AskBlock, AskHide, AskHideAll
from bot.cards.moderate_forms import BlockSent, HideAllSent, HideSent
from bot.cards.moderate_log import TurnLog
from bot.cards.moderate_pledges import PickPledge, ShowPledge, TurnPledges, Unblock
from bot.cards.own_dates import AskRemoveDate, DateChanged, EditDateButton, KeepDate, RemoveDate
from bot.cards.own_dates_list import PickDate, TurnDates
from bot.cards.own_dates_preview import PreviewDate
from bot.cards.pledge_form import ChooseTheme, MakePledgeButton
from bot.cards.pledge_mine import AskWithdraw, EditPledgeButton, KeepPledge, TurnOwn, WallPledge, Withdraw
from bot.cards.pledge_sent import ChangedPledge, MeantCountry, NewPledge, TryAgain
from bot.cards.pledge_stats import ScopeButton
from bot.cards.pledge_wall import TurnWall
from bot.cards.privacy import AskErase, EraseData, ExportData, KeepData, ShowData
from bot.cards.report import PledgeReport, ReportWall, WhichPledge
from bot.cards.report_fault import FaultReport, MuteReported
from bot.cards.review_card import AskReason, LetStand, ReviewReason
from bot.cards.setup import (
    AskSetting,
    ChooseChannel,
    ChooseRole,
    ClearSetting,
    MentionEveryone,
    PickSetting,
    PostMissed,
    Preview,
    SendTest,
    SettingSent,
    TakeOffLeftOver,
    TurnPage,
    TurnSetting,
)
from bot.cards.sourced import Another, HowSure, Share
from bot.cards.support import FindHelp
from bot.cards.supporter_role import GiveRoleBack, TakeRole

BUTTONS: tuple[type[Lasting[Any]], ...] = (
    *(Another, FindHelp, HowSure, Share),
    *(HowSureOfPromise, Page, Turn),
    More,
    *(ChooseTheme, MakePledgeButton, MeantCountry, ScopeButton, TryAgain, TurnWall),
    *(AskWithdraw, EditPledgeButton, KeepPledge, TurnOwn, WallPledge, Withdraw),
    *(MuteReported, ReportWall, WhichPledge),
    *(AskBlock, AskHide, AskHideAll, PickPledge, ShowPledge, TurnPledges, Unblock),
    *(AskReason, LetStand, TurnLog),
    *(AskRemoveDate, EditDateButton, KeepDate, PickDate, PreviewDate, RemoveDate, TurnDates),
    *(GiveRoleBack, TakeRole),
    *(AskErase, EraseData, ExportData, KeepData, ShowData),
    *(AskSetting, ChooseChannel, ChooseRole, ClearSetting, PickSetting, TakeOffLeftOver, TurnPage, TurnSetting),
    *(MentionEveryone, PostMissed, Preview, SendTest),
)

FORMS: tuple[type[LastingForm], ...] = (
    *(ChangedPledge, FaultReport, NewPledge, PledgeReport),
    *(DateChanged,),
    *(BlockSent, HideAllSent, HideSent, ReviewReason, SettingSent),
)
