"""What liquidators get beyond the debt that they repay."""

from fractions import Fraction
from wad import Draw, down, read, show, up

ZERO, ONE = Fraction(0), Fraction(1)


def liquidation_bonus(given):
    model = given["model"]
    if model == "discount-factor":
        factor = max(min(read(given["healthScore"]), ONE), 1 - read(given["maxDiscount"]))
        bonus = down(1 / factor - 1)
    else:
        bonus = down(bonus_by_health(given) if model == "linear" else bonus_by_incentive(given))
        factor = up(1 / (1 + bonus))
    output = {"bonus": show(bonus), "discountFactor": show(factor)}
    seizure = given.get("seizure")
    if seizure is not None:
        debt, collateral = read(seizure["debt"]), read(seizure["collateral"])
        rate = read(seizure["debtPrice"]) / (read(seizure["collateralPrice"]) * factor)
        due = debt * rate
        output["repaid"] = show(debt if due <= collateral else up(collateral / rate))
        output["seized"] = show(min(down(due), collateral))
    return output


def bonus_by_health(given):
    least, most = read(given["minBonus"]), read(given["maxBonus"])
    missing = (1 - read(given["healthFactor"])) / (1 - read(given["healthFactorForMaxBonus"]))
    return least + (most - least) * max(ZERO, min(missing, ONE))


def bonus_by_incentive(given):
    kept = 1 - read(given["cursor"]) * (1 - read(given["lltv"]))
    return min(read(given["maxFactor"]), 1 / kept) - 1


def bonus_cases():
    yield from model_cases()
    seizure = {"debt": "5", "debtPrice": "2.5", "collateral": "100", "collateralPrice": "0.4"}
    score = {"model": "discount-factor", "healthScore": "0.96", "maxDiscount": "0.2"}
    yield "seizure: all of the debt", {**score, "seizure": seizure}
    yield "seizure: all of the collateral", {**score, "seizure": {**seizure, "debt": "17"}}
    yield "seizure: exactly both", {
        **score, "healthScore": "0.8", "seizure": {**seizure, "debt": "12.8"},
    }
    yield "seizure: a unit beyond both", {
        **score, "healthScore": "0.8", "seizure": {**seizure, "debt": "12.800000000000000001"},
    }
    yield "seizure: no debt", {**score, "seizure": {**seizure, "debt": "0"}}
    yield "seizure: no collateral", {**score, "seizure": {**seizure, "collateral": "0"}}
    draw = Draw(705)
    for number in range(40):
        given = drawn_bonus(draw)
        if draw.chance(0.5):
            given["seizure"] = {
                "debt": draw.log_decimal(-2, 6, 18), "debtPrice": draw.log_decimal(-2, 3, 18),
                "collateral": draw.log_decimal(-2, 6, 18),
                "collateralPrice": draw.log_decimal(-2, 3, 18),
            }
        yield f"drawn {number + 1}", given


def model_cases():
    for title, health, most in [
        ("the score", "0.96", "0.2"), ("at the largest discount", "0.8", "0.2"),
        ("below it", "0.799999999999999999", "0.2"), ("above it", "0.800000000000000001", "0.2"),
        ("at one", "1", "0.2"), ("beyond one", "1.5", "0.2"),
        ("a unit below one", "0.999999999999999999", "0.2"), ("no discount", "0.5", "0"),
        ("nearly everything", "0", "0.999999999999999999"),
    ]:
        yield f"discount: {title}", {
            "model": "discount-factor", "healthScore": health, "maxDiscount": most,
        }
    for title, health in [
        ("at one", "1"), ("beyond one", "1.2"), ("half way", "0.9"), ("at the largest", "0.8"),
        ("below it", "0.79"), ("a unit above it", "0.800000000000000001"),
        ("a unit below one", "0.999999999999999999"), ("without collateral", "0"),
    ]:
        yield f"linear: {title}", {
            "model": "linear", "healthFactor": health, "minBonus": "0.01", "maxBonus": "0.1",
            "healthFactorForMaxBonus": "0.8",
        }
    for title, lltv, cursor, most in [
        ("a safe pair", "0.98", "0.3", "1.15"), ("a wild pair", "0.385", "0.3", "1.15"),
        ("nothing beyond", "1", "0.3", "1.15"), ("no cursor", "0", "0", "1.15"),
        ("at the cap", "0", "0.2", "1.25"), ("below the cap", "0", "0.199999999999999999", "1.25"),
        ("above the cap", "0", "0.200000000000000001", "1.25"),
        ("beyond every scale", "0", "0.999999999999999999", "1000000"),
        ("no bonus at all", "0.5", "0.5", "1"),
    ]:
        yield f"incentive: {title}", {
            "model": "incentive-factor", "lltv": lltv, "cursor": cursor, "maxFactor": most,
        }


def drawn_bonus(draw):
    model = draw.pick(["discount-factor", "linear", "incentive-factor"])
    if model == "discount-factor":
        return {
            "model": model, "healthScore": draw.decimal("0.5", "1.1", 18),
            "maxDiscount": draw.decimal("0", "0.5", 6),
        }
    if model == "linear":
        least = draw.decimal("0", "0.05", 6)
        return {
            "model": model, "healthFactor": draw.decimal("0.5", "1.1", 18), "minBonus": least,
            "maxBonus": show(read(least) + read(draw.decimal("0", "0.2", 6))),
            "healthFactorForMaxBonus": draw.decimal("0", "0.999", 6),
        }
    return {
        "model": model, "lltv": draw.decimal("0", "1", 6), "cursor": draw.decimal("0", "0.9", 6),
        "maxFactor": draw.decimal("1", "1.5", 6),
    }


VECTORS = [
    {
        "path": "auctions/liquidation-bonus.json",
        "name": "liquidation-bonus",
        "spec": "δ = max(min(score, 1), 1 − maxDiscount), bonus down(1/δ − 1); linear and incentive: "
        "bonus down, δ = up(1/(1 + bonus)); seizure: repaid·p_d = seized·p_c·δ, repaid up, seized down",
        "compute": liquidation_bonus,
        "cases": bonus_cases,
    },
]
