"""Capital behind losses: the size of the insurance fund, and the tranches behind it."""

from decimal import Decimal, getcontext
from fractions import Fraction
from statistics import NormalDist
from wad import UNIT, Draw, down, read, representable, show, up

getcontext().prec = 110
YEAR_MS = 365 * 24 * 60 * 60 * 1000


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


def tranche_allocation(given):
    """Cut all the losses at every attachment and detachment, and ask for each piece in turn."""
    start = read(given.get("lossBefore") or "0")
    end = start + read(given["loss"])
    layers = []
    for index, each in enumerate(given["tranches"]):
        providers = [(p["provider"], read(p["capital"])) for p in each.get("providers", [])]
        capital = sum(c for _, c in providers) if providers else read(each["available"])
        layers.append(
            {
                "at": index,
                "key": (read(each["attachment"]), each["tranche"]),
                "low": read(each["attachment"]),
                "high": read(each["detachment"]),
                "capital": capital,
                "left": capital,
                "providers": providers,
                "rate": read(each.get("premiumRate") or "0"),
                "name": each["tranche"],
            }
        )
    pieces = cut([(start, end)] if end > start else [], layers)
    for layer in sorted(layers, key=lambda one: one["key"]):
        rest = []
        for low, high in pieces:
            inside = low >= layer["low"] and high <= layer["high"]
            part = min(high - low, layer["left"]) if inside else Fraction(0)
            layer["left"] -= part
            if low + part < high:
                rest.append((low + part, high))
        pieces = rest
    elapsed = int(given.get("elapsedMs") or 0)
    return {
        "allocations": [
            {
                "tranche": layer["name"],
                "paid": show(layer["capital"] - layer["left"]),
                "providers": provider_losses(layer),
                "premium": show(down(layer["capital"] * layer["rate"] * elapsed / YEAR_MS)),
            }
            for layer in layers
        ],
        "uncovered": show(sum((high - low for low, high in pieces), Fraction(0))),
    }


def cut(stretches, layers):
    edges = sorted({edge for layer in layers for edge in (layer["low"], layer["high"])})
    pieces = []
    for low, high in stretches:
        marks = [low, *[edge for edge in edges if low < edge < high], high]
        pieces += list(zip(marks, marks[1:]))
    return pieces


def provider_losses(layer):
    paid = layer["capital"] - layer["left"]
    total = layer["capital"]
    exact = [paid * capital / total if total else Fraction(0) for _, capital in layer["providers"]]
    units = [down(share) for share in exact]
    spare = int((paid - sum(units)) / UNIT) if layer["providers"] else 0
    order = sorted(
        range(len(exact)), key=lambda i: (-(exact[i] - units[i]), layer["providers"][i][0])
    )
    for index in order[:spare]:
        units[index] += UNIT
    return [
        {"provider": name, "paid": show(loss)}
        for (name, _), loss in zip(layer["providers"], units)
    ]


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


def tranche_cases():
    def layer(name, attachment, detachment, available, **more):
        return {
            "tranche": name, "attachment": attachment, "detachment": detachment,
            "available": available, **more,
        }

    junior, senior = layer("junior", "0", "100", "100"), layer("senior", "100", "300", "200")
    yield "within the first", {"loss": "60", "tranches": [senior, junior]}
    yield "to the edge of the first", {"loss": "100", "tranches": [senior, junior]}
    yield "a unit beyond", {"loss": "100.000000000000000001", "tranches": [senior, junior]}
    yield "through both and out", {"loss": "350", "tranches": [senior, junior]}
    yield "the first has lost before", {
        "loss": "50", "lossBefore": "80", "tranches": [layer("junior", "0", "100", "20"), senior],
    }
    yield "the first cannot pay, the second does not step in", {
        "loss": "150", "tranches": [layer("junior", "0", "100", "40"), senior],
    }
    yield "one that overlaps steps in", {
        "loss": "150",
        "tranches": [layer("junior", "0", "100", "40"), layer("spare", "0", "300", "500")],
    }
    yield "no tranches", {"loss": "5", "tranches": []}
    yield "no loss, and a quarter of premium", {
        "loss": "0",
        "elapsedMs": YEAR_MS // 4,
        "tranches": [layer("junior", "0", "100", "100", premiumRate="0.12")],
    }
    yield "three providers and two units", {
        "loss": "0.000000000000000002",
        "tranches": [
            {
                "tranche": "t", "attachment": "0", "detachment": "1",
                "providers": [{"provider": n, "capital": "1"} for n in "cab"],
            }
        ],
    }
    draw = Draw(522)
    for number in range(40):
        yield f"drawn {number + 1}", {
            "loss": draw.decimal("0", "400", 18),
            "lossBefore": draw.decimal("0", "100", 18) if draw.chance(0.5) else "0",
            "elapsedMs": draw.whole(0, YEAR_MS),
            "tranches": [drawn_layer(draw, index) for index in range(draw.whole(1, 6))],
        }


def drawn_layer(draw, index):
    low = Fraction(draw.whole(0, 20) * 10)
    given = {
        "tranche": f"{draw.pick('abc')}{index}",
        "attachment": show(low),
        "detachment": show(low + draw.whole(1, 15) * 10),
        "premiumRate": draw.decimal("0", "0.3", 18),
    }
    if draw.chance(0.5):
        given["available"] = draw.decimal("0", "150", 18)
    else:
        given["providers"] = [
            {"provider": f"{draw.pick('xyz')}{i}", "capital": draw.decimal("0", "60", 18)}
            for i in range(draw.whole(1, 5))
        ]
    return given


VECTORS = [
    {
        "path": "losses/insurance-fund-size.json",
        "name": "insurance-fund-size",
        "spec": "Order statistic ⌈n(1 − r/κ)⌉, or up(exp(logMean + logDeviation·z)), "
        "1 − Φ(z) = r/κ; 0 where r ≥ κ",
        "compute": insurance_fund_size,
        "cases": fund_size_cases,
    },
    {
        "path": "losses/tranche-allocation.json",
        "name": "tranche-allocation",
        "spec": "The stretch from lossBefore on, by attachment, then id, each within its layer and "
        "its capital; providers by largest remainder; premium down(capital·rate·elapsed/year)",
        "compute": tranche_allocation,
        "cases": tranche_cases,
    },
]
