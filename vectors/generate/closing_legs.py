"""Which legs of a cross-margined account are closed, from docs/spec/close-outs.md, "The plan"."""

from fractions import Fraction
from closing import impact_cost
from margin import drawn_tiers, exact_maintenance
from wad import UNIT, Draw, down, read, root_up, show, up

STEPS = 2**12
POLICIES = ["least-impact", "proportional", "largest-first", "fixed-share", "everything"]


class Leg:
    """A leg; sizes are counted in lots."""

    def __init__(self, given, place):
        self.place = place
        self.inverse = given.get("kind") == "inverse"
        self.size = read(given["size"])
        self.mark = read(given["markPrice"])
        self.lot = read(given.get("lot", "0.000000000000000001"))
        self.tiers = given["tiers"]
        self.penalty = read(given["penaltyFraction"])
        self.slippage = read(given["slippageFraction"])
        self.impact = given.get("impact")
        self.model = None if self.impact is None else self.impact["model"]
        self.notional_min = read(given.get("notionalMin", "0"))
        self.group = given.get("hedgeGroup", given["market"])
        self.held = self.whole(abs(self.size))
        self.closable = self.whole(read(given.get("closable", show(abs(self.size)))))
        self.notional = self.worth(self.held)
        self.margin = self.left(0)

    def whole(self, size):
        lots = size / self.lot
        assert lots.denominator == 1
        return lots.numerator

    def worth(self, lots):
        size = lots * self.lot
        return up(size / self.mark if self.inverse else size * self.mark)

    def left(self, lots):
        return up(exact_maintenance(self.tiers, self.worth(self.held - lots)))

    def cost(self, lots):
        if lots == 0:
            return Fraction(0)
        notional = self.worth(lots)
        most = up(self.slippage * notional)
        if self.impact is not None:
            moved = impact_cost({**self.impact, "notional": show(notional)})["cost"]
            most = min(most, read(moved))
        return up(self.penalty * notional) + most

    def is_dust(self, lots):
        return lots > 0 and self.worth(lots) < self.notional_min

    def marginal(self, nu):
        """Lots worth closing when a unit of requirement is worth nu."""
        closed = Fraction(0)
        for tier in reversed(self.tiers):
            floor, fraction = read(tier["notionalFloor"]), read(tier["maintenanceMarginFraction"])
            if floor > self.notional:
                continue
            worth = down(nu * fraction) - self.penalty
            if worth <= 0:
                break
            room = self.notional - floor
            reach = self.reach(worth)
            if reach is not None and reach < room:
                gained = worth * reach / (2 if self.model == "linear" else 3)
                if (worth - self.slippage) * room <= gained:
                    closed = max(closed, reach)
                    break
            closed = room
        if closed == self.notional:
            return min(self.held, self.closable)
        size = down(closed * self.mark if self.inverse else closed / self.mark)
        return min((size / self.lot).__floor__(), self.closable)

    def reach(self, worth):
        """None where nothing limits it."""
        if self.impact is None:
            return Fraction(0)
        scale = up(read(self.impact["coefficient"]) * read(self.impact["volatility"]))
        if scale == 0:
            return None
        volume = read(self.impact["volume"])
        return down(volume * (worth / scale) ** (1 if self.model == "linear" else 2))


