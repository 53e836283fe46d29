"""Capital behind losses: the size of the insurance fund."""

from decimal import Decimal, getcontext
from fractions import Fraction
from statistics import NormalDist
from wad import UNIT, Draw, read, representable, show, up

getcontext().prec = 110


def tail_of(z):
    """1 − Φ(z) for z ≥ 0 by the series of the error function, in 110 digits."""
    x = z / Decimal(2).sqrt()
    term, total, n = x, x, 0
    while abs(term) > Decimal(10) ** -105:
        n += 1
        term = -term * x * x / n
        total += term / (2 * n + 1)
    return (1 - 2 / pi().sqrt() * total) / 2


def pi():
    """The arithmetic-geometric mean of Gauss and Legendre."""
    a, b, t, p = Decimal(1), 1 / Decimal(2).sqrt(), Decimal(1) / 4, 1
    for _ in range(8):
        a, b, t, p = (a + b) / 2, (a * b).sqrt(), t - p * ((a - b) / 2) ** 2, 2 * p
    return (a + b) ** 2 / (4 * t)


def upper_quantile(tail):
    """Secant steps from the float that the standard library gives."""
    if tail > Fraction(1, 2):
        return -upper_quantile(1 - tail)
    wanted = Decimal(tail.numerator) / tail.denominator
    z = -Decimal(NormalDist().inv_cdf(float(tail)))
    for _ in range(8):
        density = (-z * z / 2).exp() / (2 * pi()).sqrt()
        z += (tail_of(z) - wanted) / density
    return z


def lognormal_size(law, carry, cost):
    mean, spread = read(law["logMean"]), read(law["logDeviation"])
    if spread == 0 or carry / cost == Fraction(1, 2):
        exponent = Decimal(mean.numerator) / mean.denominator
    else:
        if carry == 0:
            return None
        z = upper_quantile(carry / cost)
        exponent = (
            Decimal(mean.numerator) / mean.denominator + z * spread.numerator / spread.denominator
        )
    return representable(max(up(Fraction(exponent.exp())), UNIT))


def insurance_fund_size(given):
    carry, cost = read(given["carryRate"]), read(given["uncoveredCost"])
    if carry >= cost:
        return {"fundSize": "0"}
    if given.get("distribution") is not None:
        return {"fundSize": show(lognormal_size(given["distribution"], carry, cost))}
    losses = sorted(read(loss) for loss in given["losses"])
    rank = (len(losses) * (1 - carry / cost)).__ceil__()
    return {"fundSize": show(losses[rank - 1])}


def fund_size_cases():
    four = ["40", "10", "30", "20"]
    yield "the second largest of four", {"losses": four, "carryRate": "0.25", "uncoveredCost": "1"}
    yield "a little dearer to be without", {
        "losses": four, "carryRate": "0.249999999999999999", "uncoveredCost": "1",
    }
    yield "a fund that costs nothing holds the largest", {
        "losses": four, "carryRate": "0", "uncoveredCost": "3",
    }
    yield "a fund that costs as much as it saves", {
        "losses": four, "carryRate": "3", "uncoveredCost": "3",
    }

    def law(mean, deviation, carry, cost="1"):
        return {
            "distribution": {"type": "lognormal", "logMean": mean, "logDeviation": deviation},
            "carryRate": carry,
            "uncoveredCost": cost,
        }

    yield "the median of a lognormal law", law("1", "2", "0.5")
    yield "a lognormal law without spread", law("-3", "0", "0.1")
    yield "one in twenty", law("0", "1", "0.05")
    yield "one in a million", law("12.5", "1.75", "0.000001")
    yield "one in 10^24", law("0", "1", "0.000000000000000001", "1000000")
    yield "more often than not", law("3", "0.7", "0.9")
    yield "no amount is enough", law("0", "1", "0")
    yield "beyond the range", law("46", "2", "0.01")
    yield "below a unit", law("-50", "1", "0.1")
    draw = Draw(521)
    for number in range(30):
        yield f"lognormal {number + 1}", law(
            draw.decimal("-5", "20", 6),
            draw.decimal("0", "3", 6),
            draw.decimal("0.000001", "0.999", 6),
        )
    for number in range(20):
        yield f"samples {number + 1}", {
            "losses": [draw.decimal("0", "1000", 18) for _ in range(draw.whole(1, 12))],
            "carryRate": draw.decimal("0", "1.1", 3),
            "uncoveredCost": draw.decimal("0.5", "1.5", 3),
        }


VECTORS = [
    {
        "path": "losses/insurance-fund-size.json",
        "name": "insurance-fund-size",
        "spec": "Order statistic ⌈n(1 − r/κ)⌉, or up(exp(logMean + logDeviation·z)), "
        "1 − Φ(z) = r/κ; 0 where r ≥ κ",
        "compute": insurance_fund_size,
        "cases": fund_size_cases,
    },
]
