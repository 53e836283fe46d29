"""Borrowing: health, loans, interest, and how much of a debt is closed."""

from fractions import Fraction
from wad import UNIT, Draw, down, read, show, up

ZERO, ONE = Fraction(0), Fraction(1)
YEAR_MS = 365 * 24 * 60 * 60 * 1000
MOST = Fraction(2**127 - 1, 10**18)


def value_of(assets, share=None):
    return sum(
        (
            read(asset["amount"]) * read(asset["price"]) * (read(asset[share]) if share else 1)
            for asset in assets
        ),
        ZERO,
    )


def health_factor(given):
    owed = value_of(given["debts"])
    if owed == 0:
        return {"healthFactor": "no-debt"}
    factor = down(value_of(given["collaterals"], "liquidationThreshold") / owed)
    return {"healthFactor": show(min(factor, MOST))}


def max_borrow(given):
    limit = value_of(given["collaterals"], "loanToValue")
    room = max(ZERO, limit - value_of(given.get("debts") or []))
    return {
        "maxBorrow": show(min(MOST, down(room / read(given["debtPrice"])))),
        "maxBorrowValue": show(min(MOST, down(room))),
    }


def rate_at(curve, used):
    names = ("rateAtZero", "rateAtKink", "rateAtFull")
    zero, kink_rate, full = (read(curve[name]) for name in names)
    kink = read(curve["kinkUtilization"])
    if used <= kink:
        return up(zero + (kink_rate - zero) * used / kink)
    return up(kink_rate + (full - kink_rate) * (used - kink) / (1 - kink))


def borrow_interest(given):
    cash, shares, index = (read(given[name]) for name in ("cash", "debtShares", "debtIndex"))
    held, worth = read(given["supplyShares"]), read(given["supplyIndex"])
    debt = shares * index
    used = up(debt / (cash + debt)) if debt else ZERO
    rate = rate_at(given["curve"], used)
    grown = up(index * (1 + rate * Fraction(given["elapsedMs"], YEAR_MS))) if shares else index
    interest = shares * (grown - index)
    after = worth
    if held:
        behind = max(cash + debt, held * worth)
        passed = interest * (1 - read(given["reserveShare"]))
        after = down(worth * (1 + passed / behind)) if behind else worth
    supplied = down(held * (after - worth))
    return {
        "utilization": show(used),
        "borrowRate": show(rate),
        "debtIndexAfter": show(grown),
        "supplyIndexAfter": show(after),
        "interest": show(up(interest)),
        "supplyInterest": show(supplied),
        "reserveInterest": show(up(interest) - supplied),
    }


def bounded(wanted, given, owed):
    """Not more than is owed or paid for; nothing small left of debt, or of collateral beside it."""
    price, claim = read(given["debtPrice"]), 1 + read(given["liquidationBonus"])
    least = read(given.get("minLeftover") or "0")
    collateral = read(given.get("collateralValue"))
    most = owed
    if collateral is not None:
        most = min(owed, up(collateral / (claim * price)))
    repaid = min(wanted, most)
    if repaid <= 0:
        return ZERO
    debt_dust = (owed - repaid) * price < least
    other_dust = collateral is not None and collateral - repaid * price * claim < least
    return most if debt_dust or other_dust else repaid


def borrow_close_out(given):
    variant = given.get("variant") or "target-health"
    if variant == "seizure":
        return seizure(given)
    price = read(given["debtPrice"])
    owed = read(given.get("debtAmount"))
    if variant == "close-factor":
        health = read(given["healthFactor"])
        floor = read(given.get("fullCloseValue") or "0")
        small = min(read(given["collateralValue"]), down(owed * price)) < floor
        whole = health <= read(given.get("fullCloseHealthFactor") or "0") or small
        factor = ONE if whole else read(given["partialCloseFactor"])
        return {
            "closeFactor": show(factor),
            "debtToRepay": show(bounded(up(owed * factor), given, owed)),
        }
    bonus = 1 + read(given["liquidationBonus"])
    if variant == "margin-deficit":
        deficit = read(given["marginDeficit"])
        gain = read(given["liabilityWeight"]) * (1 - read(given.get("insuranceFraction") or "0"))
        gain -= read(given["collateralWeight"]) * bonus
        wanted = ZERO
        if deficit > 0:
            wanted = up(deficit / (price * gain)) if gain > 0 else owed
        return {"debtToRepay": show(bounded(wanted, given, owed))}
    total = read(given["totalDebtValue"])
    owed = up(total / price) if owed is None else owed
    target, health = read(given["targetHealthFactor"]), read(given["healthFactor"])
    gain = target - bonus * read(given["liquidationThreshold"])
    wanted = ZERO
    if health < target:
        wanted = up(total * (target - health) / (gain * price)) if gain > 0 else owed
    return {"debtToRepay": show(bounded(wanted, given, owed))}


