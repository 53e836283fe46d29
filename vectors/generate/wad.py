"""Decimal strings, exact fractions, and rounding with a direction to 18 digits.

Written without a look at the TypeScript: every number is an exact Fraction, and rounding happens
only where the rounding table of docs/decisions/0005-rounding-table.md says so.
"""

from fractions import Fraction
from math import isqrt
import random

UNIT = Fraction(1, 10**18)
LIMIT = Fraction(2**127, 10**18)


def read(text):
    return None if text is None else Fraction(text)


def show(value):
    """The shortest decimal string; the value has to be a multiple of the unit."""
    if value is None:
        return None
    units = value / UNIT
    assert units.denominator == 1, f"{value} is no multiple of 1e-18"
    sign = "-" if units < 0 else ""
    whole, fraction = divmod(abs(units.numerator), 10**18)
    digits = f"{fraction:018d}".rstrip("0")
    return f"{sign}{whole}" + (f".{digits}" if digits else "")


def down(value):
    """Toward minus infinity."""
    return (value / UNIT).__floor__() * UNIT


def up(value):
    """Toward plus infinity."""
    return (value / UNIT).__ceil__() * UNIT


def root_up(value):
    """The square root, rounded up."""
    square = value / UNIT / UNIT
    assert square.denominator == 1
    root = isqrt(square.numerator)
    return (root if root * root == square.numerator else root + 1) * UNIT


def representable(value):
    """A display: null where the scale cannot hold it."""
    return value if value is not None and abs(value) < LIMIT else None


class Draw:
    """Seeded inputs; each formula draws from its own stream."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def decimal(self, low, high, digits):
        scale = 10**digits
        raw = self.random.randint(int(Fraction(low) * scale), int(Fraction(high) * scale))
        return show(Fraction(raw, scale))

    def log_decimal(self, low, high, digits):
        """Spread evenly over magnitudes."""
        exponent = self.random.uniform(low, high)
        scale = 10**digits
        return show(Fraction(max(1, int(10**exponent * scale)), scale))

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def whole(self, low, high):
        return self.random.randint(low, high)
