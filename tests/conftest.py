"""The bot under test: the one that `run` starts, on a simulated Discord."""

from datetime import datetime

import pytest
import simcord

from bot.client import Uplift, make_bot
from bot.clock import Clock
from bot.settings import Settings