def seizure(given):
    bonus = read(given["liquidationBonus"])
    rate = read(given["debtPrice"]) * (1 + bonus) / read(given["collateralPrice"])
    offered, there = read(given["debtToRepay"]), read(given["collateralAmount"])
    seized, repaid = down(offered * rate), offered
    if seized >= there:
        seized, repaid = there, min(offered, up(there / rate))
    fee = up(seized * bonus / (1 + bonus) * read(given.get("protocolFeeFraction") or "0"))
    return {
        "debtRepaid": show(repaid),
        "seized": show(seized),
        "protocolFee": show(fee),
        "toLiquidator": show(seized - fee),
    }


def held(amount, price, share, name="liquidationThreshold"):
    return {"amount": amount, "price": price, name: share}


def owing(amount, price):
    return {"amount": amount, "price": price}


def drawn_assets(draw, name):
    return [
        held(
            draw.log_decimal(-4, 5, 18), draw.log_decimal(-3, 4, 18),
            draw.decimal("0.3", "0.95", 6), name,
        )
        for _ in range(draw.whole(0, 4))
    ]


def drawn_debts(draw):
    return [
        owing(draw.log_decimal(-4, 5, 18), draw.log_decimal(-3, 4, 18))
        for _ in range(draw.whole(0, 3))
    ]


def health_cases():
    ether, dollar = held("10", "2000", "0.8"), held("5000", "1", "0.9")
    yield "two assets and a debt", {"collaterals": [ether, dollar], "debts": [owing("10000", "1")]}
    yield "exactly one", {"collaterals": [held("1", "100", "0.8")], "debts": [owing("80", "1")]}
    yield "a unit of debt more", {
        "collaterals": [held("1", "100", "0.8")], "debts": [owing("80.000000000000000001", "1")],
    }
    yield "no debt", {"collaterals": [ether], "debts": []}
    yield "a debt of nothing", {"collaterals": [ether], "debts": [owing("0", "1")]}
    yield "no collateral", {"collaterals": [], "debts": [owing("1", "1")]}
    yield "nothing at all", {"collaterals": [], "debts": []}
    yield "collateral that counts for nothing", {
        "collaterals": [held("1", "100", "0")], "debts": [owing("1", "1")],
    }
    yield "a worthless asset", {"collaterals": [held("1", "0", "0.8")], "debts": [owing("1", "1")]}
    yield "a third, rounded down", {
        "collaterals": [held("1", "1", "1")], "debts": [owing("3", "1")],
    }
    yield "dust against dust", {
        "collaterals": [held(show(UNIT), "1", "0.5")], "debts": [owing(show(UNIT), "1")],
    }
    yield "beyond every scale", {
        "collaterals": [held("1000000000000000000", "0.01", "1")],
        "debts": [owing(show(UNIT), show(UNIT))],
    }
    draw = Draw(701)
    for number in range(40):
        yield f"drawn {number + 1}", {
            "collaterals": drawn_assets(draw, "liquidationThreshold"), "debts": drawn_debts(draw),
        }


