"""How much may be closed at once, and where closing stops to help."""

from fractions import Fraction
from wad import UNIT, Draw, down, read, representable, show

ZERO, ONE = Fraction(0), Fraction(1)


def window_capacity(given):
    rate = read(given["makerFee"]) + read(given["takerFee"])
    seconds = Fraction(given["windowMs"], 1000)
    return down(rate * read(given["skewScale"]) * read(given["multiplier"]) * seconds)


def throttle(given):
    if given.get("variant") == "window-capacity":
        return {"windowCapacity": show(window_capacity(given))}
    notional = read(given["notional"])
    window, cap, ramp = given.get("window"), given.get("cap"), given.get("ramp")
    by_window = by_cap = by_ramp = None
    if window:
        size, price = read(window["capacity"]), read(window["price"])
        worth = down(size / price if window.get("kind") == "inverse" else size * price)
        by_window = max(ZERO, worth - read(window.get("used", "0")))
    if cap:
        by_cap = max(ZERO, read(cap["limit"]) - read(cap.get("inLiquidation", "0")))
    if ramp and notional > read(given.get("smallNotional", "0")):
        elapsed, duration = ramp["elapsedMs"], ramp["durationMs"]
        share = down(Fraction(elapsed, duration)) if duration else ONE
        by_ramp = down(notional * min(ONE, share + read(ramp["initialFraction"])))
    bounds = [bound for bound in (by_window, by_cap, by_ramp) if bound is not None]
    return {
        "closableNotional": show(min([notional, *bounds])),
        "byWindow": show(by_window),
        "byCap": show(by_cap),
        "byRamp": show(by_ramp),
    }


def toxic_frontier(given):
    variant = given.get("variant", "perpetual")
    if variant == "perpetual":
        margin, required = read(given["marginEquity"]), read(given["maintenanceMargin"])
        frontier = margin * read(given["maintenanceMarginFraction"]) / required
        return {
            "improves": frontier > read(given["costFraction"]),
            "frontierCost": show(representable(down(frontier))),
        }
    sold = read(given["seizedValue"])
    if variant == "lending-constant-product":
        slip = 1 + 2 * sold / read(given["depth"])
    else:
        slip = 1 + read(given["slippagePerMoney"]) * sold
    return {"ltvFrontier": show(down(1 / ((1 + read(given["liquidationBonus"])) * slip)))}


def throttle_cases():
    base = {"notional": "10000"}
    window = {"capacity": "2", "price": "3000", "used": "1500"}
    cap = {"limit": "50000", "inLiquidation": "44000"}
    ramp = {"elapsedMs": 2000, "durationMs": 10000, "initialFraction": "0.1"}
    yield "no bound", base
    yield "the window", {**base, "window": window}
    yield "the window is used up", {**base, "window": {**window, "used": "6000"}}
    yield "the window is overdrawn after a fall of the price", {
        **base, "window": {**window, "price": "700"},
    }
    yield "the window of an inverse market", {
        "notional": "3",
        "window": {"kind": "inverse", "capacity": "70000", "price": "30000", "used": "0.5"},
    }
    yield "the cap on what is in liquidation", {**base, "cap": cap}
    yield "the cap is exceeded", {**base, "cap": {**cap, "inLiquidation": "50001"}}
    yield "the ramp", {**base, "ramp": ramp}
    yield "the ramp at its start", {**base, "ramp": {**ramp, "elapsedMs": 0}}
    yield "the ramp at its end", {**base, "ramp": {**ramp, "elapsedMs": 10000}}
    yield "the ramp reaches one before its end", {**base, "ramp": {**ramp, "elapsedMs": 9500}}
    yield "no ramp", {**base, "ramp": {**ramp, "durationMs": 0, "initialFraction": "0"}}
    yield "small: in full", {**base, "ramp": ramp, "smallNotional": "10000"}
    yield "a unit above small: by the ramp", {
        "notional": "10000.000000000000000001", "ramp": ramp, "smallNotional": "10000",
    }
    yield "small, but the window binds all the same", {
        **base, "ramp": ramp, "smallNotional": "10000", "window": window,
    }
    yield "all three, the ramp binds", {**base, "window": window, "cap": cap, "ramp": ramp}
    yield "all three, the window binds", {
        **base, "window": {**window, "used": "5000"}, "cap": cap, "ramp": ramp,
    }
    yield "all three, the cap binds", {
        **base, "window": window, "cap": {**cap, "inLiquidation": "49990"}, "ramp": ramp,
    }
    yield "nothing to close", {"notional": "0", "window": window, "cap": cap, "ramp": ramp}
    scale = {
        "variant": "window-capacity", "makerFee": "0.0002", "takerFee": "0.0005",
        "skewScale": "100000", "multiplier": "1.5", "windowMs": 30000,
    }
    yield "capacity", scale
    yield "capacity under a rebate", {**scale, "makerFee": "-0.0005"}
    yield "capacity rounded once", {
        **scale, "makerFee": "0", "takerFee": "0.333333333333333333", "skewScale": "3",
        "multiplier": "0.333333333333333333", "windowMs": 7,
    }
    draw = Draw(611)
    for number in range(40):
        yield f"drawn {number + 1}", drawn_throttle(draw)
    for number in range(10):
        yield f"capacity: drawn {number + 1}", {
            "variant": "window-capacity",
            "makerFee": draw.decimal("0", "0.001", 9),
            "takerFee": draw.decimal("0", "0.002", 9),
            "skewScale": draw.log_decimal(2, 7, 9),
            "multiplier": draw.decimal("0", "3", 9),
            "windowMs": draw.whole(1, 120000),
        }


