"""What a liquidation costs the account, and who receives it."""

from fractions import Fraction
from wad import UNIT, Draw, down, read, show, up

ZERO, ONE = Fraction(0), Fraction(1)


def within(value, low, high):
    return max(low, min(value, high))


def missing(held, whole):
    """1 − held / whole in [0, 1], the quotient rounded down."""
    if held is None or whole is None or whole <= 0:
        return ZERO
    return within(1 - down(held / whole), ZERO, ONE)


def penalty(notional, fraction, equity):
    return min(up(notional * fraction), max(equity, ZERO))


def liquidation_penalty(given):
    if given.get("variant") == "margin-left":
        return insurance_penalty(given)

    def fraction(name, default="0"):
        return read(given.get(name, default))

    most = fraction("maxFraction", "1")
    health = up(
        fraction("perShortfall")
        * missing(read(given.get("marginEquity")), read(given.get("maintenanceMargin")))
    )
    realized, reference = read(given.get("realizedVolatility")), read(given.get("referenceVolatility"))
    excess = ZERO
    if realized is not None and reference is not None:
        excess = max(ZERO, up(realized / reference) - 1)
    volatility = up(fraction("perVolatility") * excess)
    thinness = up(
        fraction("perThinness") * missing(read(given.get("depth")), read(given.get("referenceDepth")))
    )
    total = min(most, fraction("baseFraction") + health + volatility + thinness)
    return {
        "penaltyFraction": show(total),
        "byHealth": show(min(health, most)),
        "byVolatility": show(min(volatility, most)),
        "byThinness": show(min(thinness, most)),
        "penalty": show(penalty(read(given["notional"]), total, read(given["equity"]))),
    }


def insurance_penalty(given):
    notional, taken = read(given["notional"]), read(given["liquidationFraction"])
    shortage = up(read(given["marginShortage"]) / notional)
    left = read(given["maintenanceMarginFraction"]) - taken - shortage
    part = within(down(Fraction(95, 100) * left), ZERO, read(given["maxFraction"]))
    equity = read(given.get("equity"))
    if equity is not None:
        part = within(down(max(equity, ZERO) / notional) - taken, ZERO, part)
    return {"insurancePenaltyFraction": show(part)}


def penalty_split(given):
    total = read(given["penalty"])

    def share(name):
        return down(total * read(given.get(name, "0")))

    keeper = share("keeperShare") if given["foundBy"] == "keeper" else ZERO
    provider, burned = share("providerShare"), share("burnShare")
    return {
        "keeperReward": show(keeper),
        "providerReward": show(provider),
        "insuranceContribution": show(total - keeper - provider - burned),
        "burned": show(burned),
    }


def keeper_reward(given):
    cost, charged = read(given["executionCost"]), read(given["penalty"])
    floor = max(
        cost + read(given["minReward"]), down(cost * (1 + read(given["minProfitFraction"])))
    )
    margin = max(read(given["marginEquity"]), ZERO)
    cap = min(down(margin * read(given["marginScale"])), read(given["maxReward"]))
    due = min(max(floor, read(given["flagReward"]) + cost), cap)
    return {
        "keeperReward": show(min(due, charged)),
        "subsidy": show(max(min(floor, cap) - charged, ZERO)),
    }