class Account:
    def __init__(self, given):
        self.equity = read(given["marginEquity"])
        self.target = read(given["targetRatio"])
        self.share = read(given.get("fixedShare", "0.25"))
        self.legs = [Leg(leg, place) for place, leg in enumerate(given["legs"])]
        self.zeros = [0] * len(self.legs)
        self.largest = sorted(self.legs, key=lambda leg: (-leg.notional, leg.place))

    def restores(self, lots):
        cost = sum((leg.cost(x) for leg, x in zip(self.legs, lots)), Fraction(0))
        left = sum((leg.left(x) for leg, x in zip(self.legs, lots)), Fraction(0))
        return self.equity - cost >= self.target * left

    def with_lots(self, lots, place, x):
        return [x if at == place else other for at, other in enumerate(lots)]

    def everything(self):
        return [leg.closable for leg in self.legs]

    def fixed_share(self):
        for leg in self.largest:
            if leg.closable > 0:
                part = (leg.held * self.share).__ceil__()
                return self.with_lots(self.zeros, leg.place, min(leg.closable, part))
        return self.zeros

    def largest_first(self):
        lots = self.zeros
        for leg in self.largest:
            before = lots
            lots = self.with_lots(before, leg.place, leg.closable)
            if self.restores(lots):
                tried = lambda x: self.with_lots(before, leg.place, x)
                return tried(least(0, leg.closable, lambda x: self.restores(tried(x))))
        return lots

    def proportional(self):
        def at(step):
            return [min(g.closable, -(-g.held * step // STEPS)) for g in self.legs]

        if not self.restores(at(STEPS)):
            return self.everything()
        lots = at(least(0, STEPS, lambda step: self.restores(at(step))))
        return self.trimmed(lots, self.restores)

    def least_impact(self):
        def free(step):
            nu = down(self.target * step / STEPS)
            return [leg.marginal(nu) for leg in self.legs]

        hedges = self.hedges()
        bound = lambda step: self.hedged(hedges, free(step))
        for rule, kept in [(bound, hedges), (free, [])] if hedges else [(free, [])]:
            if self.restores(rule(STEPS)):
                return self.cheapest(rule, kept)
        share = self.proportional()
        if self.restores(share):
            return share
        worthwhile = bound(STEPS)
        limited = any(leg.closable < leg.held for leg in self.legs)
        return worthwhile if any(worthwhile) and limited else self.everything()

    def cheapest(self, rule, hedges):
        high = rule(STEPS)
        low = self.zeros
        if sum(1 for x in high if x > 0) > 1:
            step = least(-1, STEPS, lambda t: self.restores(rule(t)))
            low, high = self.zeros if step == 0 else rule(step - 1), rule(step)
        enough = self.together(low, high) if hedges else self.leg_by_leg(low, high)
        opened = self.opened(hedges, enough)
        return self.trimmed(
            enough, lambda x: self.restores(x) and self.opened(hedges, x) <= opened
        )

    def together(self, low, high):
        parts = max(abs(y - x) for x, y in zip(low, high))
        if parts == 0:
            return high

        def after(part):
            return [x + -(-(y - x) * part // parts) for x, y in zip(low, high)]

        return after(least(0, parts, lambda part: self.restores(after(part))))

    def leg_by_leg(self, low, high):
        lots = low
        for place, (x, y) in enumerate(zip(low, high)):
            if x == y:
                continue
            before = lots
            lots = self.with_lots(before, place, y)
            if not self.restores(lots):
                continue
            if y <= x:
                return lots
            tried = lambda z: self.with_lots(before, place, z)
            return tried(least(x, y, lambda z: self.restores(tried(z))))
        return lots

    def trimmed(self, lots, stands):
        for place, x in enumerate(lots):
            tried = lambda z: self.with_lots(lots, place, z)
            if x > 0 and stands(tried(x - 1)):
                lots = tried(least(-1, x - 1, lambda z: stands(tried(z))))
        return lots

    def closed(self, side, lots):
        return sum(down(leg.notional * lots[leg.place] / leg.held) for leg in side)

    def opened(self, hedges, lots):
        total = Fraction(0)
        for small, large, net in hedges:
            excess = self.closed(small, lots) - self.closed(large, lots)
            total += max(excess, -excess - net, 0)
        return total

    def hedges(self):
        groups = {}
        for leg in self.legs:
            groups.setdefault(leg.group, []).append(leg)
        found = []
        for members in groups.values():
            longs = [leg for leg in members if leg.size > 0]
            shorts = [leg for leg in members if leg.size < 0]
            if not longs or not shorts:
                continue
            long, short = (sum(g.notional for g in side) for side in (longs, shorts))
            small, large = (shorts, longs) if short <= long else (longs, shorts)
            found.append((small, large, abs(long - short)))
        return found

    def hedged(self, hedges, lots):
        lots = list(lots)

        def scale(side, part):
            for leg in side:
                lots[leg.place] = (lots[leg.place] * part).__floor__()

        for small, large, net in hedges:
            less, more = self.closed(small, lots), self.closed(large, lots)
            if less > more:
                scale(small, more / less)
            elif more > less + net:
                scale(large, (less + net) / more)
        return lots

    def without_dust(self, lots):
        def fitting(leg, x):
            if x in (0, leg.held) or not leg.is_dust(leg.held - x):
                return x
            if leg.closable == leg.held:
                return leg.held
            if leg.is_dust(leg.held):
                return x
            kept = least(leg.held - x, leg.held, lambda kept: not leg.is_dust(kept))
            return leg.held - kept if kept < leg.held else x

        return [fitting(leg, x) for leg, x in zip(self.legs, lots)]

    def plan(self, policy):
        lots = self.without_dust(getattr(self, policy.replace("-", "_"))())
        if any(lots):
            return lots
        for leg in self.largest:
            if leg.closable > 0:
                return self.without_dust(self.with_lots(self.zeros, leg.place, 1))
        return lots

    def order(self, lots):
        def gain(leg):
            x = lots[leg.place]
            return self.target * (leg.margin - leg.left(x)) - leg.cost(x)

        def helps(leg):
            x = lots[leg.place]
            limit = up(leg.worth(x) * (leg.penalty + leg.slippage))
            return x > 0 and leg.margin - leg.left(x) > limit

        return sorted(filter(helps, self.legs), key=lambda leg: (-gain(leg), leg.place))


def least(low, high, holds):
    """By bisection: low is known to fail, high to hold."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def close_out_legs(given):
    account = Account(given)
    lots = account.plan(given.get("policy", "least-impact"))
    worths = [leg.worth(x) for leg, x in zip(account.legs, lots)]
    costs = [leg.cost(x) for leg, x in zip(account.legs, lots)]
    return {
        "legs": [
            {
                "market": leg["market"], "size": show(x * account.legs[at].lot),
                "notional": show(worths[at]), "expectedCost": show(costs[at]),
            }
            for at, (leg, x) in enumerate(zip(given["legs"], lots))
        ],
        "restores": account.restores(lots),
        "order": [given["legs"][leg.place]["market"] for leg in account.order(lots)],
        "totalCost": show(sum(costs, Fraction(0))),
        "totalNotional": show(sum(worths, Fraction(0))),
    }


def drawn_impact(draw):
    return {
        "model": draw.pick(["square-root", "linear"]),
        "coefficient": draw.decimal("0.5", "1.5", 3),
        "volatility": draw.decimal("0.01", "0.1", 4),
        "volume": draw.log_decimal(5, 8, 2),
    }


def drawn_leg(draw, place, groups):
    inverse = draw.chance(0.2)
    lot = draw.pick(["0.001", "0.01", "1"]) if not inverse else "1"
    mark = draw.log_decimal(0, 4, 3)
    worth = Fraction(draw.log_decimal(3, 5, 2))
    size = worth * read(mark) if inverse else worth / read(mark)
    held = max(1, (size / read(lot)).__floor__())
    leg = {
        "market": f"M{place + 1}",
        "kind": "inverse" if inverse else "linear",
        "size": show(held * read(lot) * draw.pick([1, -1])),
        "markPrice": mark,
        "lot": lot,
        "tiers": drawn_tiers(draw, 50000),
        "penaltyFraction": draw.decimal("0", "0.004", 4),
        "slippageFraction": draw.decimal("0", "0.01", 4),
    }
    if draw.chance(0.7):
        leg["impact"] = drawn_impact(draw)
        leg["slippageFraction"] = draw.decimal("0.001", "0.03", 4)
    if draw.chance(0.3):
        leg["closable"] = show(draw.whole(0, held) * read(lot))
    if draw.chance(0.4):
        leg["notionalMin"] = draw.log_decimal(0, 4, 2)
    if draw.chance(groups):
        leg["hedgeGroup"] = draw.pick(["left", "right"])
    return leg


def legs_cases():
    tier = {"tiers": [{"notionalFloor": "0", "maintenanceMarginFraction": "0.05"}]}
    free = {**tier, "penaltyFraction": "0", "slippageFraction": "0"}
    one = {**free, "market": "BTC", "size": "10", "markPrice": "100"}
    two = {**free, "market": "ETH", "size": "-40", "markPrice": "10"}
    base = {"marginEquity": "60", "targetRatio": "1.2", "legs": [one, two]}
    yield "no cost: the first leg until it is enough", base
    yield "the target is met already: one lot all the same", {**base, "marginEquity": "84"}
    yield "no legs", {**base, "legs": []}
    yield "nothing has room", {**base, "legs": [{**one, "closable": "0"}, {**two, "closable": "0"}]}
    yield "bankrupt: nothing restores", {**base, "marginEquity": "-1"}
    yield "a hedge in one group is closed on both sides", {
        **base, "legs": [{**one, "hedgeGroup": "coin"}, {**two, "hedgeGroup": "coin"}],
    }
    hedge = {**free, "slippageFraction": "0.01", "markPrice": "100", "lot": "0.01"}
    yield "a flat hedge stays flat, however little has to be closed", {
        **base, "marginEquity": "110",
        "legs": [
            {**hedge, "market": "BTC", "size": "10", "hedgeGroup": "coin"},
            {**hedge, "market": "MINI", "size": "-10", "hedgeGroup": "coin"},
        ],
    }
    yield "closing costs more than it releases", {
        **base, "legs": [{**one, "penaltyFraction": "0.06"}, {**two, "slippageFraction": "0.07"}],
    }
    yield "dust closes whole", {**base, "legs": [{**one, "lot": "1", "notionalMin": "900"}]}
    yield "dust, and no room for the whole", {
        **base, "legs": [{**one, "lot": "1", "notionalMin": "900", "closable": "5"}],
    }
    yield "an inverse contract", {
        **base, "marginEquity": "0.4",
        "legs": [{**one, "kind": "inverse", "size": "1000", "lot": "1"}],
    }
    draw = Draw(403)
    for number in range(90):
        count = draw.pick([1, 2, 2, 3, 4, 5])
        legs = [drawn_leg(draw, place, 0.6) for place in range(count)]
        required = sum((Leg(leg, 0).margin for leg in legs), Fraction(0))
        yield f"drawn {number + 1}", {
            "policy": POLICIES[max(0, number % 8 - 3)],
            "fixedShare": draw.decimal("0.05", "1", 3),
            "marginEquity": show(down(required * Fraction(draw.whole(5, 110), 100))),
            "targetRatio": draw.decimal("1", "1.5", 3),
            "legs": legs,
        }
    # Limits near the impact, and all legs in one hedge or none.
    draw = Draw(406)
    for number in range(80):
        legs = [drawn_leg(draw, place, 0) for place in range(draw.pick([2, 2, 3, 4]))]
        for place, leg in enumerate(legs):
            leg["impact"] = {**drawn_impact(draw), "volume": draw.log_decimal(4, 7, 2)}
            leg["slippageFraction"] = draw.decimal("0.0005", "0.02", 5)
            leg.pop("notionalMin", None)
            if number % 2 == 1:
                leg["hedgeGroup"] = "coin"
                leg["size"] = show(abs(read(leg["size"])) * (-1) ** place)
        required = sum((Leg(leg, 0).margin for leg in legs), Fraction(0))
        yield f"drawn with {'hedges' if number % 2 else 'close limits'} {number + 1}", {
            "marginEquity": show(down(required * Fraction(draw.whole(50, 115), 100))),
            "targetRatio": draw.decimal("1", "1.3", 3),
            "legs": legs,
        }


VECTORS = [
    {
        "path": "closing/close-out-legs.json",
        "name": "close-out-legs",
        "spec": "docs/spec/close-outs.md, the plan: sizes of a policy in whole lots, expected costs "
        "rounded up term by term, legs worth closing by falling gain",
        "compute": close_out_legs,
        "cases": legs_cases,
    },
]