def drawn_throttle(draw):
    notional = draw.log_decimal(0, 7, 18)
    given = {"notional": notional}
    if draw.chance(0.6):
        given["window"] = {
            "capacity": draw.log_decimal(-2, 3, 9), "price": draw.decimal("100", "5000", 4),
            "used": draw.log_decimal(0, 6, 6),
        }
        if draw.chance(0.2):
            given["window"] |= {"kind": "inverse", "capacity": draw.log_decimal(4, 7, 9)}
    if draw.chance(0.6):
        given["cap"] = {
            "limit": draw.log_decimal(2, 7, 6), "inLiquidation": draw.log_decimal(1, 6, 6),
        }
    if draw.chance(0.6):
        given["ramp"] = {
            "elapsedMs": draw.whole(0, 40000), "durationMs": draw.whole(0, 60000),
            "initialFraction": draw.decimal("0", "0.3", 18),
        }
    if draw.chance(0.3):
        given["smallNotional"] = draw.log_decimal(0, 6, 2)
    return given


def toxic_cases():
    base = {
        "marginEquity": "80", "maintenanceMargin": "100", "maintenanceMarginFraction": "0.1",
        "costFraction": "0.02",
    }
    yield "closing helps", base
    yield "at the frontier nothing changes", {**base, "costFraction": "0.08"}
    yield "a unit below the frontier", {**base, "costFraction": "0.079999999999999999"}
    yield "beyond it closing hurts", {**base, "costFraction": "0.080000000000000001"}
    yield "no cost always helps", {**base, "marginEquity": show(UNIT), "costFraction": "0"}
    yield "no margin, no cost: nothing changes", {**base, "marginEquity": "0", "costFraction": "0"}
    yield "below zero closing only hurts", {**base, "marginEquity": "-3"}
    yield "the frontier is no decimal: just below", {
        **base, "marginEquity": "1", "maintenanceMargin": "3",
        "costFraction": "0.033333333333333333",
    }
    yield "the frontier is no decimal: just above", {
        **base, "marginEquity": "1", "maintenanceMargin": "3",
        "costFraction": "0.033333333333333334",
    }
    yield "a frontier beyond every scale", {
        **base, "marginEquity": "10000000000000000", "maintenanceMargin": show(UNIT),
    }
    product = {
        "variant": "lending-constant-product", "liquidationBonus": "0.05", "seizedValue": "10000",
        "depth": "1000000",
    }
    linear = {
        "variant": "lending-linear", "liquidationBonus": "0.05", "seizedValue": "10000",
        "slippagePerMoney": "0.000002",
    }
    yield "lending: a deep pool", {**product, "seizedValue": "0"}
    yield "lending: a pool", product
    yield "lending: a pool sold out", {**product, "seizedValue": "100000000"}
    yield "lending: no bonus, no slippage", {
        **product, "liquidationBonus": "0", "seizedValue": "0",
    }
    yield "lending: linear", linear
    yield "lending: linear without slippage", {**linear, "slippagePerMoney": "0"}
    draw = Draw(612)
    for number in range(24):
        required = draw.log_decimal(1, 6, 6)
        yield f"drawn {number + 1}", {
            "marginEquity": show(down(read(required) * Fraction(draw.whole(-10, 100), 97))),
            "maintenanceMargin": required,
            "maintenanceMarginFraction": draw.decimal("0.005", "0.2", 6),
            "costFraction": draw.decimal("0", "0.1", 18),
        }
    for number in range(12):
        given = {
            "liquidationBonus": draw.decimal("0", "0.2", 6),
            "seizedValue": draw.log_decimal(0, 7, 6),
        }
        if draw.chance(0.5):
            given = {
                "variant": "lending-constant-product", **given, "depth": draw.log_decimal(3, 9, 6),
            }
        else:
            given = {
                "variant": "lending-linear", **given,
                "slippagePerMoney": draw.decimal("0", "0.000001", 18),
            }
        yield f"lending: drawn {number + 1}", given


VECTORS = [
    {
        "path": "closing/throttle.json",
        "name": "throttle",
        "spec": "min(N, max(0, down(capacity·P) − used), max(0, limit − in liquidation), "
        "down(N·min(1, down(t/T) + r₀)) where N > small); window-capacity: "
        "down((maker + taker)·skewScale·multiplier·seconds)",
        "compute": throttle,
        "cases": throttle_cases,
    },
    {
        "path": "closing/toxic-frontier.json",
        "name": "toxic-frontier",
        "spec": "improves iff E_m·μ > c·MM, frontier down(E_m·μ/MM); lending: down(1/((1 + i)·λ)), "
        "λ = 1 + 2c/y or 1 + φ·c",
        "compute": toxic_frontier,
        "cases": toxic_cases,
    },
]
