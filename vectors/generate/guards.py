"""What prices must satisfy before risk is taken on by them, and when nobody may leave."""

from fractions import Fraction
from wad import UNIT, Draw, down, read, show, up

ZERO = Fraction(0)

FAULTS = ("non-positive", "too-volatile", "too-uncertain", "stale-for-margin", "stale-for-trading")
TOLERATED = {
    "non-positive": (),
    "too-volatile": ("reduceRisk", "liquidate"),
    "too-uncertain": ("reduceRisk", "liquidate"),
    "stale-for-margin": ("reduceRisk",),
    "stale-for-trading": ("reduceRisk", "liquidate"),
}


def price_validity(given):
    price, stable = read(given["price"]), read(given.get("stablePrice"))
    most, stated = read(given.get("deviationMax")), read(given.get("confidence"))
    widest, trading = read(given.get("confidenceMax")), given.get("tradingStalenessMsMax")
    stale = given["ageMs"] > given["stalenessMsMax"]
    found = {
        "non-positive": price <= 0,
        "too-volatile": None not in (stable, most) and abs(price / stable - 1) > most,
        "too-uncertain": None not in (stated, widest) and stated > widest,
        "stale-for-margin": stale,
        "stale-for-trading": not stale and trading is not None and given["ageMs"] > trading,
    }
    faults = [fault for fault in FAULTS if found[fault]]
    uses = ("reduceRisk", "liquidate", "increaseRisk", "withdraw")
    allows = {use: all(use in TOLERATED[fault] for fault in faults) for use in uses}
    return {"validity": faults[0] if faults else "valid", "faults": faults, "allows": allows}


def mark_step(given):
    mark, before = read(given["mark"]), read(given.get("previousMark"))
    if before is None:
        return {"markPrice": show(mark), "bound": False}
    most = down(before * read(given["stepPerSecond"]) * Fraction(given["elapsedMs"], 1000))
    bounded = min(max(mark, before - most), before + most)
    return {"markPrice": show(bounded), "bound": bounded != mark}


def confidence_margin(given):
    notional, factor = read(given["notional"]), read(given["confidenceFactor"])
    sources = [
        (max(ZERO, read(source.get("confidence")) or ZERO), read(source["weight"]))
        for source in given["sources"]
    ]
    whole = sum((weight for _, weight in sources), ZERO)
    exceeding = [
        value
        for value, _ in sources
        if 2 * sum((weight for other, weight in sources if other <= value), ZERO) > whole
    ]
    confidence = min(exceeding, default=ZERO)
    added = min(notional, up(factor * confidence * notional))
    return {"confidence": show(confidence), "confidenceMargin": show(added)}


def worth(given, price):
    size = read(given["size"])
    return down(-size / price if given.get("kind") == "inverse" else size * price)


def usable_pnl(given):
    entry = read(given.get("entryValue") or "0")
    mark, stable = read(given["markPrice"]), read(given["stablePrice"])
    pnl = worth(given, mark) - entry
    worse = (min if read(given["size"]) >= 0 else max)(mark, stable)
    usable = pnl if pnl <= 0 else max(ZERO, worth(given, worse) - entry)
    return {
        "unrealizedPnl": show(pnl), "usablePnl": show(usable), "withheld": show(pnl - usable),
    }


def withdrawal_gate(given):
    deficits = sum((max(ZERO, -read(one["equity"])) for one in given["accounts"]), ZERO)
    claims = read(given.get("unallocatedLoss") or "0") + deficits
    return {"claims": show(claims), "gated": claims > read(given["insuranceFund"])}


