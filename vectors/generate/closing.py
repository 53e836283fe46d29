"""How much to close, and what closing costs."""

from fractions import Fraction
from margin import STEPS, drawn_tiers, exact_maintenance
from wad import UNIT, Draw, down, read, root_up, show, up

SCAN_MAX = 200_000


def close_out_size(given):
    equity, notional = read(given["equity"]), read(given["notional"])
    tiers = given.get("tiers") or [
        {"notionalFloor": "0", "maintenanceMarginFraction": given["maintenanceMarginFraction"]}
    ]
    target = read(given["targetRatio"])
    cost = read(given["penaltyFraction"]) + read(given["slippageFraction"])
    other = read(given.get("otherMaintenanceMargin", "0"))
    lot = read(given.get("lotNotional"))

    impact = given.get("impact")

    def surplus(closed, rounded=True):
        left = exact_maintenance(tiers, notional - closed)
        moved = 0
        if impact is not None:
            moved = read(impact_cost({**impact, "notional": show(closed)})["cost"])
        required = target * (other + (up(left) if rounded else left))
        return equity - cost * closed - moved - required

    def answer(closed, takeover=False):
        return {"closeOutNotional": show(closed), "wholeTakeover": takeover}

    if surplus(Fraction(0)) >= 0:
        return answer(Fraction(0))
    if impact is not None and read(impact["coefficient"]) * read(impact["volatility"]) > 0:
        return curved_size(notional, lot or UNIT, surplus, peak_of(tiers, given, impact), answer)
    # Concave without rounding: the ends of its straight pieces, where N − x meets a floor.
    floors = [read(tier["notionalFloor"]) for tier in tiers]
    ends = sorted({Fraction(0), notional, *(notional - f for f in floors if f < notional)})
    root = None
    for low, high in zip(ends, ends[1:]):
        at_low, at_high = surplus(low, False), surplus(high, False)
        if at_low >= 0:
            root = low
        elif at_high >= 0:
            root = low + (high - low) * at_low / (at_low - at_high)
        if root is not None:
            break
    if root is None:
        return answer(notional, True)
    # From there up unit by unit (or lot by lot): rounding up the requirement only ever delays.
    step = UNIT if lot is None else lot
    closed = (root / step).__ceil__() * step
    for _ in range(SCAN_MAX):
        if lot is not None and notional - closed < lot:
            closed = notional
        if closed > notional:
            break
        if surplus(closed) >= 0:
            return answer(closed)
        if closed == notional:
            break
        closed += step
    else:
        raise ValueError("the scan was too short for this case")
    return answer(notional, True)


def peak_of(tiers, given, impact):
    """Where the next unit costs what it releases: the largest surplus, a floor between tiers or 0."""
    notional, target = read(given["notional"]), read(given["targetRatio"])
    cost = read(given["penaltyFraction"]) + read(given["slippageFraction"])
    scale = up(read(impact["coefficient"]) * read(impact["volatility"]))
    power = 2 if impact["model"] == "square-root" else 1
    ceiling = notional
    for tier in reversed(tiers):
        floor = read(tier["notionalFloor"])
        if floor > notional:
            continue
        # Closing from here, at N − x = ceiling, down to the floor.
        worth = target * read(tier["maintenanceMarginFraction"]) - cost
        reach = down(read(impact["volume"]) * (worth / scale) ** power) if worth > 0 else 0
        if reach < notional - floor:
            return max(reach, notional - ceiling)
        ceiling = floor
    return notional


def curved_size(notional, step, surplus, peak, answer):
    """By bisection between nothing, which fails, and the most that is admissible up to the peak."""
    steps = max(0, (min(peak, notional - step) / step).__floor__())
    if surplus(steps * step) >= 0:
        low, high = 0, steps
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if surplus(middle * step) >= 0 else (middle, high)
        return answer(high * step)
    after = (steps + 1) * step
    if notional - after < step:
        after = notional
    return answer(after) if surplus(after) >= 0 else answer(notional, True)


def impact_cost(given):
    root = given["model"] == "square-root"
    notional = read(given["notional"])
    scale = up(read(given["coefficient"]) * read(given["volatility"]))
    share = up(notional / read(given["volume"]))
    peak = up(scale * (root_up(share) if root else share))
    average = up(peak * (Fraction(2, 3) if root else Fraction(1, 2)))
    return {
        "peakImpact": show(peak),
        "averageImpact": show(average),
        "cost": show(up(notional * average)),
    }