def penalty_cases():
    base = {
        "notional": "10000", "equity": "500", "baseFraction": "0.005", "perShortfall": "0.01",
        "perVolatility": "0.004", "perThinness": "0.006", "maxFraction": "0.02",
        "marginEquity": "100", "maintenanceMargin": "100",
    }
    quiet = {
        "realizedVolatility": "0.04", "referenceVolatility": "0.04", "depth": "1000000",
        "referenceDepth": "1000000",
    }
    yield "the base alone", {"notional": "10000", "equity": "500", "baseFraction": "0.005"}
    yield "nothing to pay for in calm, depth and health", {**base, **quiet}
    yield "half the margin is gone", {**base, **quiet, "marginEquity": "50"}
    yield "a third of the margin is gone, rounded up", {
        **base, **quiet, "marginEquity": "2", "maintenanceMargin": "3",
    }
    yield "no margin left", {**base, **quiet, "marginEquity": "-7"}
    yield "no requirement lacks nothing", {**base, "marginEquity": "-7", "maintenanceMargin": "0"}
    yield "one and a half times the volatility", {**base, **quiet, "realizedVolatility": "0.06"}
    yield "volatility below the reference", {**base, **quiet, "realizedVolatility": "0.001"}
    yield "a quotient of volatilities rounded up", {
        **base, **quiet, "realizedVolatility": "0.05", "referenceVolatility": "0.03",
    }
    yield "volatility not known", {**base, **quiet, "realizedVolatility": None}
    yield "reference volatility not known", {
        **base, "realizedVolatility": "1", "referenceVolatility": None,
    }
    yield "an empty book", {**base, **quiet, "depth": "0"}
    yield "a third of the depth", {**base, **quiet, "depth": "1", "referenceDepth": "3"}
    yield "more depth than the reference", {**base, **quiet, "depth": "2000000"}
    yield "depth not known", {**base, "depth": None, "referenceDepth": "5"}
    yield "all at once, at the most", {
        **base, "marginEquity": "0", "realizedVolatility": "0.1", "referenceVolatility": "0.04",
        "depth": "0", "referenceDepth": "1",
    }
    yield "volatility beyond every scale stays at the most", {
        **base, "realizedVolatility": "1000000", "referenceVolatility": show(UNIT),
    }
    yield "never more than equity", {**base, **quiet, "marginEquity": "50", "equity": "3"}
    yield "nothing from an account without equity", {**base, **quiet, "equity": "-1"}
    left = {
        "variant": "margin-left", "notional": "1000", "maintenanceMarginFraction": "0.05",
        "liquidationFraction": "0.01", "marginShortage": "20", "maxFraction": "0.05",
    }
    yield "margin left: 95 % of what is left", left
    yield "margin left: nothing is", {**left, "liquidationFraction": "0.1"}
    yield "margin left: at the most", {**left, "marginShortage": "0", "maxFraction": "0.03"}
    yield "margin left: the shortage takes exactly all", {**left, "marginShortage": "40"}
    yield "margin left: bounded by equity", {**left, "equity": "15"}
    yield "margin left: equity pays the liquidation only", {**left, "equity": "10"}
    yield "margin left: equity does not even pay that", {**left, "equity": "3"}
    yield "margin left: no equity", {**left, "equity": "-3"}
    yield "margin left: a shortage beyond every scale", {
        **left, "notional": show(UNIT), "marginShortage": "10000000000000000",
    }
    yield "margin left: equity beyond every scale", {
        **left, "notional": show(UNIT), "marginShortage": "0", "equity": "10000000000000000",
    }
    draw = Draw(601)
    for number in range(40):
        yield f"drawn {number + 1}", drawn_penalty(draw)
    for number in range(20):
        yield f"margin left: drawn {number + 1}", drawn_margin_left(draw)


def drawn_penalty(draw):
    required = draw.log_decimal(0, 6, 6)
    given = {
        "notional": draw.log_decimal(0, 8, 18),
        "equity": draw.decimal("-100", "100000", 6),
        "baseFraction": draw.decimal("0", "0.01", 6),
        "perShortfall": draw.decimal("0", "0.02", 18),
        "perVolatility": draw.decimal("0", "0.02", 18),
        "perThinness": draw.decimal("0", "0.02", 18),
        "maxFraction": draw.decimal("0.005", "0.05", 6),
        "marginEquity": show(down(read(required) * Fraction(draw.whole(-20, 120), 101))),
        "maintenanceMargin": required,
    }
    if draw.chance(0.8):
        given["realizedVolatility"] = draw.decimal("0.005", "0.2", 9)
        given["referenceVolatility"] = draw.decimal("0.01", "0.08", 9)
    if draw.chance(0.8):
        given["depth"] = draw.log_decimal(2, 6, 6)
        given["referenceDepth"] = draw.log_decimal(3, 6, 6)
    return given


def drawn_margin_left(draw):
    notional = draw.log_decimal(0, 7, 6)
    given = {
        "variant": "margin-left",
        "notional": notional,
        "maintenanceMarginFraction": draw.decimal("0.02", "0.1", 6),
        "liquidationFraction": draw.decimal("0", "0.03", 6),
        "marginShortage": show(down(read(notional) * Fraction(draw.whole(0, 40), 997))),
        "maxFraction": draw.decimal("0.01", "0.06", 6),
    }
    if draw.chance(0.6):
        given["equity"] = show(down(read(notional) * Fraction(draw.whole(-5, 80), 997)))
    return given