def validity_cases():
    base = {
        "price": "100", "stablePrice": "100", "deviationMax": "0.1", "confidence": "0.01",
        "confidenceMax": "0.02", "ageMs": 1000, "stalenessMsMax": 60000,
        "tradingStalenessMsMax": 5000,
    }
    yield "valid", base
    yield "nothing to compare with", {"price": "0.5", "ageMs": 7, "stalenessMsMax": 7}
    yield "zero", {**base, "price": "0"}
    yield "below zero", {**base, "price": "-1"}
    yield "a unit above zero", {
        "price": "0.000000000000000001", "ageMs": 0, "stalenessMsMax": 0,
    }
    yield "at the deviation above", {**base, "price": "110"}
    yield "a unit beyond it above", {**base, "price": "110.000000000000000001"}
    yield "at the deviation below", {**base, "price": "90"}
    yield "a unit beyond it below", {**base, "price": "89.999999999999999999"}
    yield "no deviation allowed", {**base, "deviationMax": "0"}
    yield "at the widest confidence", {**base, "confidence": "0.02"}
    yield "a unit wider", {**base, "confidence": "0.020000000000000001"}
    yield "no confidence stated", {**base, "confidence": None}
    yield "as old as trading bears", {**base, "ageMs": 5000}
    yield "a millisecond older", {**base, "ageMs": 5001}
    yield "as old as margin bears", {**base, "ageMs": 60000}
    yield "too old for margin", {**base, "ageMs": 60001}
    yield "one limit of age", {**base, "ageMs": 60000, "tradingStalenessMsMax": None}
    yield "volatile and stale: nobody is liquidated", {**base, "price": "50", "ageMs": 60001}
    yield "everything at once", {**base, "price": "-5", "confidence": "1", "ageMs": 60001}
    draw = Draw(711)
    for number in range(40):
        margin = draw.whole(0, 60000)
        given = {
            "price": draw.decimal("-5" if draw.chance(0.1) else "80", "120", 18),
            "ageMs": draw.whole(0, 70000), "stalenessMsMax": margin,
        }
        if draw.chance(0.7):
            given |= {"stablePrice": draw.decimal("80", "120", 18),
                      "deviationMax": draw.decimal("0", "0.3", 18)}
        if draw.chance(0.6):
            given |= {"confidence": draw.decimal("0", "0.05", 9), "confidenceMax": "0.025"}
        if draw.chance(0.6):
            given["tradingStalenessMsMax"] = draw.whole(0, margin)
        yield f"drawn {number + 1}", given


def step_cases():
    base = {"mark": "90", "previousMark": "100", "stepPerSecond": "0.01", "elapsedMs": 1000}
    yield "held above", base
    yield "held below", {**base, "mark": "110"}
    yield "at the bound", {**base, "mark": "99"}
    yield "a unit inside", {**base, "mark": "99.000000000000000001"}
    yield "a unit outside", {**base, "mark": "98.999999999999999999"}
    yield "no time", {**base, "elapsedMs": 0}
    yield "no time, no move", {**base, "elapsedMs": 0, "mark": "100"}
    yield "a millisecond", {**base, "elapsedMs": 1}
    yield "no mark before", {**base, "previousMark": None}
    yield "far more time than needed", {**base, "elapsedMs": 9007199254740991}
    yield "the step is rounded down", {
        "mark": "2", "previousMark": "1", "stepPerSecond": "0.333333333333333333", "elapsedMs": 1,
    }
    draw = Draw(712)
    for number in range(30):
        yield f"drawn {number + 1}", {
            "mark": draw.decimal("50", "150", 18), "previousMark": draw.decimal("50", "150", 18),
            "stepPerSecond": draw.log_decimal(-4, 0, 18), "elapsedMs": draw.whole(0, 5000),
        }


def confidence_cases():
    base = {
        "notional": "1000", "confidenceFactor": "2",
        "sources": [
            {"confidence": "0.01", "weight": "1"}, {"confidence": "0.03", "weight": "1"},
            {"confidence": "0.02", "weight": "1"},
        ],
    }
    one = lambda confidence: [{"confidence": confidence, "weight": "1"}]
    yield "three sources", base
    yield "two sources: the wider", {**base, "sources": base["sources"][:2]}
    yield "one source", {**base, "sources": base["sources"][:1]}
    yield "no source", {**base, "sources": []}
    yield "a source of weight", {
        **base, "sources": [*base["sources"], {"confidence": "0.5", "weight": "4"}],
    }
    yield "half of the weight", {
        **base, "sources": [*base["sources"], {"confidence": "0.5", "weight": "3"}],
    }
    yield "weightless sources", {**base, "sources": [{"confidence": "0.5", "weight": "0"}]}
    yield "none stated", {**base, "sources": one(None)}
    yield "less than none", {**base, "sources": one("-0.5")}
    yield "no factor", {**base, "confidenceFactor": "0"}
    yield "all of the notional", {**base, "sources": one("0.5")}
    yield "never more than that", {**base, "sources": one("7")}
    yield "a unit less", {**base, "sources": one("0.499999999999999999"), "notional": "1"}
    yield "rounded up", {
        "notional": show(UNIT * 3), "confidenceFactor": "0.1", "sources": one("0.1"),
    }
    draw = Draw(713)
    for number in range(30):
        yield f"drawn {number + 1}", {
            "notional": draw.log_decimal(0, 6, 18),
            "confidenceFactor": draw.decimal("0", "30", 9),
            "sources": [
                {"confidence": draw.decimal("0", "0.05", 18) if draw.chance(0.8) else None,
                 "weight": draw.pick(("1", "2", "2.5"))}
                for _ in range(draw.whole(1, 5))
            ],
        }