def close_out_cases():
    base = {
        "notional": "1000", "maintenanceMarginFraction": "0.1", "targetRatio": "1",
        "penaltyFraction": "0", "slippageFraction": "0",
    }
    yield "healthy already", {**base, "equity": "100"}
    yield "one tier, no cost", {**base, "equity": "90"}
    yield "with penalty and slippage", {
        **base, "equity": "90", "penaltyFraction": "0.01", "slippageFraction": "0.01",
    }
    yield "the target is above the requirement", {**base, "equity": "90", "targetRatio": "1.2"}
    yield "the whole position cures exactly", {
        **base, "equity": "20", "penaltyFraction": "0.01", "slippageFraction": "0.01",
    }
    yield "one unit less and nothing cures", {
        **base, "equity": "19.999999999999999999", "penaltyFraction": "0.01",
        "slippageFraction": "0.01",
    }
    yield "cost above the fraction: closing only hurts", {
        **base, "equity": "90", "penaltyFraction": "0.2",
    }
    yield "other legs in need of margin", {**base, "equity": "90", "otherMaintenanceMargin": "15"}
    yield "up to a lot", {**base, "equity": "90", "lotNotional": "30"}
    yield "dust closes whole", {**base, "equity": "5", "lotNotional": "30"}
    yield "across tiers", {
        "equity": "20000", "notional": "2500000", "tiers": STEPS, "targetRatio": "1.1",
        "penaltyFraction": "0.002", "slippageFraction": "0.001",
    }
    yield "a bankrupt account", {**base, "equity": "-1"}
    draw = Draw(401)
    for number in range(40):
        tiers = drawn_tiers(draw, 100000)
        notional = draw.decimal("1000", "200000", draw.pick([2, 18]))
        required = exact_maintenance(tiers, read(notional))
        given = {
            "equity": show(down(required * Fraction(draw.whole(20, 105), 100))),
            "notional": notional,
            "tiers": tiers,
            "targetRatio": draw.decimal("1", "1.5", 3),
            "penaltyFraction": draw.decimal("0", "0.005", 4),
            "slippageFraction": draw.decimal("0", "0.005", 4),
        }
        if draw.chance(0.3):
            given["otherMaintenanceMargin"] = show(down(required * Fraction(draw.whole(0, 50), 100)))
        if draw.chance(0.4):
            given["lotNotional"] = draw.decimal("0.01", "500", 2)
        yield f"drawn {number + 1}", given
    yield from curved_cases()


def curved_cases():
    base = {
        "notional": "1000", "maintenanceMarginFraction": "0.1", "targetRatio": "1",
        "penaltyFraction": "0", "slippageFraction": "0",
    }
    model = {"coefficient": "1", "volatility": "0.5", "volume": "100"}
    root, line = ({"model": name, **model} for name in ("square-root", "linear"))
    yield "square-root impact: up to its peak", {
        **base, "equity": "99.866666666666666668", "impact": root,
    }
    yield "square-root impact: one unit less and nothing cures", {
        **base, "equity": "99.866666666666666667", "impact": root,
    }
    yield "square-root impact: only the lot beyond the peak cures", {
        **base, "equity": "99.87", "impact": root, "lotNotional": "2.15",
    }
    yield "linear impact", {**base, "equity": "99.5", "impact": line}
    yield "no coefficient: as without impact", {
        **base, "equity": "90", "impact": {**line, "coefficient": "0"},
    }
    draw = Draw(404)
    for number in range(40):
        tiers = drawn_tiers(draw, 100000)
        notional = draw.decimal("1000", "200000", draw.pick([2, 18]))
        required = exact_maintenance(tiers, read(notional))
        given = {
            "equity": show(down(required * Fraction(draw.whole(50, 120), 100))),
            "notional": notional,
            "tiers": tiers,
            "targetRatio": draw.decimal("1", "1.3", 3),
            "penaltyFraction": draw.decimal("0", "0.005", 4),
            "slippageFraction": draw.decimal("0", "0.002", 4),
            "impact": {
                "model": draw.pick(["square-root", "linear"]),
                "coefficient": draw.decimal("0.5", "1.5", 3),
                "volatility": draw.decimal("0.01", "0.1", 4),
                "volume": draw.log_decimal(4, 8, 2),
            },
        }
        if draw.chance(0.5):
            given["lotNotional"] = draw.decimal("0.01", "5000", 2)
        yield f"drawn with impact {number + 1}", given


def impact_cases():
    for model in ("square-root", "linear"):
        base = {"model": model, "coefficient": "1", "volatility": "0.04"}
        yield f"{model}: a thousandth of the volume", {
            **base, "volume": "1000000000", "notional": "1000000",
        }
        yield f"{model}: nothing closed", {**base, "volume": "1", "notional": "0"}
        yield f"{model}: four times the volume", {**base, "volume": "1", "notional": "4"}
    draw = Draw(402)
    for number in range(24):
        yield f"drawn {number + 1}", {
            "model": draw.pick(["square-root", "linear"]),
            "coefficient": draw.decimal("0", "2", 6),
            "volatility": draw.decimal("0", "0.3", 9),
            "volume": draw.log_decimal(3, 10, 4),
            "notional": draw.log_decimal(0, 8, 18),
        }


VECTORS = [
    {
        "path": "closing/close-out-size.json",
        "name": "close-out-size",
        "spec": "Smallest x in [0, N], of a multiple of the lot that leaves nothing or a lot, with "
        "E − (f + s)·x − C(x) − κ·(M_o + MM(N − x)) ≥ 0, C and MM rounded up; with an impact C by "
        "bisection between 0 and the peak of the surplus",
        "compute": close_out_size,
        "cases": close_out_cases,
    },
    {
        "path": "closing/impact-cost.json",
        "name": "impact-cost",
        "spec": "peak = Y·σ·√(x/V), average ⅔ of it; linear Y·σ·x/V, average ½; cost average·x; "
        "every step up",
        "compute": impact_cost,
        "cases": impact_cases,
    },
]