def split_cases():
    base = {"penalty": "10", "keeperShare": "0.3", "burnShare": "0.1", "foundBy": "keeper"}
    yield "keeper, insurance, burn", base
    yield "providers as well", {**base, "providerShare": "0.25"}
    yield "the engine found it", {**base, "providerShare": "0.25", "foundBy": "engine"}
    yield "all to insurance", {"penalty": "10", "keeperShare": "0", "foundBy": "keeper"}
    yield "nothing to insurance", {**base, "providerShare": "0.6"}
    yield "no penalty", {**base, "penalty": "0"}
    yield "one unit is not divided", {
        "penalty": show(UNIT), "keeperShare": "0.4", "providerShare": "0.3", "burnShare": "0.3",
        "foundBy": "keeper",
    }
    draw = Draw(602)
    for number in range(30):
        parts = [draw.whole(0, 100) for _ in range(4)]
        total = Fraction(max(sum(parts), 1))
        keeper, provider, burn = (show(down(part / total)) for part in parts[:3])
        yield f"drawn {number + 1}", {
            "penalty": draw.log_decimal(-6, 8, 18), "keeperShare": keeper,
            "providerShare": provider, "burnShare": burn,
            "foundBy": draw.pick(["keeper", "engine"]),
        }


def reward_cases():
    base = {
        "flagReward": "10", "executionCost": "2", "minReward": "1", "minProfitFraction": "0.5",
        "marginEquity": "1000", "marginScale": "0.1", "maxReward": "50", "penalty": "40",
    }
    yield "flag and cost", base
    yield "at least the cost and the smallest reward", {**base, "flagReward": "0", "minReward": "3"}
    yield "at least the cost and its profit", {**base, "flagReward": "0", "minProfitFraction": "2"}
    yield "at most a share of the margin", {**base, "marginEquity": "60"}
    yield "at most the largest reward", {**base, "flagReward": "200", "maxReward": "30"}
    yield "at most the penalty, and no subsidy for the gain", {**base, "penalty": "7"}
    yield "the floor is beyond the penalty", {**base, "penalty": "1"}
    yield "no penalty at all", {**base, "penalty": "0"}
    yield "no margin, no reward, no subsidy", {**base, "marginEquity": "-5", "penalty": "0"}
    yield "a cap below the floor", {**base, "marginEquity": "20", "penalty": "1.5"}
    yield "a profit beyond every scale stays at the cap", {
        **base, "executionCost": "10000000000000000", "minProfitFraction": "1000000",
        "marginEquity": "10000000000000000", "marginScale": "1000000", "penalty": "49",
    }
    yield "rounded down", {
        **base, "flagReward": "0", "minReward": "0", "executionCost": "0.000000000000000003",
    }
    draw = Draw(603)
    for number in range(30):
        yield f"drawn {number + 1}", {
            "flagReward": draw.log_decimal(-1, 3, 18),
            "executionCost": draw.log_decimal(-1, 2, 18),
            "minReward": draw.log_decimal(-1, 2, 6),
            "minProfitFraction": draw.decimal("0", "1", 18),
            "marginEquity": draw.decimal("-100", "20000", 18),
            "marginScale": draw.decimal("0", "0.2", 18),
            "maxReward": draw.log_decimal(0, 3, 2),
            "penalty": draw.log_decimal(-1, 3, 18),
        }


VECTORS = [
    {
        "path": "penalties/liquidation-penalty.json",
        "name": "liquidation-penalty",
        "spec": "min(max, base + up(a·clamp(1 − down(E_m/MM), 0, 1)) + up(b·max(0, up(σ/σ₀) − 1)) + "
        "up(c·clamp(1 − down(D/D₀), 0, 1))), parts shown up to max; penalty min(up(N·f), max(0, E)); "
        "margin-left: max(0, min(max, down(0.95·(μ − f_liq − up(shortage/N))), "
        "down(max(0, E)/N) − f_liq))",
        "compute": liquidation_penalty,
        "cases": penalty_cases,
    },
    {
        "path": "penalties/penalty-split.json",
        "name": "penalty-split",
        "spec": "keeper, provider and burn down(penalty·share), keeper 0 where the engine found the "
        "account; insurance is the rest",
        "compute": penalty_split,
        "cases": split_cases,
    },
    {
        "path": "penalties/keeper-reward.json",
        "name": "keeper-reward",
        "spec": "cap = min(down(max(0, E_m)·scale), max); floor = max(cost + min, down(cost·(1 + r))); "
        "reward min(max(floor, flag + cost), cap, penalty); subsidy max(0, min(floor, cap) − penalty)",
        "compute": keeper_reward,
        "cases": reward_cases,
    },
]