def borrow_cases():
    def part(amount, price, share):
        return held(amount, price, share, "loanToValue")

    base = {"collaterals": [part("10000", "40", "0.5")], "debtPrice": "1"}
    yield "half of what is held", base
    yield "in another asset", {**base, "debtPrice": "2000"}
    yield "less what is owed", {**base, "debts": [owing("50000", "2")]}
    yield "owed to the limit", {**base, "debts": [owing("200000", "1")]}
    yield "a unit below the limit", {**base, "debts": [owing("199999.999999999999999999", "1")]}
    yield "owed beyond the limit", {**base, "debts": [owing("200001", "1")]}
    yield "nothing held", {**base, "collaterals": []}
    yield "no loan on it", {**base, "collaterals": [part("1", "1", "0")]}
    yield "a third, rounded down", {"collaterals": [part("1", "1", "1")], "debtPrice": "3"}
    yield "units of what is less than a unit of money", {
        "collaterals": [part("0.000000001", "0.000000001", "0.9")], "debtPrice": "0.5",
    }
    yield "beyond every scale", {
        "collaterals": [part("1000000000000000000", "0.01", "1")], "debtPrice": show(UNIT),
    }
    draw = Draw(702)
    for number in range(40):
        given = {
            "collaterals": drawn_assets(draw, "loanToValue"),
            "debtPrice": draw.log_decimal(-3, 4, 18),
        }
        if draw.chance(0.6):
            given["debts"] = [owing(draw.log_decimal(-4, 3, 18), draw.log_decimal(-3, 3, 18))]
        yield f"drawn {number + 1}", given


def interest_cases():
    curve = {
        "rateAtZero": "0.01", "rateAtKink": "0.06", "rateAtFull": "1", "kinkUtilization": "0.8",
    }
    base = {
        "cash": "500", "debtShares": "500", "debtIndex": "1", "supplyShares": "1000",
        "supplyIndex": "1", "reserveShare": "0.1", "curve": curve, "elapsedMs": YEAR_MS,
    }
    yield "half lent out for a year", base
    yield "at the kink", {**base, "cash": "200", "debtShares": "800"}
    yield "a unit beyond the kink", {
        **base, "cash": "199.999999999999999999", "debtShares": "800.000000000000000001",
    }
    yield "all lent out", {**base, "cash": "0", "debtShares": "1000"}
    yield "no time", {**base, "elapsedMs": 0}
    yield "a millisecond", {**base, "elapsedMs": 1}
    yield "two years at once", {**base, "elapsedMs": 2 * YEAR_MS}
    yield "nothing lent out", {**base, "debtShares": "0", "cash": "1000"}
    yield "an empty pool", {**base, "debtShares": "0", "cash": "0", "supplyShares": "0"}
    yield "only the reserve has lent", {**base, "supplyShares": "0"}
    yield "a unit of shares does not earn the rest's interest", {**base, "supplyShares": show(UNIT)}
    yield "a reserve of half the pool", {**base, "supplyShares": "500"}
    yield "everything to the reserve", {**base, "reserveShare": "1"}
    yield "nothing to the reserve", {**base, "reserveShare": "0"}
    yield "deposits beyond what is behind them", {**base, "supplyShares": "1500"}
    yield "indices that have grown", {
        **base, "debtIndex": "1.723450987123450987", "supplyIndex": "1.410987123456789123",
        "debtShares": "290.115", "supplyShares": "708.7", "elapsedMs": 86_400_000,
    }
    flat = {"rateAtZero": "0.05", "rateAtKink": "0.05", "rateAtFull": "0.05"}
    yield "a flat curve", {**base, "curve": {**curve, **flat}}
    draw = Draw(703)
    for number in range(40):
        rates = sorted((Fraction(draw.decimal("0", "3", 18)) for _ in range(3)))
        index, worth = draw.decimal("0.5", "4", 18), draw.decimal("0.5", "4", 18)
        cash, debt = draw.log_decimal(-2, 6, 18), draw.log_decimal(-2, 6, 18)
        behind = read(cash) + read(debt) * read(index)
        share = Fraction(draw.whole(0, 100), 100)
        yield f"drawn {number + 1}", {
            "cash": cash, "debtShares": debt, "debtIndex": index,
            "supplyShares": show(down(behind * share / read(worth))), "supplyIndex": worth,
            "reserveShare": draw.decimal("0", "0.5", 6),
            "curve": {
                "rateAtZero": show(rates[0]), "rateAtKink": show(rates[1]),
                "rateAtFull": show(rates[2]),
                "kinkUtilization": draw.decimal("0.05", "0.95", 18),
            },
            "elapsedMs": draw.pick([1, 1000, 3_600_000, 86_400_000, draw.whole(0, 10**11)]),
        }


