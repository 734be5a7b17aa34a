"""The faces of the demo: flat, faceless portraits and two signs, drawn once each when they are first needed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageColor, ImageDraw, ImageOps

SIZE: Final = 256
_FINE: Final = 4
"""Drawn this many times larger and scaled down, so that edges are smooth."""

_MAGENTA, _DEEP, _INK, _WHITE = "#E6007E", "#8F0A5C", "#17131A", "#FFFFFF"


@dataclass(frozen=True)
class _Portrait:
    """Colours from the background (top, bottom) to the hair, and the shape of the hair."""

    background: tuple[str, str]
    skin: str
    hair: str
    clothes: str
    style: str


_PORTRAITS: Final = {
    "amina": _Portrait(("#FFC46B", "#F0795B"), "#8D5A3B", "#2A1A1F", "#6B2D8C", "round"),
    "joseph": _Portrait(("#6FD3C4", "#2A7F9E"), "#6E4429", "#1D1517", "#F3EDE2", "short"),
    "sofia": _Portrait(("#B9A3FF", "#6D5BD0"), "#E0AC86", "#5A3523", "#F7C948", "long"),
    "grace": _Portrait(("#F7A8C4", "#C2457F"), "#7A4B30", "#24171B", "#1F6F78", "bun"),
    "peter": _Portrait(("#F3D48A", "#C98A3C"), "#F0C8A6", "#7A5230", "#44606B", "short"),
    "daniel": _Portrait(("#A8D97F", "#3F8F63"), "#9A6A46", "#2B1D1A", "#D9573F", "short"),
}


@cache
def face(key: str) -> bytes:
    """The picture of a person, of the `bot` or of the `guild`, as a square PNG."""
    side = SIZE * _FINE
    if portrait := _PORTRAITS.get(key):
        image = _portrait(portrait, side)
    else:
        image = {"bot": _bot, "guild": _guild}[key](side)
    out = BytesIO()
    ImageOps.contain(image, (SIZE, SIZE)).save(out, "PNG", optimize=True)
    return out.getvalue()


def _background(top: str, bottom: str, side: int) -> Image.Image:
    upper, lower = Image.new("RGB", (side, side), top), Image.new("RGB", (side, side), bottom)
    return Image.composite(lower, upper, ImageOps.scale(Image.linear_gradient("L"), side / 256))


def _pen(image: Image.Image) -> Callable[..., None]:
    """Draws an ellipse given by centre and radii in percent of the side."""
    draw, unit = ImageDraw.Draw(image), image.width / 100

    def ellipse(x: float, y: float, across: float, down: float, colour: str) -> None:
        draw.ellipse(((x - across) * unit, (y - down) * unit, (x + across) * unit, (y + down) * unit), fill=colour)

    return ellipse


def _portrait(of: _Portrait, side: int) -> Image.Image:
    image = _background(*of.background, side)
    ellipse, draw, unit = _pen(image), ImageDraw.Draw(image), side / 100

    def box(left: float, top: float, right: float, bottom: float, radius: float, colour: str) -> None:
        corners = (left * unit, top * unit, right * unit, bottom * unit)
        draw.rounded_rectangle(corners, radius * unit, fill=colour)

    match of.style:  # what hangs behind the head
        case "round":
            ellipse(50, 38, 29, 27, of.hair)
        case "long":
            box(27, 20, 73, 84, 22, of.hair)
        case "bun":
            ellipse(50, 13, 10, 9, of.hair)
        case _:
            pass
    ellipse(50, 108, 40, 34, of.clothes)
    box(42, 52, 58, 81, 8, _darker(of.skin))
    ellipse(50, 44, 18.5, 21, of.skin)
    _fringe(image, of)
    return image.crop((round(10 * unit), round(3 * unit), round(90 * unit), round(83 * unit)))


def _darker(colour: str) -> str:
    red, green, blue = (round(value * 0.82) for value in ImageColor.getrgb(colour)[:3])
    return f"#{red:02X}{green:02X}{blue:02X}"


def _fringe(image: Image.Image, of: _Portrait) -> None:
    """Hair over the forehead: a cap the shape of the head, cut off by a soft line."""
    cap = Image.new("L", image.size, 0)
    draw, unit = ImageDraw.Draw(cap), image.width / 100
    draw.ellipse((30 * unit, 20 * unit, 70 * unit, 64 * unit), fill=255)
    cut = {"round": (26, 31, 74, 90), "long": (37, 30, 90, 100), "bun": (27, 33, 73, 92)}
    left, top, right, bottom = cut.get(of.style, (29, 34, 71, 96))
    draw.ellipse((left * unit, top * unit, right * unit, bottom * unit), fill=0)
    draw.rectangle((0, (58 if of.style == "long" else 50) * unit, image.width, image.width), fill=0)
    image.paste(Image.new("RGB", image.size, of.hair), mask=cap)


def _bot(side: int) -> Image.Image:
    """Two chevrons that point up."""
    image = _background(_MAGENTA, _DEEP, side)
    draw, unit = ImageDraw.Draw(image), side / 100
    for low, colour in ((70, "#FFB3DA"), (50, _WHITE)):
        line = [(x * unit, y * unit) for x, y in ((27, low), (50, low - 23), (73, low))]
        draw.line(line, fill=colour, width=round(10 * unit), joint="curve")
        for x, y in (line[0], line[2]):
            draw.ellipse((x - 5 * unit, y - 5 * unit, x + 5 * unit, y + 5 * unit), fill=colour)
    return image


def _guild(side: int) -> Image.Image:
    """An equals sign."""
    image = _background("#2B2330", _INK, side)
    draw, unit = ImageDraw.Draw(image), side / 100
    for top, colour in ((32, _WHITE), (54, _MAGENTA)):
        draw.rounded_rectangle((24 * unit, top * unit, 76 * unit, (top + 14) * unit), 7 * unit, fill=colour)
    return image
