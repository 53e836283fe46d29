"""The rungs beside the book: the protocol's own pool, the order of rungs, shares of the vault."""

from fractions import Fraction
from itertools import permutations
from math import isqrt
from wad import LIMIT, UNIT, Draw, down, read, representable, root_up, show, up

ZERO, ONE = Fraction(0), Fraction(1)
MOST = Fraction(2**127 - 1, 10**18)
DAY_MS = 24 * 60 * 60 * 1000


def virtual_depth(given):
    """Money on either side of the full curve; a root rounded down, a quotient down to 1e-36."""
    depth = read(given["depth"])
    if given.get("variant") != "concentrated":
        return depth
    inside = (1 - read(given["band"])) / UNIT / UNIT
    root = isqrt(inside.numerator) * UNIT
    return (depth / (1 - root) / UNIT / UNIT).__floor__() * UNIT * UNIT


def largest(holds, most):
    """The largest whole number of units up to `most` for which a falling condition holds."""
    low, high = 0, int(most / UNIT)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle * UNIT) else (low, middle - 1)
    return low * UNIT


def amm_quote(given):
    """Reserves x of the base and y of money on x·y = k; at x = centre the price is the mark."""
    mark, depth, side = read(given["markPrice"]), virtual_depth(given), given["side"]
    held, wanted = read(given["inventory"]), read(given["size"])
    centre, product = depth / mark, depth * depth / mark
    base = centre + held
    impact = read(given["impactMax"])
    inside = 1 - read(given["band"]) if given.get("variant") == "concentrated" else ZERO
    sells = side == "sell"

    def moved(size):
        return base + size if sells else base - size

    def over_mark(reserve):
        """Price over mark of the next unit; None where there is none."""
        if sells:
            return ONE if reserve <= centre else (centre / reserve) ** 2
        if reserve <= 0:
            return None
        return ONE if reserve >= centre else (centre / reserve) ** 2

    def within(size):
        price = over_mark(moved(size))
        if price is None:
            return size == 0
        if sells:
            return size == 0 or price >= max(1 - impact, inside)
        return size == 0 or (price <= 1 + impact and price * inside <= 1)

    by_impact = largest(within, wanted)
    room = read(given["inventoryMax"]) - (held if sells else -held)
    by_inventory = min(wanted, max(ZERO, room))
    size = min(by_impact, by_inventory)
    bound = "none"
    if size < wanted:
        bound = "impact" if by_impact < by_inventory else "inventory"
    toward = centre - base if sells else base - centre
    flat = min(size, max(ZERO, toward))
    quote = flat * mark
    if size > flat:
        quote += abs(product / moved(size) - product / moved(flat))
    quote = down(quote) if sells else up(quote)
    price = over_mark(moved(size))
    shown = None if price is None else (down(mark * price) if sells else up(mark * price))
    average = None
    if size > 0:
        average = down(quote / size) if sells else up(quote / size)
    return {
        "size": show(size),
        "quote": show(quote),
        "averagePrice": show(average),
        "marginalPrice": show(representable(shown)),
        "inventoryAfter": show(held + size if sells else held - size),
        "bound": bound,
    }


def route_cost(given):
    notional, fallback = read(given["notional"]), read(given["fallbackCost"])
    deviation = read(given.get("urgency") or "1") * read(given["dailyVolatility"])
    rungs, tries = [], []
    for rung in given["rungs"]:
        concession = up(notional * read(rung["concessionFraction"]))
        fee = up(notional * read(rung["feeFraction"]))
        days = Fraction(int(rung["delayMs"]), DAY_MS)
        waiting = min(MOST, up(notional * deviation * root_of(days)))
        fails = read(rung["failureProbability"])
        tried = (1 - fails) * (concession + read(rung["impactCost"]) + fee) + waiting
        rungs.append({
            "method": rung["method"],
            "concession": show(concession),
            "impactCost": rung["impactCost"],
            "fee": show(fee),
            "delayCost": show(waiting),
            "expectedCost": show(min(MOST, up(tried + fails * fallback))),
            "costPerFill": None if fails == 1 else show(min(MOST, up(tried / (1 - fails)))),
        })
        tries.append((rung["method"], tried, fails, int(rung["delayMs"])))
    worth = [each for each in tries if each[2] < 1 and each[1] / (1 - each[2]) < fallback]
    # Python's sort is stable: ties stay in the order given.
    ladder = sorted(worth, key=lambda each: each[1] / (1 - each[2]))
    cost, delay = expected(ladder, fallback)
    if len(tries) <= 5:
        every = (order for count in range(len(tries) + 1) for order in permutations(tries, count))
        assert cost == min(expected(order, fallback)[0] for order in every)
    return {
        "rungs": rungs,
        "ladder": [method for method, *_ in ladder],
        "expectedCost": show(min(MOST, up(cost))),
        "expectedDelayMs": min(delay.__ceil__(), 2**53 - 1),
    }