def close_out_cases():
    base = {
        "totalDebtValue": "10000", "debtPrice": "1", "liquidationThreshold": "0.5",
        "liquidationBonus": "0.5", "healthFactor": "0.8", "targetHealthFactor": "1.25",
    }
    yield "to the target", base
    yield "in another asset", {**base, "debtPrice": "1850.25"}
    yield "at the target", {**base, "healthFactor": "1.25"}
    yield "a unit below the target", {**base, "healthFactor": "1.249999999999999999"}
    yield "no repayment reaches the target", {
        **base, "targetHealthFactor": "0.75", "healthFactor": "0.7",
    }
    yield "a target just above that", {
        **base, "targetHealthFactor": "0.76", "healthFactor": "0.759",
    }
    yield "more than there is", {**base, "healthFactor": "0.1"}
    yield "one of several debts", {**base, "debtAmount": "100"}
    yield "just enough collateral", {**base, "collateralValue": "13500"}
    yield "too little collateral", {**base, "collateralValue": "1"}
    yield "no collateral", {**base, "collateralValue": "0"}
    yield "the least that may be left of a debt", {**base, "minLeftover": "1000"}
    yield "a unit less than may be left of a debt", {
        **base, "minLeftover": "1000.000000000000000001",
    }
    yield "the least that may be left of collateral", {
        **base, "collateralValue": "13600", "minLeftover": "100",
    }
    yield "less than may be left of collateral", {
        **base, "collateralValue": "13599", "minLeftover": "100",
    }
    yield "healthy and small", {
        **base, "totalDebtValue": "1", "healthFactor": "2", "minLeftover": "9",
    }
    factor = {
        "variant": "close-factor", "debtPrice": "2", "liquidationBonus": "0.05",
        "debtAmount": "50000", "collateralValue": "180000", "healthFactor": "0.96",
        "partialCloseFactor": "0.5", "fullCloseHealthFactor": "0.95", "fullCloseValue": "2000",
    }
    yield "factor: half", factor
    yield "factor: all at the health threshold", {**factor, "healthFactor": "0.95"}
    yield "factor: half a unit above it", {**factor, "healthFactor": "0.950000000000000001"}
    yield "factor: all of a small debt", {**factor, "debtAmount": "999.999999999999999999"}
    yield "factor: half of the smallest that is not small", {**factor, "debtAmount": "1000"}
    yield "factor: all of a small collateral", {**factor, "collateralValue": "1999"}
    yield "factor: half of an odd unit", {
        **factor, "debtAmount": show(3 * UNIT), "fullCloseValue": "0",
    }
    yield "factor: fixed, whatever the health", {
        **factor, "healthFactor": "0.1", "fullCloseHealthFactor": "0", "fullCloseValue": "0",
    }
    yield "factor: no dust", {**factor, "minLeftover": "50001"}
    deficit = {
        "variant": "margin-deficit", "marginDeficit": "10", "collateralWeight": "0.8",
        "liabilityWeight": "1.2", "debtAmount": "1000", "debtPrice": "100", "liquidationBonus": "0",
    }
    yield "deficit: made up", deficit
    yield "deficit: with a bonus and insurance", {
        **deficit, "liquidationBonus": "0.222222222222222222", "insuranceFraction": "0.01",
    }
    yield "deficit: none", {**deficit, "marginDeficit": "-3"}
    yield "deficit: repaying does not help", {**deficit, "liquidationBonus": "0.5"}
    yield "deficit: a little collateral", {**deficit, "collateralValue": "7"}
    bought = {
        "variant": "seizure", "debtToRepay": "1000", "debtPrice": "1", "collateralAmount": "10",
        "collateralPrice": "2000", "liquidationBonus": "0.05",
    }
    yield "seizure", bought
    yield "seizure: a fee on the bonus", {**bought, "protocolFeeFraction": "0.1"}
    yield "seizure: exactly all", {**bought, "collateralAmount": "0.525"}
    yield "seizure: the collateral ends first", {**bought, "collateralAmount": "0.2"}
    yield "seizure: none there", {**bought, "collateralAmount": "0"}
    yield "seizure: less than a unit of collateral", {
        **bought, "debtToRepay": show(UNIT), "liquidationBonus": "0",
    }
    draw = Draw(704)
    for number in range(30):
        yield f"drawn {number + 1}", drawn_target(draw)
    for number in range(15):
        yield f"factor: drawn {number + 1}", {
            **factor, "debtPrice": draw.log_decimal(-2, 3, 18),
            "debtAmount": draw.log_decimal(-2, 5, 18),
            "collateralValue": draw.log_decimal(2, 6, 18),
            "healthFactor": draw.decimal("0.8", "1", 18),
            "partialCloseFactor": draw.decimal("0.1", "1", 18),
            "minLeftover": draw.log_decimal(0, 4, 6),
        }
    for number in range(15):
        given = {
            **deficit, "marginDeficit": draw.log_decimal(-2, 4, 18),
            "collateralWeight": draw.decimal("0", "0.9", 18),
            "liabilityWeight": draw.decimal("1", "1.5", 18),
            "insuranceFraction": draw.decimal("0", "0.05", 18),
            "debtPrice": draw.log_decimal(-2, 3, 18), "debtAmount": draw.log_decimal(-1, 5, 18),
            "liquidationBonus": draw.decimal("0", "0.15", 18),
        }
        if draw.chance(0.5):
            given |= {"collateralValue": draw.log_decimal(1, 5, 18), "minLeftover": "10"}
        yield f"deficit: drawn {number + 1}", given
    for number in range(20):
        yield f"seizure: drawn {number + 1}", {
            **bought, "debtToRepay": draw.log_decimal(-3, 5, 18),
            "debtPrice": draw.log_decimal(-2, 3, 18),
            "collateralAmount": draw.log_decimal(-3, 5, 18),
            "collateralPrice": draw.log_decimal(-2, 3, 18),
            "liquidationBonus": draw.decimal("0", "0.2", 18),
            "protocolFeeFraction": draw.decimal("0", "1", 18),
        }


