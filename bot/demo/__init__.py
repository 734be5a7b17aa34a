"""`make demo`: the real bot in a simulated Discord, and its page. Nothing else imports this package, or SimCord."""

from bot.demo.app import run

__all__ = ["run"]
