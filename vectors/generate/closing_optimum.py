"""The cheapest closes that restore an account: the convex programme itself, without lots.

    minimise  Σ f·n + C(n)   subject to   E − Σ (f·n + C(n)) ≥ κ · Σ MM(N − n),   0 ≤ n ≤ N

n is the notional closed of a leg. Where the impact is convex, the conditions of Karush, Kuhn and
Tucker suffice: a price ν of margin with (f + C'(n))/μ = ν on every leg that is closed partly
within a tier. ν is found by bisection to 2^-80, in fractions; roots to 60 digits.

How far above the optimum the plan in lots may be: it lies between the closes at two prices that
are κ/4096 apart, and one lot more than needed of a leg. With the release r of requirement that
lies between those prices, and the release l of the largest lot, that costs at most
(κ/4096 · r + ν · l) / (1 − ν/κ), ν being the higher of the two prices.
"""

from fractions import Fraction
from math import isqrt
from closing_legs import drawn_impact
from margin import drawn_tiers, exact_maintenance
from wad import Draw, down, read, show, up

DIGITS = 10**60
HALVINGS = 80
STEPS = 2**12


class Leg:
    def __init__(self, given):
        self.notional = abs(read(given["size"])) * read(given["markPrice"])
        self.lot = read(given["lot"]) * read(given["markPrice"])
        self.tiers = given["tiers"]
        self.fraction = read(given["penaltyFraction"])
        self.impact = given.get("impact")
        if self.impact is None:
            self.fraction += read(given["slippageFraction"])
        else:
            self.scale = read(self.impact["coefficient"]) * read(self.impact["volatility"])
            self.volume = read(self.impact["volume"])

    def left(self, closed):
        return exact_maintenance(self.tiers, self.notional - closed)

    def cost(self, closed):
        return self.fraction * closed + self.impact_cost(closed)

    def impact_cost(self, closed):
        if self.impact is None:
            return Fraction(0)
        share = closed / self.volume
        if self.impact["model"] == "linear":
            return self.scale * share * closed / 2
        root = Fraction(isqrt((share * DIGITS**2).__floor__()), DIGITS)
        return self.scale * root * closed * 2 / 3

    def closed_at(self, nu):
        """Notional whose every unit costs less than nu for what it releases."""
        closed = Fraction(0)
        for tier in reversed(self.tiers):
            floor = read(tier["notionalFloor"])
            if floor >= self.notional:
                continue
            worth = nu * read(tier["maintenanceMarginFraction"]) - self.fraction
            if worth <= 0:
                return closed
            room = self.notional - floor
            if self.impact is not None:
                power = 2 if self.impact["model"] == "square-root" else 1
                reach = self.volume * (worth / self.scale) ** power
                if reach < room:
                    return max(closed, reach)
            closed = room
        return closed


def surplus(legs, equity, target, closed):
    cost = sum(leg.cost(n) for leg, n in zip(legs, closed))
    return equity - cost - target * sum(leg.left(n) for leg, n in zip(legs, closed))


def optimum(given):
    """The price of margin and the closes; None where nothing restores or nothing has to."""
    equity, target = read(given["marginEquity"]), read(given["targetRatio"])
    legs = [Leg(leg) for leg in given["legs"]]
    closes = lambda nu: [leg.closed_at(nu) for leg in legs]
    enough = lambda closed: surplus(legs, equity, target, closed) >= 0
    low, high = Fraction(0), target
    if enough(closes(low)) or not enough(closes(high)):
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(closes(middle)) else (middle, high)
    # A leg without impact is closed whole at one price: of such a jump the part that suffices.
    start, end = closes(low), closes(high)
    part, whole = Fraction(0), Fraction(1)
    mixed = lambda share: [a + share * (b - a) for a, b in zip(start, end)]
    for _ in range(HALVINGS):
        middle = (part + whole) / 2
        part, whole = (part, middle) if enough(mixed(middle)) else (middle, whole)
    return high, mixed(whole), legs


def closest_plan(given):
    target = read(given["targetRatio"])
    nu, closed, legs = optimum(given)
    step = (nu * STEPS / target).__ceil__()
    above, below = target * min(step, STEPS) / STEPS, target * max(step - 1, 0) / STEPS
    between = sum(leg.left(leg.closed_at(below)) - leg.left(leg.closed_at(above)) for leg in legs)
    lot = max(leg.lot * read(leg.tiers[-1]["maintenanceMarginFraction"]) for leg in legs)
    # Of what rounds while planning, most is the impact: a few units per unit of notional.
    rounding = sum(leg.notional for leg in legs) * Fraction(1, 10**15) + Fraction(1, 10**12)
    room = (target / STEPS * between + above * lot) / (1 - above / target) + rounding
    cost = sum(leg.cost(n) for leg, n in zip(legs, closed))
    return {
        "totalCost": show(down(cost)),
        "tolerance": show(up(room)),
        "marginPrice": show(up(nu)),
        "closes": [show(down(n)) for n in closed],
    }


def drawn_leg(draw, place, impact):
    mark = draw.log_decimal(0, 4, 3)
    worth = Fraction(draw.log_decimal(4, 6, 2))
    lots = (worth / read(mark) * 10**6).__floor__()
    leg = {
        "market": f"M{place + 1}",
        "size": show(Fraction(lots, 10**6) * draw.pick([1, -1])),
        "markPrice": mark,
        "lot": "0.000001",
        "tiers": drawn_tiers(draw, 500000),
        "penaltyFraction": draw.decimal("0", "0.004", 4),
        # High enough never to bound the impact: the bound would make the cost concave.
        "slippageFraction": "1",
    }
    if impact is None:
        leg["slippageFraction"] = draw.decimal("0", "0.01", 4)
    else:
        leg["impact"] = {**drawn_impact(draw), "volume": draw.log_decimal(6, 9, 2)}
        leg["impact"]["model"] = impact
    return leg


def optimum_cases():
    draw = Draw(405)
    found = 0
    while found < 60:
        count = draw.pick([1, 2, 3, 4, 6, 8])
        models = [["square-root"], ["linear"], ["square-root", "linear", None]][found % 3]
        legs = [drawn_leg(draw, place, draw.pick(models)) for place in range(count)]
        required = sum(Leg(leg).left(Fraction(0)) for leg in legs)
        given = {
            "marginEquity": show(down(required * Fraction(draw.whole(30, 110), 100))),
            "targetRatio": draw.decimal("1", "1.5", 3),
            "legs": legs,
        }
        answer = optimum(given)
        if answer is None or answer[0] > read(given["targetRatio"]) * Fraction(9, 10):
            continue
        plan = closest_plan(given)
        # Where flat legs lie between two prices the bound is wide, and the case says little.
        if read(plan["tolerance"]) > read(plan["totalCost"]) / 200:
            continue
        found += 1
        yield f"{' or '.join(name or 'none' for name in models)} {found}", given


VECTORS = [
    {
        "path": "optimum/close-out-legs.json",
        "name": "close-out-legs",
        "spec": "The least Σ cost that restores, in whole amounts of notional; tolerance is what the "
        "plan may cost more: a step of the price of margin and a lot",
        "compute": closest_plan,
        "cases": optimum_cases,
    },
]