def drawn_target(draw):
    debt = draw.log_decimal(0, 7, 18)
    given = {
        "totalDebtValue": debt, "debtPrice": draw.log_decimal(-2, 4, 18),
        "liquidationThreshold": draw.decimal("0.4", "0.9", 6),
        "liquidationBonus": draw.decimal("0", "0.15", 6),
        "healthFactor": draw.decimal("0.8", "1.02", 18),
        "targetHealthFactor": draw.decimal("1", "1.1", 6),
    }
    if draw.chance(0.5):
        given["collateralValue"] = show(down(read(debt) * Fraction(draw.whole(20, 160), 97)))
    if draw.chance(0.5):
        given["minLeftover"] = draw.log_decimal(0, 4, 6)
    if draw.chance(0.3):
        whole = read(debt) / read(given["debtPrice"])
        given["debtAmount"] = show(down(whole * Fraction(draw.whole(1, 99), 100)))
    return given


VECTORS = [
    {
        "path": "lending/health-factor.json",
        "name": "health-factor",
        "spec": 'down(Σ amount·price·threshold / Σ debt amount·price), at most the scale; '
        '"no-debt"',
        "compute": health_factor,
        "cases": health_cases,
    },
    {
        "path": "lending/max-borrow.json",
        "name": "max-borrow",
        "spec": "R = max(0, Σ amount·price·ltv − Σ debt); down(R), down(R / price), at most the "
        "scale",
        "compute": max_borrow,
        "cases": borrow_cases,
    },
    {
        "path": "lending/borrow-interest.json",
        "name": "borrow-interest",
        "spec": "U = up(debt/(cash + debt)); rate up on the kinked curve; debt index up(index·(1 + "
        "rate·t/year)); supply index down(index·(1 + interest·(1 − reserve)/max(cash + debt, "
        "deposits)))",
        "compute": borrow_interest,
        "cases": interest_cases,
    },
    {
        "path": "lending/borrow-close-out.json",
        "name": "borrow-close-out",
        "spec": "up(D·(T − HF)/((T − (1 + b)·LT)·p)), or up(factor·debt), or "
        "up(deficit/(p·(w_l·(1 − i) − w_c·(1 + b)))); at most the debt and up(collateral/((1 + b)·p)); no leftover below the "
        "minimum; seizure: down(repaid·p·(1 + b)/p_c) capped, fee up on the bonus",
        "compute": borrow_close_out,
        "cases": close_out_cases,
    },
]
