"""What auctions ask, sell and pay, and who may liquidate first.

A power is never approximated: a candidate from high-precision decimals is accepted only if the
exact inequality between integers holds on both sides of it.
"""

from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction
from math import gcd
from wad import UNIT, Draw, down, read, show, up

ZERO, ONE = Fraction(0), Fraction(1)


def power_up(start, cut, top, bottom):
    """start · cut^(top / bottom), rounded up to a unit."""
    common = gcd(top, bottom)
    top, bottom = top // common, bottom // common

    def reaches(units):
        """units ≥ start · cut^(top/bottom), both sides taken to the power bottom."""
        left = (units * UNIT / start) ** bottom
        return left.numerator * cut.denominator**top >= cut.numerator**top * left.denominator

    with localcontext() as context:
        context.prec = 120
        exponent = Decimal(top) / Decimal(bottom)
        base = Decimal(cut.numerator) / Decimal(cut.denominator)
        raw = start / UNIT
        near = Decimal(raw.numerator) / Decimal(raw.denominator) * base**exponent
        units = int(near.to_integral_value(rounding=ROUND_CEILING))
    # What is exact may have come out a little above or below a whole unit.
    for candidate in (units - 1, units, units + 1):
        if candidate >= 0 and reaches(candidate):
            assert candidate == 0 or not reaches(candidate - 1)
            return candidate * UNIT
    raise AssertionError(f"no ceiling near {units}")


def line(start, end, elapsed, length):
    left = max(Fraction(length - elapsed, length), ZERO) if length else ZERO
    return end + (start - end) * left