def pnl_cases():
    long = {"size": "1", "entryValue": "100", "markPrice": "120", "stablePrice": "105"}
    short = {"size": "-1", "entryValue": "-100", "markPrice": "80", "stablePrice": "95"}
    yield "a long in profit, confirmed in part", long
    yield "a long, confirmed", {**long, "stablePrice": "120"}
    yield "a long, the stable price above the mark", {**long, "stablePrice": "130"}
    yield "a long, not confirmed", {**long, "stablePrice": "100"}
    yield "a long, less than not confirmed", {**long, "stablePrice": "90"}
    yield "a long at its entry", {**long, "markPrice": "100", "stablePrice": "90"}
    yield "a long a unit in profit", {
        **long, "markPrice": "100.000000000000000001", "stablePrice": "90",
    }
    yield "a long in loss", {**long, "markPrice": "95", "stablePrice": "90"}
    yield "a short in profit, confirmed in part", short
    yield "a short, not confirmed", {**short, "stablePrice": "101"}
    yield "a short, the stable price below the mark", {**short, "stablePrice": "70"}
    yield "a short in loss", {**short, "markPrice": "107", "stablePrice": "120"}
    inverse = {"kind": "inverse", "markPrice": "40000", "stablePrice": "32000"}
    yield "an inverse long", {**inverse, "size": "100000", "entryValue": "-3.3"}
    yield "an inverse short", {
        **inverse, "size": "-100000", "entryValue": "3.3", "markPrice": "25000",
    }
    yield "nothing held", {**long, "size": "0", "entryValue": "0"}
    draw = Draw(714)
    for number in range(40):
        given = {
            "size": draw.decimal("-10", "10", 18), "markPrice": draw.decimal("50", "150", 18),
            "stablePrice": draw.decimal("50", "150", 18),
        }
        at = Fraction(draw.whole(50, 150))
        if draw.chance(0.3):
            given |= {"kind": "inverse", "size": draw.decimal("-1000", "1000", 18)}
        given["entryValue"] = show(worth(given, at))
        yield f"drawn {number + 1}", given


def accounts(*equities):
    return [{"account": f"a{at}", "equity": equity} for at, equity in enumerate(equities, 1)]


def gate_cases():
    two = {"insuranceFund": "600", "accounts": accounts("-300", "-300")}
    yield "at the fund", two
    yield "a unit less in the fund", {**two, "insuranceFund": "599.999999999999999999"}
    yield "nobody in liquidation", {"insuranceFund": "0", "accounts": []}
    yield "a surplus pays for nobody", {
        "insuranceFund": "299", "accounts": accounts("-300", "1000"),
    }
    yield "losses alone", {"insuranceFund": "5", "unallocatedLoss": "6", "accounts": []}
    yield "losses alone, at the fund", {
        "insuranceFund": "6", "unallocatedLoss": "6", "accounts": accounts("4"),
    }
    yield "losses and deficits are claims on one fund", {
        "insuranceFund": "599", "unallocatedLoss": "300", "accounts": accounts("-300"),
    }
    yield "equity of zero", {"insuranceFund": "0", "accounts": accounts("0", "0")}
    draw = Draw(715)
    for number in range(20):
        equities = [draw.decimal("-800", "300", 18) for _ in range(draw.whole(0, 6))]
        yield f"drawn {number + 1}", {
            "insuranceFund": draw.decimal("0", "2000", 18),
            "unallocatedLoss": draw.decimal("0", "500", 18) if draw.chance(0.5) else "0",
            "accounts": accounts(*equities),
        }


VECTORS = [
    {
        "path": "prices/price-validity.json",
        "name": "price-validity",
        "spec": "Faults, worst first: price ≤ 0; |price/stable − 1| > deviationMax; confidence > "
        "confidenceMax; age > stalenessMsMax; else age > tradingStalenessMsMax. A use is allowed "
        "where every fault tolerates it.",
        "compute": price_validity,
        "cases": validity_cases,
    },
    {
        "path": "prices/mark-step.json",
        "name": "mark-step",
        "spec": "the mark within previous ± down(previous·stepPerSecond·elapsedMs/1000)",
        "compute": mark_step,
        "cases": step_cases,
    },
    {
        "path": "margin/confidence-margin.json",
        "name": "confidence-margin",
        "spec": "c the smallest confidence at which the cumulative weight exceeds half, what is not "
        "stated or below 0 as 0, none: 0; min(up(k·c·N), N)",
        "compute": confidence_margin,
        "cases": confidence_cases,
    },
    {
        "path": "margin/usable-pnl.json",
        "name": "usable-pnl",
        "spec": "p at the mark if p ≤ 0, else max(0, p at min(mark, stable) for a long, at max for a "
        "short); values of contracts rounded down",
        "compute": usable_pnl,
        "cases": pnl_cases,
    },
    {
        "path": "losses/withdrawal-gate.json",
        "name": "withdrawal-gate",
        "spec": "claims = unallocatedLoss + Σ max(0, −equity); gated iff claims > insuranceFund",
        "compute": withdrawal_gate,
        "cases": gate_cases,
    },
]
