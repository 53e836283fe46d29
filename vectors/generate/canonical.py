"""The canonical form of single values: an independent encoder.

Written out from docs/encoding.md, not taken from the TypeScript: big-endian, fields in their
order, strings with a two-byte length, quantities as 16 bytes of two's complement, lists with a
four-byte count, an absent value as one zero byte.
"""

from fractions import Fraction

WAD = 10**18


def quantity(text):
    units = Fraction(text) * WAD
    assert units.denominator == 1
    return int(units).to_bytes(16, "big", signed=True)


def exact(text):
    return int(text).to_bytes(32, "big", signed=True)


def whole(value):
    return value.to_bytes(8, "big")


def text(value):
    return len(value).to_bytes(2, "big") + value.encode("ascii")


def code16(value):
    return value.to_bytes(2, "big")


def flag(value):
    assert value is True or value is False
    return b"\1" if value else b"\0"


def nullable(shape):
    return lambda value: b"\0" if value is None else b"\1" + shape(value)


def many(shape):
    return lambda values: len(values).to_bytes(4, "big") + b"".join(map(shape, values))


def word(*words):
    return lambda value: bytes([words.index(value)])


def fields(**shapes):
    def encode(value):
        assert set(value) - {"type"} == set(shapes), (sorted(value), sorted(shapes))
        return b"".join(shape(value[name]) for name, shape in shapes.items())

    return encode


def union(**variants):
    return lambda value: code16(variants[value["type"]][0]) + variants[value["type"]][1](value)