def asked(given):
    curve, start, elapsed = given["curve"], read(given["startPrice"]), given["elapsedMs"]
    if curve == "linear":
        return up(line(start, ZERO, elapsed, given["durationMs"]))
    if curve == "exponential":
        return power_up(start, read(given["cut"]), elapsed, 1000)
    if curve == "stairstep":
        return power_up(start, read(given["cut"]), elapsed // given["stepMs"], 1)
    cutoff, fast = read(given["cutoff"]), given["fastMs"]
    if elapsed < fast:
        return up(line(start, cutoff, elapsed, fast))
    return up(line(cutoff, ZERO, elapsed - fast, given["slowMs"]))


def auction_price(given):
    price = max(asked(given), read(given.get("endPrice")) or ZERO)
    output = {"price": show(price)}
    tail, cusp = given.get("tailMs"), given.get("cusp")
    if tail is not None or cusp is not None:
        is_late = tail is not None and given["elapsedMs"] > tail
        is_low = price / read(given["startPrice"]) < read(cusp or "0")
        output["needsReset"] = is_late or is_low
    return output


def auction_take(given):
    lot, tab, price = read(given["lot"]), read(given["tab"]), read(given["price"])
    least = read(given.get("tabMin", "0"))
    piece = min(read(given["amount"]), lot)
    cost = piece * price
    if cost > tab:
        piece, paid = down(tab / price), tab
    else:
        paid = up(cost)
        left = tab - paid
        if 0 < left < least and piece < lot:
            paid = tab - least
            piece = down(paid / price) if paid > 0 else ZERO
    if piece == 0:
        return dict.fromkeys(("slice", "owed", "lotLeft", "tabLeft", "ends"))
    return {
        "slice": show(piece),
        "owed": show(paid),
        "lotLeft": show(lot - piece),
        "tabLeft": show(tab - paid),
        "ends": lot == piece or tab == paid,
    }


def share_to_sell(buffer, value, discount, reserved):
    if buffer >= 0:
        return ZERO
    return buffer / (buffer - discount * value - reserved * (1 - discount))


def auction_max_fraction(given):
    value, net = read(given["markToMarket"]), read(given["netMaintenanceValue"])
    discount, reserved = read(given["discount"]), read(given["reserved"])
    buffer = net + read(given["bufferFraction"]) * (net - value)
    most = min(up(share_to_sell(buffer, value, discount, reserved)), ONE)
    output = {"bufferMargin": show(down(buffer)), "maxFraction": show(most)}
    wanted, rate = read(given.get("fraction")), read(given.get("feeFraction"))
    if wanted is not None:
        sold = min(wanted, most)
        output["sliceFraction"] = show(sold)
        output["slicePrice"] = show(up(sold * discount * (value - reserved)))
    if rate is not None:
        output["starterFee"] = show(down(share_to_sell(buffer, value, ONE, ZERO) * value * rate))
    return output


def insolvent_payout(given):
    net = read(given["netMaintenanceValue"])
    first = min(read(given["markToMarket"]), ZERO)
    spent = min(Fraction(given["elapsedMs"], given["durationMs"]), ONE)
    return {"payout": show(down(-read(given["fraction"]) * (first + (net - first) * spent)))}


def priority_auction(given):
    least = read(given.get("bidMin", "0"))
    valid = [
        (-read(each["bid"]), each["bidder"].encode()) for each in given["bids"]
        if read(each["bid"]) > 0 and read(each["bid"]) >= least
    ]
    best = min(valid, default=None)
    paid = ZERO if best is None else -best[0]
    account = down(paid * read(given["accountShare"]))
    return {
        "winner": None if best is None else best[1].decode(),
        "payment": show(paid),
        "accountProceeds": show(account),
        "insuranceContribution": show(paid - account),
    }


def price_cases():
    yield from line_cases()
    yield from power_cases()
    draw = Draw(701)
    for number in range(60):
        yield f"drawn {number + 1}", drawn_price(draw)


def line_cases():
    linear = {"curve": "linear", "startPrice": "1000", "durationMs": 3600000}
    for title, elapsed in [
        ("at the start", 0), ("a fifth of the way", 720000), ("the last millisecond", 3599999),
        ("at the end", 3600000), ("beyond the end", 3600001),
    ]:
        yield f"linear: {title}", {**linear, "elapsedMs": elapsed}
    floored = {**linear, "endPrice": "250"}
    for title, elapsed in [("before", 2699999), ("at", 2700000), ("after", 2700001)]:
        yield f"linear: {title} the end price", {**floored, "elapsedMs": elapsed}
    yield "linear: one unit lasts to the end", {
        **linear, "startPrice": show(UNIT), "elapsedMs": 3599999,
    }
    phases = {
        "curve": "two-phase", "startPrice": "0.96", "cutoff": "0.8", "fastMs": 300000,
        "slowMs": 7200000,
    }
    for title, elapsed in [
        ("at the start", 0), ("half the fast phase", 150000), ("a millisecond of fast", 299999),
        ("at the cutoff", 300000), ("a millisecond of slow", 300001),
        ("nine tenths of slow", 6780000), ("the last millisecond", 7499999),
        ("at the end", 7500000), ("beyond the end", 8000000),
    ]:
        yield f"two phases: {title}", {**phases, "elapsedMs": elapsed}
    yield "two phases: no fast one", {**phases, "fastMs": 0, "elapsedMs": 0}
    yield "two phases: the cutoff is the start", {**phases, "cutoff": "0.96", "elapsedMs": 299999}
    yield "two phases: the cutoff is nothing", {**phases, "cutoff": "0", "elapsedMs": 300000}
    yield "two phases: an end price above the cutoff", {
        **phases, "endPrice": "0.9", "elapsedMs": 150000,
    }
    halfway = {**linear, "elapsedMs": 1800000}
    yield "reset: not at the tail", {**linear, "tailMs": 1800000, "elapsedMs": 1800000}
    yield "reset: after the tail", {**linear, "tailMs": 1800000, "elapsedMs": 1800001}
    yield "reset: not at the cusp", {**halfway, "cusp": "0.5"}
    yield "reset: below the cusp", {**halfway, "cusp": "0.500000000000000001"}
    yield "reset: neither", {**halfway, "cusp": "0.1", "tailMs": 9000000}
    yield "reset: both", {**halfway, "cusp": "0.6", "tailMs": 1}
    yield "reset: an end price above the cusp prevents it", {
        **linear, "endPrice": "600", "cusp": "0.6", "elapsedMs": 3600000,
    }


def power_cases():
    decay = {"curve": "exponential", "startPrice": "4000", "cut": "0.25"}
    for title, elapsed in [
        ("at the start", 0), ("a millisecond", 1), ("half a second, exact", 500),
        ("just before a second", 999), ("a second, exact", 1000), ("just after a second", 1001),
        ("an eighth of a second", 125), ("a fifth of a second", 200),
        ("down to the last unit", 35500), ("and never to nothing", 200000),
    ]:
        yield f"exponential: {title}", {**decay, "elapsedMs": elapsed}
    yield "exponential: half after a quarter of an hour", {
        **decay, "cut": "0.999230132966", "elapsedMs": 900000,
    }
    yield "exponential: an hour", {**decay, "cut": "0.999230132966", "elapsedMs": 3600000}
    yield "exponential: the fifth root of a hundred-thousandth", {
        **decay, "cut": "0.00001", "elapsedMs": 200,
    }
    yield "exponential: never falls", {**decay, "cut": "1", "elapsedMs": 86400000}
    yield "exponential: the steepest", {**decay, "cut": show(UNIT), "elapsedMs": 3}
    yield "exponential: the flattest", {
        **decay, "startPrice": "1000000000000000", "cut": "0.999999999999999999", "elapsedMs": 1,
    }
    yield "exponential: the end price", {**decay, "endPrice": "3", "elapsedMs": 20000}
    stairs = {"curve": "stairstep", "startPrice": "100", "cut": "0.9", "stepMs": 5000}
    for title, elapsed in [
        ("at the start", 0), ("a millisecond before the step", 4999), ("at the step", 5000),
        ("before the second step", 9999), ("at the second step", 10000),
        ("many steps", 1500000), ("a unit in the end", 5000000),
    ]:
        yield f"stairs: {title}", {**stairs, "elapsedMs": elapsed}
    yield "stairs: halves stay exact", {
        **stairs, "startPrice": "562949953421312", "cut": "0.5", "elapsedMs": 5000 * 60,
    }


def drawn_price(draw):
    start = draw.log_decimal(-6, 8, 18)
    curve = draw.pick(["linear", "exponential", "stairstep", "two-phase"])
    given = {"curve": curve, "startPrice": start}
    cut = draw.pick([draw.decimal("0.001", "1", 18), draw.decimal("0.99", "1", 12)])
    if curve == "linear":
        given |= {"durationMs": draw.whole(1, 7200000), "elapsedMs": draw.whole(0, 7200000)}
    elif curve == "exponential":
        given |= {"cut": cut, "elapsedMs": draw.whole(0, 20000)}
    elif curve == "stairstep":
        given |= {"cut": cut, "stepMs": draw.whole(1, 9000), "elapsedMs": draw.whole(0, 900000)}
        given["elapsedMs"] = min(given["elapsedMs"], 3000 * given["stepMs"])
    else:
        share = Fraction(draw.whole(0, 97), 97)
        given |= {
            "cutoff": show(down(read(start) * share)), "fastMs": draw.whole(0, 600000),
            "slowMs": draw.whole(1, 7200000), "elapsedMs": draw.whole(0, 3600000),
        }
    if draw.chance(0.4):
        given["endPrice"] = show(down(read(start) * Fraction(draw.whole(0, 60), 97)))
    if draw.chance(0.4):
        given["tailMs"] = draw.whole(1, 3600000)
    if draw.chance(0.4):
        given["cusp"] = draw.decimal("0", "1", 6)
    return given


def take_cases():
    base = {"amount": "10", "lot": "40", "tab": "110", "price": "5", "tabMin": "22"}
    yield "what is wanted", base
    yield "exactly the tab", {**base, "amount": "22"}
    yield "more than the tab", {**base, "amount": "25"}
    yield "the whole lot, and too little", {**base, "amount": "40", "price": "2.5"}
    yield "more than the lot", {**base, "amount": "99", "price": "2.5"}
    yield "the whole lot leaves dust of the tab, and ends", {
        **base, "amount": "40", "price": "2.749999999999999999",
    }
    yield "leaves the least", {**base, "amount": "17.6"}
    yield "would leave less: made smaller", {**base, "amount": "17.7"}
    yield "would leave a unit: made smaller", {**base, "amount": "21.999999999999999999"}
    yield "no least", {"amount": "21.999999999999999999", "lot": "40", "tab": "110", "price": "5"}
    yield "the tab is the least: all or nothing, nothing", {**base, "tab": "22", "amount": "4.3"}
    yield "the tab is the least: all or nothing, all", {**base, "tab": "22", "amount": "4.4"}
    yield "the tab is below the least", {**base, "tab": "21", "amount": "1"}
    yield "above the least by less than the price of a unit", {
        **base, "tab": "22.000000000000000001", "amount": "4.3",
    }
    yield "above the least by the price of a unit", {
        **base, "tab": "22.000000000000000005", "amount": "4.3",
    }
    yield "paid up", {**base, "amount": show(UNIT), "price": "0.3"}
    yield "received down", {**base, "amount": "40", "tab": "10", "price": "3"}
    yield "a unit of the tab buys nothing", {
        **base, "tab": show(UNIT), "price": "1.000000000000000001",
    }
    yield "very large", {
        "amount": "1000000000000000000", "lot": "1000000000000000000",
        "tab": "10000000000000000", "price": "1000000000000000",
    }
    draw = Draw(702)
    for number in range(50):
        tab = draw.log_decimal(-2, 6, 18)
        given = {
            "amount": draw.log_decimal(-3, 4, 18), "lot": draw.log_decimal(-2, 4, 18),
            "tab": tab, "price": draw.log_decimal(-2, 4, 18),
        }
        if draw.chance(0.7):
            given["tabMin"] = show(down(read(tab) * Fraction(draw.whole(0, 110), 97)))
        yield f"drawn {number + 1}", given


def fraction_cases():
    base = {
        "markToMarket": "300", "netMaintenanceValue": "-100", "bufferFraction": "0.1",
        "discount": "1", "reserved": "0",
    }
    yield "at the full value", base
    yield "below the value", {**base, "discount": "0.9"}
    yield "no buffer", {**base, "bufferFraction": "0"}
    yield "reserved proceeds", {**base, "discount": "0.5", "reserved": "20"}
    yield "reserved proceeds at the full value", {**base, "reserved": "20"}
    yield "for nothing: everything", {**base, "discount": "0"}
    yield "for nothing, with proceeds", {**base, "discount": "0", "reserved": "299"}
    half = {**base, "markToMarket": "1", "bufferFraction": "1"}
    yield "at the buffer", {**half, "netMaintenanceValue": "0.5"}
    yield "above the buffer", {**half, "netMaintenanceValue": "0.500000000000000001"}
    yield "below the buffer", {**half, "netMaintenanceValue": "0.499999999999999999"}
    yield "a part of a unit is missing", {
        **base, "markToMarket": "1", "netMaintenanceValue": "0", "bufferFraction": show(UNIT),
    }
    yield "a bidder wants less", {**base, "discount": "0.9", "fraction": "0.1"}
    yield "a bidder wants more", {**base, "discount": "0.9", "fraction": "1"}
    yield "a bidder wants nothing", {**base, "fraction": "0"}
    yield "a bidder, with proceeds", {
        **base, "discount": "0.7", "reserved": "33.3", "fraction": "0.2",
    }
    yield "nothing may be sold", {**base, "netMaintenanceValue": "300", "fraction": "1"}
    yield "the starter", {**base, "discount": "0.5", "reserved": "9", "feeFraction": "0.02"}
    yield "nothing to start", {**base, "netMaintenanceValue": "300", "feeFraction": "0.02"}
    yield "bidder and starter", {**base, "fraction": "0.3", "feeFraction": "0.333333333333333333"}
    draw = Draw(703)
    for number in range(40):
        value = draw.log_decimal(-2, 7, 18)
        given = {
            "markToMarket": value,
            "netMaintenanceValue": show(down(read(value) * Fraction(draw.whole(-300, 97), 97))),
            "bufferFraction": draw.decimal("0", "0.5", 6),
            "discount": draw.decimal("0", "1", 18),
            "reserved": show(down(read(value) * Fraction(draw.whole(0, 90), 97))),
        }
        if draw.chance(0.6):
            given["fraction"] = draw.decimal("0", "1", 18)
        if draw.chance(0.4):
            given["feeFraction"] = draw.decimal("0", "0.1", 18)
        yield f"drawn {number + 1}", given


def payout_cases():
    base = {
        "markToMarket": "-100", "netMaintenanceValue": "-300", "elapsedMs": 0,
        "durationMs": 600000, "fraction": "1",
    }
    yield "at the start", base
    yield "half way", {**base, "elapsedMs": 300000}
    yield "the last millisecond", {**base, "elapsedMs": 599999}
    yield "at the end", {**base, "elapsedMs": 600000}
    yield "beyond the end", {**base, "elapsedMs": 600001}
    yield "a half of it", {**base, "fraction": "0.5", "elapsedMs": 12000}
    yield "nothing of it", {**base, "fraction": "0", "elapsedMs": 12000}
    yield "still worth something", {**base, "markToMarket": "50"}
    yield "still worth something, later", {**base, "markToMarket": "50", "elapsedMs": 1}
    yield "worth nothing", {**base, "markToMarket": "0", "elapsedMs": 600000}
    yield "needs no margin", {**base, "netMaintenanceValue": "-100", "elapsedMs": 5}
    yield "nothing is missing", {**base, "markToMarket": "5", "netMaintenanceValue": "0"}
    dust = {**base, "markToMarket": "0", "netMaintenanceValue": show(-UNIT)}
    yield "a unit, not before the end", {**dust, "elapsedMs": 599999}
    yield "a unit at the end", {**dust, "elapsedMs": 600000}
    draw = Draw(704)
    for number in range(30):
        value = read(draw.decimal("-100000", "20000", 18))
        margin = read(draw.log_decimal(0, 5, 18))
        yield f"drawn {number + 1}", {
            "markToMarket": show(value),
            "netMaintenanceValue": show(min(value, ZERO) - margin),
            "elapsedMs": draw.whole(0, 900000), "durationMs": draw.whole(1, 900000),
            "fraction": draw.decimal("0", "1", 18),
        }


def priority_cases():
    def bids(*pairs):
        return [{"bidder": bidder, "bid": bid} for bidder, bid in pairs]

    base = {"accountShare": "0.6"}
    yield "nobody", {**base, "bids": []}
    yield "one", {**base, "bids": bids(("a", "5"))}
    yield "the highest", {**base, "bids": bids(("a", "5"), ("b", "10"), ("c", "7"))}
    yield "by a unit", {**base, "bids": bids(("a", "10"), ("b", "10.000000000000000001"))}
    yield "a tie", {**base, "bids": bids(("b", "3"), ("a9", "3"), ("a10", "3"))}
    yield "a tie, capitals first", {**base, "bids": bids(("b", "3"), ("B", "3"))}
    yield "a tie, the shorter first", {**base, "bids": bids(("a1", "3"), ("a", "3"))}
    yield "nothing is no bid", {**base, "bids": bids(("a", "0"))}
    yield "a unit is one", {**base, "bids": bids(("a", show(UNIT)), ("b", "0"))}
    yield "at the least", {**base, "bidMin": "1", "bids": bids(("a", "1"))}
    yield "below the least", {**base, "bidMin": "1", "bids": bids(("a", "0.999999999999999999"))}
    yield "all to the account", {"accountShare": "1", "bids": bids(("a", "9"))}
    yield "all to the fund", {"accountShare": "0", "bids": bids(("a", "9"))}
    yield "the fund gets what rounding leaves", {
        "accountShare": "0.5", "bids": bids(("a", "0.000000000000000003")),
    }
    draw = Draw(706)
    for number in range(30):
        names = ["a", "b", "A", "a1", "a10", "z", "k:1", "k/2"]
        names = draw.random.sample(names, draw.whole(1, 8))
        given = {
            "bids": bids(*((name, draw.decimal("0", "9", draw.pick([0, 18]))) for name in names)),
            "accountShare": draw.decimal("0", "1", 18),
        }
        if draw.chance(0.5):
            given["bidMin"] = draw.decimal("0", "9", 0)
        yield f"drawn {number + 1}", given


VECTORS = [
    {
        "path": "auctions/auction-price.json",
        "name": "auction-price",
        "spec": "max(endPrice, up(start·(τ − t)/τ) | up(start·cut^(t/1000)) | up(start·cut^⌊t/step⌋) | "
        "up(two lines by way of cutoff)); needsReset iff t > tail or price/start < cusp",
        "compute": auction_price,
        "cases": price_cases,
    },
    {
        "path": "auctions/auction-take.json",
        "name": "auction-take",
        "spec": "s = min(amount, lot); s·P > tab: owed tab, slice down(tab/P); else owed up(s·P), and "
        "where 0 < tab − owed < tabMin with lot left: owed tab − tabMin, slice down(owed/P); null "
        "where no unit is bought",
        "compute": auction_take,
        "cases": take_cases,
    },
    {
        "path": "auctions/auction-max-fraction.json",
        "name": "auction-max-fraction",
        "spec": "B = M + β·(M − MtM) shown down; f = up(B/(B − d·MtM − R·(1 − d))), 0 if B ≥ 0; slice "
        "price up(min(p, f)·d·(MtM − R)); starter's fee down(f(d = 1, R = 0)·MtM·rate), f unrounded",
        "compute": auction_max_fraction,
        "cases": fraction_cases,
    },
    {
        "path": "auctions/insolvent-payout.json",
        "name": "insolvent-payout",
        "spec": "down(−p·(m₀ + (M − m₀)·min(t/T, 1))), m₀ = min(MtM, 0)",
        "compute": insolvent_payout,
        "cases": payout_cases,
    },
    {
        "path": "auctions/priority-auction.json",
        "name": "priority-auction",
        "spec": "highest bid > 0 and ≥ bidMin, ties to the lowest id by code unit; account "
        "down(payment·share), insurance the rest",
        "compute": priority_auction,
        "cases": priority_cases,
    },
]