def root_of(days):
    """The root of a fraction of days, from its square rounded up at 1e-36, up."""
    square = (days / UNIT / UNIT).__ceil__() * UNIT * UNIT
    return root_up(square)


def expected(ladder, fallback):
    cost, delay, reach = ZERO, ZERO, ONE
    for _, tried, fails, waits in ladder:
        cost, delay, reach = cost + reach * tried, delay + reach * waits, reach * fails
    return cost + reach * fallback, delay


def vault_shares(given):
    """Units of nobody: one of equity, one of shares."""
    equity, total = read(given["equity"]) / UNIT, read(given["totalShares"]) / UNIT
    priceless = equity < 0 or (equity == 0 and total > 0)
    price = None if priceless else representable(down((equity + 1) / (total + 1)))
    if given.get("variant") == "payout":
        payout = ZERO
        if equity > 0:
            payout = down(read(given["shares"]) * (equity + 1) / (total + 1))
        return {"payout": show(payout), "sharePrice": show(price)}
    paid = read(given["deposit"])
    bought, refusal = None, None
    if priceless:
        refusal = "no-equity"
    else:
        exact = paid * (total + 1) / (equity + 1)
        bought = down(exact)
        if bought == 0 or bought < exact * (1 - Fraction(1, 10**9)):
            bought, refusal = None, "too-coarse"
        elif bought + read(given["totalShares"]) >= LIMIT:
            bought, refusal = None, "beyond-range"
    return {"shares": show(bought), "refusal": refusal, "sharePrice": show(price)}


def amm_cases():
    base = {
        "depth": "1000", "markPrice": "100", "inventory": "0", "inventoryMax": "1000",
        "impactMax": "0.9", "side": "sell", "size": "2.5",
    }
    band = {**base, "variant": "concentrated", "band": "0.36"}
    for name, start in (("full", base), ("band", band)):
        yield f"{name}: a sale", start
        yield f"{name}: a purchase", {**start, "side": "buy", "size": "2"}
        yield f"{name}: nothing", {**start, "size": "0"}
        yield f"{name}: a unit sold", {**start, "size": show(UNIT)}
        yield f"{name}: a unit bought", {**start, "size": show(UNIT), "side": "buy"}
        yield f"{name}: sold to a pool that is short", {**start, "inventory": "-1", "size": "1"}
        yield f"{name}: through the mark", {**start, "inventory": "-1", "size": "3"}
        yield f"{name}: bought from a pool that is long", {
            **start, "inventory": "1", "size": "3", "side": "buy",
        }
        yield f"{name}: more of what it is long of", {**start, "inventory": "1.5"}
        yield f"{name}: at the impact bound", {**start, "impactMax": "0.36", "size": "100"}
        yield f"{name}: no impact allowed", {**start, "impactMax": "0"}
        yield f"{name}: bought at the impact bound", {
            **start, "impactMax": "0.1", "side": "buy", "size": "100",
        }
        yield f"{name}: at the inventory bound", {**start, "inventoryMax": "1"}
        yield f"{name}: beyond the inventory bound", {
            **start, "inventoryMax": "1", "inventory": "2",
        }
        yield f"{name}: short beyond its depth", {**start, "inventory": "-60", "size": "3"}
        yield f"{name}: short beyond its depth, bought from", {
            **start, "inventory": "-60", "side": "buy",
        }
    yield "band: all its money", {**band, "size": "1000"}
    yield "band: all its size", {**band, "size": "1000", "side": "buy"}
    yield "band: a narrow one", {**band, "band": "0.001", "size": "1000"}
    draw = Draw(711)
    for number in range(60):
        mark = draw.log_decimal(-3, 5, 9)
        depth = draw.log_decimal(2, 8, 9)
        unit = read(depth) / read(mark)

        def part(low, high):
            return show(down(unit * Fraction(draw.decimal(low, high, 9))))

        given = {
            "depth": depth, "markPrice": mark, "inventory": part("-1.1", "1"),
            "inventoryMax": part("0", "2"), "impactMax": draw.decimal("0", "0.7", 9),
            "side": draw.pick(["buy", "sell"]), "size": part("0", "0.6"),
        }
        if draw.chance(0.5):
            given |= {"variant": "concentrated", "band": draw.decimal("0.001", "0.9", 18)}
        yield f"drawn {number + 1}", given


def rung(method, **change):
    return {
        "method": method, "concessionFraction": "0", "impactCost": "0", "feeFraction": "0",
        "delayMs": 0, "failureProbability": "0", **change,
    }


def route_cases():
    base = {"notional": "10000", "dailyVolatility": "0.04", "fallbackCost": "1000"}
    book = rung(
        "book", concessionFraction="0.001", impactCost="25", feeFraction="0.0005",
        delayMs=864000, failureProbability="0.2",
    )
    pool = rung("amm", impactCost="50")
    auction = rung("auction", impactCost="5", delayMs=7_200_000, failureProbability="0.1")
    direct = rung("direct", concessionFraction="0.02", delayMs=2000, failureProbability="0.4")
    whole = rung("backstop", concessionFraction="0.05")
    yield "one rung", {**base, "rungs": [book]}
    yield "five rungs", {**base, "rungs": [book, pool, auction, direct, whole]}
    yield "in a hurry", {**base, "urgency": "5", "rungs": [book, pool, auction, direct, whole]}
    yield "without a hurry", {**base, "urgency": "0", "rungs": [book, pool, auction, direct, whole]}
    yield "without volatility", {**base, "dailyVolatility": "0", "rungs": [auction, book]}
    yield "no rungs", {**base, "rungs": []}
    yield "none is worth trying", {**base, "fallbackCost": "10", "rungs": [pool, whole]}
    yield "as dear as the fallback", {**base, "fallbackCost": "50", "rungs": [pool]}
    yield "a unit less than the fallback", {
        **base, "fallbackCost": "50.000000000000000001", "rungs": [pool],
    }
    yield "a tie, in the order given", {**base, "rungs": [rung("zebra", impactCost="50"), pool]}
    yield "a tie per fill, not per try", {
        **base, "rungs": [pool, rung("x:venue", impactCost="50", failureProbability="0.5")],
    }
    yield "never fills", {**base, "rungs": [rung("book", failureProbability="1"), pool]}
    yield "nothing to close", {**base, "notional": "0", "rungs": [book, auction]}
    yield "a dust of notional", {**base, "notional": show(UNIT), "rungs": [book, auction]}
    yield "waiting beyond every scale", {
        **base, "notional": "10000000000000000", "dailyVolatility": "1000000",
        "rungs": [rung("auction", delayMs=2**53 - 1), pool],
    }
    draw = Draw(712)
    for number in range(40):
        notional = draw.log_decimal(1, 7, 18)
        yield f"drawn {number + 1}", {
            "notional": notional, "dailyVolatility": draw.decimal("0", "0.2", 9),
            "urgency": draw.decimal("0", "3", 3),
            "fallbackCost": show(down(read(notional) * Fraction(draw.whole(0, 80), 997))),
            "rungs": [
                rung(
                    f"m{index}", concessionFraction=draw.decimal("0", "0.05", 18),
                    impactCost=show(down(read(notional) * Fraction(draw.whole(0, 30), 997))),
                    feeFraction=draw.decimal("0", "0.002", 6), delayMs=draw.whole(0, 10**7),
                    failureProbability=draw.decimal("0", "0.9", 18),
                )
                for index in range(draw.whole(1, 5))
            ],
        }


def vault_cases():
    yield "the first deposit", {"equity": "0", "totalShares": "0", "deposit": "1000"}
    yield "the first unit", {"equity": "0", "totalShares": "0", "deposit": show(UNIT)}
    yield "nothing earned yet", {"equity": "1000", "totalShares": "1000", "deposit": "500"}
    yield "a dear share", {"equity": "2000", "totalShares": "1000", "deposit": "500"}
    yield "a cheap share", {"equity": "500", "totalShares": "1000", "deposit": "500"}
    yield "no equity", {"equity": "0", "totalShares": "1000", "deposit": "500"}
    yield "a loss", {"equity": "-5", "totalShares": "1000", "deposit": "500"}
    yield "a loss without shares", {"equity": "-5", "totalShares": "0", "deposit": "500"}
    yield "a unit of equity", {"equity": show(UNIT), "totalShares": "1000", "deposit": show(UNIT)}
    yield "nothing paid in", {"equity": "10", "totalShares": "10", "deposit": "0"}
    coarse = {"equity": show(5 * UNIT), "totalShares": show(2 * UNIT)}
    yield "less than a share", {**coarse, "deposit": show(UNIT)}
    yield "a share and a half", {**coarse, "deposit": show(3 * UNIT)}
    yield "a unit of a billion and one", {**coarse, "deposit": "0.000000001000000001"}
    yield "a unit of a billion less one", {**coarse, "deposit": "0.000000000999999999"}
    yield "equity without an owner", {"equity": "1000", "totalShares": "0", "deposit": "1000"}
    yield "more than can be counted", {
        "equity": show(UNIT), "totalShares": "100000000000", "deposit": "1000000000",
    }
    out = {"variant": "payout", "equity": "1000", "totalShares": "1000"}
    yield "payout: all", {**out, "shares": "1000"}
    yield "payout: all of a dear share", {**out, "equity": "2000", "shares": "1000"}
    yield "payout: all of a cheap share", {**out, "equity": "500", "shares": "1000"}
    yield "payout: a part", {**out, "equity": "2000", "shares": "250"}
    yield "payout: none", {**out, "shares": "0"}
    yield "payout: no equity", {**out, "equity": "0", "shares": "10"}
    yield "payout: a loss", {**out, "equity": "-9", "shares": "10"}
    yield "payout: the last unit", {
        **out, "equity": show(3 * UNIT), "totalShares": show(UNIT), "shares": show(UNIT),
    }
    draw = Draw(713)
    for number in range(30):
        yield f"drawn {number + 1}", {
            "equity": draw.log_decimal(-17, 7, 18), "totalShares": draw.log_decimal(-17, 7, 18),
            "deposit": draw.log_decimal(-17, 6, 18),
        }
    for number in range(20):
        total = draw.log_decimal(-17, 7, 18)
        yield f"payout: drawn {number + 1}", {
            "variant": "payout", "equity": draw.log_decimal(-17, 7, 18), "totalShares": total,
            "shares": show(down(read(total) * Fraction(draw.whole(0, 97), 97))),
        }


VECTORS = [
    {
        "path": "routes/amm-quote.json",
        "name": "amm-quote",
        "spec": "x·y = D²/mark, x = D/mark + inventory, at the mark until x = D/mark; "
        "D = depth, or depth/(1 − down(√(1 − band))) down to 1e-36; "
        "largest size within impact, band and inventory; paid down, asked up",
        "compute": amm_quote,
        "cases": amm_cases,
    },
    {
        "path": "routes/route-cost.json",
        "name": "route-cost",
        "spec": "tried = (1 − p)·(up(N·c) + impact + up(N·f)) + up(k·σ·up(√(t/day))·N); "
        "tried + p·F; ladder by tried/(1 − p) where below F, the cheapest of all orders",
        "compute": route_cost,
        "cases": route_cases,
    },
    {
        "path": "routes/vault-shares.json",
        "name": "vault-shares",
        "spec": "down(deposit·(T + 1)/(E + 1)), payout down(shares·(E + 1)/(T + 1)), "
        "in units of 1e-18; refused without equity, where rounding takes a billionth, or beyond the scale",
        "compute": vault_shares,
        "cases": vault_cases,
    },
]
