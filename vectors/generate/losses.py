"""Insurance fund, auto-deleveraging, socialized loss."""

from fractions import Fraction
import loss_factor
from wad import UNIT, Draw, down, read, representable, show, up


def insurance_fund_delta(given):
    fill = read(given["fillQuote"])
    difference = fill - read(given["bankruptcyQuote"])
    if difference > 0:
        difference = min(difference, down(read(given["maxFeeFraction"]) * abs(fill)))
    return {"insuranceFundDelta": show(difference)}


def socialized_loss(given):
    if given.get("variant") == "open-interest":
        return loss_by_open_interest(given)
    if given.get("variant") == "principal":
        return loss_with_principal(given)
    loss = read(given["loss"])
    profit = {a["account"]: max(read(a["unrealizedPnl"]), Fraction(0)) for a in given["accounts"]}
    share, left = shared(loss, profit)
    return {
        "allocations": [
            {"account": a["account"], "amount": show(share[a["account"]])} for a in given["accounts"]
        ],
        "unallocated": show(left),
    }


def shared(loss, bearable):
    """A loss in proportion to what each can bear, units left over by name; and what is left."""
    total = sum(bearable.values())
    borne = min(loss, total)
    share = {
        name: down(borne * own / total) if total else Fraction(0) for name, own in bearable.items()
    }
    left = borne - sum(share.values())
    for name in sorted(bearable):
        if left > 0 and bearable[name] > 0:
            share[name] += UNIT
            left -= UNIT
    assert left == 0
    return share, loss - borne


def loss_with_principal(given):
    def positive(field):
        return {a["account"]: max(read(a[field]), Fraction(0)) for a in given["accounts"]}

    first, rest = shared(read(given["loss"]), positive("unrealizedPnl"))
    second, rest = shared(rest, positive("principal"))
    return {
        "allocations": [
            {
                "account": name,
                "amount": show(first[name] + second[name]),
                "fromPrincipal": show(second[name]),
            }
            for name in (a["account"] for a in given["accounts"])
        ],
        "unallocated": show(rest),
    }


def loss_by_open_interest(given):
    loss = read(given["loss"])
    sizes = [abs(read(a["size"])) for a in given["accounts"]]
    delta = up(loss / sum(sizes))
    paid = [up(size * delta) for size in sizes]
    return {
        "allocations": [
            {"account": a["account"], "amount": show(amount)}
            for a, amount in zip(given["accounts"], paid)
        ],
        "lossIndexDelta": show(delta),
        "surplus": show(sum(paid) - loss),
        "unallocated": "0",
    }


class Seat:
    """A candidate of the deleveraging with its exact quantities."""

    def __init__(self, given, market):
        self.name = given["account"]
        self.size = abs(read(given["size"]))
        self.equity = read(given["equity"])
        self.pnl = read(given["unrealizedPnl"])
        account, leg = read(given.get("maintenanceMargin")), read(given.get("legMaintenanceMargin"))
        part = Fraction(1) if not account or leg is None else leg / account
        self.behind = self.equity * part
        counts = read(given.get("marginEquity"))
        self.health = self.behind if counts is None else counts * part
        self.value = market.value(self.size)
        entry = read(given.get("entryValue"))
        signed = self.value * (1 if market.credit else -1)
        self.entry = abs(signed - self.pnl if entry is None else entry) or UNIT
        self.score = read(given.get("score"))
        self.others = given.get("otherPositions") or []


class Market:
    def __init__(self, given):
        self.inverse = given.get("kind", "linear") == "inverse"
        sides = {read(c["size"]) > 0 for c in given["candidates"]}
        short = given.get("side") == "short" or (given.get("side") is None and sides == {False})
        self.side = -1 if short else 1
        self.mark = read(given["markPrice"])
        # A linear long and an inverse short hold something of value; the others owe it.
        self.credit = (self.side == 1) != self.inverse

    def value(self, size):
        return size / self.mark if self.inverse else size * self.mark


def queue_score(seat):
    if seat.score is not None:
        return seat.score
    gain = seat.pnl / seat.entry
    leverage = (seat.value or UNIT) / (seat.behind if seat.behind > 0 else UNIT)
    return gain * leverage if seat.pnl >= 0 else gain / leverage


def queue_notional_score(seat, market):
    if seat.score is not None:
        return seat.score
    gain = seat.value / seat.entry if market.credit else seat.entry / seat.value
    return gain * seat.value / max(seat.equity, UNIT)


def hedge_cap(seat, gap, quantity):
    """Largest closed size at which |F − v·x| / (E − g·x) is not above |F| / E."""
    if seat.exposure <= 0:
        return Fraction(0)
    each = gap / quantity
    if seat.exposure * each > seat.loading * seat.equity:
        return Fraction(0)
    even = 2 * seat.exposure * seat.equity / (seat.loading * seat.equity + seat.exposure * each)
    return min(seat.size, even)


def cap_of(seat, gap, quantity):
    if gap == 0:
        return seat.size
    each = gap / quantity
    if each * seat.size > seat.health:
        return Fraction(0)
    return min(seat.size, max(seat.pnl, Fraction(0)) / each)


def lots_of(value, lot):
    return (value / lot).__floor__()


def by_queue(wanted, seats, caps, scores):
    order = sorted(range(len(seats)), key=lambda i: (-scores[i], seats[i].name))
    lots = [0] * len(seats)
    for index in order:
        lots[index] = min(caps[index], wanted)
        wanted -= lots[index]
    return lots


def by_minimax(wanted, seats, held, caps):
    """Bisect over the kinks of Σ min(c, (q − θE)₊), which falls as θ rises; q may be negative."""
    def given_up(level):
        return [
            min(Fraction(c), max(q - level * s.equity, Fraction(0)))
            for s, q, c in zip(seats, held, caps)
        ]

    kinks = set()
    for seat, q, c in zip(seats, held, caps):
        if c:
            kinks |= {Fraction(q) / seat.equity, Fraction(q - c) / seat.equity}
    ordered = sorted(kinks)
    # The lowest kink at which less than the quantity is given up bounds the level from above.
    above = next(k for k in ordered if sum(given_up(k)) < wanted)
    below = max(k for k in ordered if k < above)
    high, low = sum(given_up(below)), sum(given_up(above))
    level = below + (above - below) * (high - wanted) / (high - low)
    shares = given_up(level)
    lots = [share.__floor__() for share in shares]
    left = wanted - sum(lots)
    by_remainder = sorted(
        range(len(seats)), key=lambda i: (-(shares[i] - lots[i]), seats[i].name)
    )
    for index in by_remainder[:left]:
        lots[index] += 1
    return lots, level


PROPORTIONAL = ("capped-pro-rata", "risk-aware-pro-rata", "min-max")


def weight_of(seat, given):
    """What a seat counts for in proportion to others; a plain fraction."""
    profit = max(seat.pnl, Fraction(0))
    if given["policy"] != "risk-aware-pro-rata":
        return profit
    leverage = down(seat.value / seat.equity)
    threshold = given.get("riskThreshold")
    if threshold is not None:
        return profit * leverage * max(leverage - read(threshold), Fraction(0))
    factor = Fraction(1)
    for _ in range(given.get("riskExponent", 1)):
        factor = down(factor * leverage)
    return profit * leverage * factor


def by_weight(wanted, seats, caps, weights, whole):
    """Saturate whoever would exceed its cap, until nobody would; then make the shares whole."""
    full = set()
    while True:
        left = wanted - sum(caps[i] for i in full)
        total = sum(w for i, w in enumerate(weights) if i not in full)
        shares = [
            Fraction(caps[i]) if i in full else (Fraction(left) * w / total if total else Fraction(0))
            for i, w in enumerate(weights)
        ]
        over = {i for i, share in enumerate(shares) if share > caps[i]} - full
        if not over:
            break
        full |= over
    lots = [share.__floor__() for share in shares]
    spare = wanted - sum(lots)
    if whole == "smallest-haircut":
        for _ in range(spare):
            open_ones = [i for i, w in enumerate(weights) if w > 0 and lots[i] < caps[i]]
            best = min(open_ones, key=lambda i: (Fraction(lots[i] + 1) / weights[i], seats[i].name))
            lots[best] += 1
        return lots
    by_remainder = sorted(range(len(seats)), key=lambda i: (-(shares[i] - lots[i]), seats[i].name))
    for index in by_remainder[:spare]:
        lots[index] += 1
    return lots


def by_proportion(wanted, seats, held, caps, given):
    weights = [weight_of(seat, given) for seat in seats]
    bearable = [c if w > 0 else 0 for c, w in zip(caps, weights)]
    whole = "smallest-haircut" if given["policy"] == "min-max" else "largest-remainder"
    if sum(bearable) >= wanted:
        return by_weight(wanted, seats, bearable, [w if c else Fraction(0) for c, w in zip(bearable, weights)], whole)
    rest = [0 if w > 0 else c for c, w in zip(caps, weights)]
    sizes = [Fraction(h) if c else Fraction(0) for h, c in zip(held, rest)]
    more = by_weight(wanted - sum(bearable), seats, rest, sizes, "largest-remainder")
    return [b + m for b, m in zip(bearable, more)]


def adl_allocation(given):
    market = Market(given)
    quantity, lot = read(given["quantity"]), read(given.get("lot", "0.000000000000000001"))
    close = read(given["closePrice"])
    apart = market.side * (market.mark - close)
    gap = Fraction(0)
    if apart > 0:
        each = 1 / close - 1 / market.mark if market.side == 1 else 1 / market.mark - 1 / close
        gap = up(quantity * (each if market.inverse else apart))
    factor = loss_factor.oriented(given)
    seats = [s for s in (Seat(c, market) for c in given["candidates"]) if s.equity > 0]
    if factor:
        for seat in seats:
            seat.loading = factor[given["market"]]
            others = sum(
                (factor[p["market"]] * read(p["size"]) for p in seat.others), Fraction(0)
            )
            seat.exposure = seat.loading * seat.size + market.side * others
    policy = given["policy"]
    held = [lots_of(s.size, lot) for s in seats]
    # Caps in whole units of size first, then in lots.
    caps = [lots_of(down(cap_of(s, gap, quantity)), lot) for s in seats]
    most = list(held)
    if factor and given.get("hedges") == "protect":
        most = [lots_of(down(hedge_cap(s, gap, quantity)), lot) for s in seats]
        caps = [min(c, m) for c, m in zip(caps, most)]
    weighs = [s.exposure / s.loading / lot for s in seats] if factor else held
    wanted = min(lots_of(quantity, lot), sum(most))
    scores = [
        queue_score(s) if policy == "queue" else queue_notional_score(s, market) for s in seats
    ]

    def share(count, holding, weight, limits):
        if policy == "minimax-leverage":
            return by_minimax(count, seats, weight, limits)
        if policy in PROPORTIONAL:
            return by_proportion(count, seats, holding, limits, given), None
        return by_queue(count, seats, limits, scores), None

    level = None
    if wanted == 0:
        lots = [0] * len(seats)
    elif wanted <= sum(caps):
        lots, level = share(wanted, held, weighs, caps)
    else:
        rest = [h - c for h, c in zip(held, caps)]
        weight = [w - c for w, c in zip(weighs, caps)]
        more, level = share(wanted - sum(caps), rest, weight, [m - c for m, c in zip(most, caps)])
        lots = [c + m for c, m in zip(caps, more)]
    if "fillsMax" in given:
        ahead = sorted(range(len(seats)), key=lambda i: (-lots[i], seats[i].name))[: given["fillsMax"]]
        lots = [count if i in ahead else 0 for i, count in enumerate(lots)]
    worth = factor[given["market"]] * lot if factor else market.value(lot)
    closed = [count * lot for count in lots]
    filled = sum(closed, Fraction(0))
    budget = down(gap * filled / quantity)
    taken = settle(seats, closed, filled, budget)
    return {
        "fills": [
            {
                "account": s.name,
                "size": show(x),
                "price": show(fill_price(market, x, t)),
                "taken": show(t),
            }
            for s, x, t in zip(seats, closed, taken)
            if x > 0
        ],
        "eta": None if level is None else show(representable(up(level * worth))),
        "residualLoss": show(budget - sum(taken)),
        "unfilled": show(quantity - filled),
        "metrics": {
            **metrics(market, seats, closed, taken, budget, policy, scores),
            "factor": factor and [{"market": m, "loading": show(v)} for m, v in factor.items()],
        },
    }


def settle(seats, closed, filled, budget):
    if budget == 0:
        return [Fraction(0)] * len(seats)
    limits = [
        min(max(s.pnl, Fraction(0)), down(max(s.health, Fraction(0)) * x / s.size))
        for s, x in zip(seats, closed)
    ]
    floors = [down(budget * x / filled) for x in closed]
    spare = budget - sum(floors)
    taken = [min(floor, limit) for floor, limit in zip(floors, limits)]
    for index in sorted(range(len(seats)), key=lambda i: seats[i].name):
        if spare > 0 and closed[index] > 0 and taken[index] < limits[index]:
            taken[index] += UNIT
            spare -= UNIT
    return taken


def fill_price(market, size, taken):
    if taken == 0:
        return market.mark
    signed = market.side * taken
    if market.inverse:
        bottom = 1 / market.mark + signed / size
        if bottom <= 0:
            return None
        exact = 1 / bottom
    else:
        exact = market.mark - signed / size
    price = up(exact) if market.side == 1 else down(exact)
    return representable(price) if price > 0 and exact > 0 else None


def metrics(market, seats, closed, taken, budget, policy, scores):
    haircuts = [up(t / s.pnl) for s, t in zip(seats, taken) if s.pnl > 0]
    before = [s.value / s.equity for s in seats]
    after = [
        market.value(s.size - x) / (s.equity - t) if s.size > x else Fraction(0)
        for s, x, t in zip(seats, closed, taken)
    ]
    inversions = sum(
        1
        for i in range(len(seats))
        for j in range(len(seats))
        if before[i] < before[j] and after[i] > after[j]
    )
    ranking = None
    if policy in ("queue", "queue-notional"):
        order = sorted(range(len(seats)), key=lambda i: (-scores[i], seats[i].name))
        ranking = [
            {"account": seats[i].name, "score": show(representable(down(scores[i])))} for i in order
        ]
    return {
        "budget": show(budget),
        "overshoot": show(max(sum(taken) - budget, Fraction(0))),
        "profitHaircutMax": show(max(haircuts, default=Fraction(0))),
        "profitHaircutGini": show(gini(haircuts)),
        "orderInversions": inversions,
        "leverageMaxBefore": show(representable(up(max(before, default=Fraction(0))))),
        "leverageMaxAfter": show(representable(up(max(after, default=Fraction(0))))),
        "ranking": ranking,
    }


def gini(values):
    """Mean absolute difference over twice the mean."""
    total = sum(values)
    if total == 0:
        return Fraction(0)
    differences = sum(abs(a - b) for a in values for b in values)
    return down(differences / (2 * len(values) * total))


def insurance_cases():
    yield "better than the bankruptcy quote, capped", {
        "bankruptcyQuote": "5100", "fillQuote": "5610", "maxFeeFraction": "0.005",
    }
    yield "better, below the cap", {
        "bankruptcyQuote": "5100", "fillQuote": "5105.1", "maxFeeFraction": "0.005",
    }
    yield "equal", {"bankruptcyQuote": "5100", "fillQuote": "5100", "maxFeeFraction": "0.005"}
    yield "a short bought back too dear: the fund pays", {
        "bankruptcyQuote": "-4900", "fillQuote": "-4949", "maxFeeFraction": "0.005",
    }
    draw = Draw(501)
    for number in range(20):
        quote = draw.decimal("-10000", "10000", 18)
        yield f"drawn {number + 1}", {
            "bankruptcyQuote": quote,
            "fillQuote": show(read(quote) + read(draw.decimal("-100", "100", 18))),
            "maxFeeFraction": draw.decimal("0", "0.02", 18),
        }


def socialized_cases():
    def accounts(*pairs):
        return [{"account": name, "unrealizedPnl": pnl} for name, pnl in pairs]

    yield "profits share, losses do not", {
        "loss": "30", "accounts": accounts(("winner", "75"), ("loser", "-500"), ("small", "25")),
    }
    yield "more than all profits", {"loss": "130", "accounts": accounts(("a", "75"), ("b", "25"))}
    yield "nobody in profit", {"loss": "5", "accounts": accounts(("a", "-1"))}
    yield "nobody at all", {"loss": "5", "accounts": []}
    yield "units left over go by id", {
        "loss": "0.000000000000000002",
        "accounts": accounts(("c", "5"), ("b", "5"), ("a10", "5"), ("a2", "5")),
    }
    draw = Draw(502)
    for number in range(20):
        yield f"drawn {number + 1}", {
            "loss": draw.decimal("0", "2000", 18),
            "accounts": accounts(
                *((f"n{draw.whole(0, 9)}{i}", draw.decimal("-500", "1000", 18)) for i in range(draw.whole(1, 8)))
            ),
        }
    def holders(*triples):
        return [{"account": n, "unrealizedPnl": pnl, "principal": own} for n, pnl, own in triples]

    base = {"variant": "principal", "accounts": holders(("a", "60", "100"), ("b", "-5", "300"))}
    yield "principal is not touched while profit lasts", {**base, "loss": "60"}
    yield "principal bears the rest in proportion", {**base, "loss": "100"}
    yield "neither suffices", {**base, "loss": "461"}
    for number in range(10):
        yield f"with principal {number + 1}", {
            "variant": "principal",
            "loss": draw.decimal("0", "4000", 18),
            "accounts": holders(
                *(
                    (f"n{i}", draw.decimal("-500", "500", 18), draw.decimal("-100", "900", 18))
                    for i in range(draw.whole(1, 8))
                )
            ),
        }
    for number in range(8):
        yield f"by open interest {number + 1}", {
            "variant": "open-interest",
            "loss": draw.decimal("0", "2000", 18),
            "accounts": [
                {"account": f"n{i}", "size": draw.decimal("-50", "50", 6)}
                for i in range(draw.whole(1, 8))
            ],
        }


def adl_cases():
    def holder(name, size, equity, pnl, **more):
        return {"account": name, "size": size, "equity": equity, "unrealizedPnl": pnl, **more}

    three = [
        holder("a", "10", "100", "50"), holder("b", "10", "200", "50"), holder("c", "10", "1000", "50"),
    ]
    base = {"policy": "minimax-leverage", "markPrice": "100", "closePrice": "100", "lot": "1"}
    yield "the most leveraged come down to one leverage", {**base, "quantity": "8", "candidates": three}
    yield "everything is closed", {**base, "quantity": "30", "candidates": three}
    yield "more than anybody holds", {**base, "quantity": "31.5", "candidates": three}
    yield "remainders go by size, then by id", {
        **base,
        "quantity": "10",
        "candidates": [holder(n, "10", "100", "50") for n in "cab"],
    }
    yield "no more than the profit while others have profit", {
        **base, "quantity": "6", "closePrice": "90",
        "candidates": [holder("a", "10", "200", "15"), holder("b", "10", "300", "500")],
    }
    yield "the rest goes by the same policy, and leaves a residual loss", {
        **base, "quantity": "20", "closePrice": "90",
        "candidates": [holder("a", "10", "200", "15"), holder("b", "10", "300", "60")],
    }
    yield "nobody is eligible", {
        **base, "quantity": "5", "candidates": [holder("a", "10", "0", "5")],
    }
    yield "shorts by their sign", {
        **base, "quantity": "7", "closePrice": "112.5",
        "candidates": [holder("a", "-10", "400", "300"), holder("b", "-5", "100", "90")],
    }
    yield "shorts by the side, legs with their margin", {
        **base, "side": "short", "quantity": "7", "closePrice": "112.5", "policy": "queue",
        "candidates": [
            holder("a", "10", "400", "300", maintenanceMargin="50", legMaintenanceMargin="20"),
            holder("b", "5", "100", "90", maintenanceMargin="10", legMaintenanceMargin="10"),
        ],
    }
    yield "a queue by given scores", {
        **base, "policy": "queue", "quantity": "20", "markPrice": "650", "closePrice": "650",
        "candidates": [
            holder(str(name), str(held), "10000", "0", score=str(score))
            for name, held, score in [(1, 10, 3), (2, 10, 6), (3, 20, 1), (4, 30, 4), (5, 20, 5), (6, 10, 2)]
        ],
    }
    yield "inverse longs", {
        **base, "kind": "inverse", "markPrice": "40000", "closePrice": "38000", "quantity": "90000",
        "candidates": [holder("a", "60000", "0.3", "0.2"), holder("b", "80000", "0.9", "0.5")],
    }
    mixed = [holder("a", "10", "400", "300"), holder("b", "10", "100", "90"), holder("c", "10", "50", "-5")]
    for policy in PROPORTIONAL:
        yield f"{policy}: by profit, the loser last", {
            **base, "policy": policy, "quantity": "7", "candidates": mixed,
        }
        yield f"{policy}: profits used up, the rest by size", {
            **base, "policy": policy, "quantity": "25", "candidates": mixed,
        }
    risky = {**base, "policy": "risk-aware-pro-rata", "quantity": "9", "candidates": mixed}
    yield "risk counted twice over", {**risky, "riskExponent": 3}
    yield "risk above a threshold alone", {**risky, "riskThreshold": "2.5"}
    yield "nobody above the threshold", {**risky, "riskThreshold": "1000"}
    draw = Draw(503)
    for number in range(110):
        yield f"drawn {number + 1}", drawn_deleveraging(draw)
    yield from loss_factor.cases(base, holder)
    draw = Draw(504)
    for number in range(60):
        yield f"with a factor {number + 1}", loss_factor.drawn(draw, drawn_deleveraging(draw))
    alike = [holder(n, "0.3", "120", "20") for n in "cab"]
    thirds = {
        **base, "lot": "0.1", "quantity": "0.9", "closePrice": "99.999999999999999989", "candidates": alike,
    }
    yield "as many fills as there are", {**thirds, "fillsMax": 3}
    yield "one fill fewer, of ties the last by id, and the unit stays", {**thirds, "fillsMax": 2}
    yield "one fill, and a third of the gap", {**thirds, "fillsMax": 1}
    yield "the largest fill, though the last in the queue", {
        **thirds, "policy": "queue", "quantity": "1.3", "fillsMax": 1,
        "candidates": [
            holder("a", "0.2", "1", "0.2", score="3"), holder("b", "0.1", "1", "0.2", score="2"),
            holder("c", "2", "100", "20", score="1"),
        ],
    }
    draw = Draw(505)
    for number in range(40):
        given = drawn_deleveraging(draw)
        fills_max = draw.whole(1, max(1, len(given["candidates"]) - 1))
        yield f"of a few fills {number + 1}", {**given, "fillsMax": fills_max}
    weighted = {**base, "quantity": "5", "closePrice": "98"}
    for counts in ("20", "19.999999999999999999", "0", "-1"):
        yield f"of an equity of 100 so much counts: {counts}", {
            **weighted,
            "candidates": [
                holder("a", "10", "100", "50", marginEquity=counts), holder("b", "4", "400", "90"),
            ],
        }
    yield "a share of what counts is all that stands behind", {
        **weighted, "quantity": "14",
        "candidates": [
            holder("a", "10", "100", "50", marginEquity="8", maintenanceMargin="6", legMaintenanceMargin="4"),
            holder("b", "4", "400", "90"),
        ],
    }
    draw = Draw(506)
    for number in range(40):
        given = drawn_deleveraging(draw)
        for candidate in given["candidates"]:
            if draw.chance(0.7):
                equity = read(candidate["equity"])
                counts = down(equity * Fraction(draw.whole(-10, 100), 100))
                candidate["marginEquity"] = show(min(counts, equity))
        yield f"of collateral at a weight {number + 1}", given


def drawn_deleveraging(draw):
    inverse, short = draw.chance(0.2), draw.chance(0.5)
    mark = Fraction(draw.whole(50, 50000))
    away = Fraction(draw.whole(-5, 15), 100) * (-1 if short else 1)
    candidates = []
    for index in range(draw.whole(1, 7)):
        size = Fraction(draw.log_decimal(0, 3, 3))
        value = size / mark if inverse else size * mark
        equity = down(value * Fraction(draw.whole(-10, 120), 100))
        candidate = {
            "account": f"{draw.pick('abc')}{index}",
            "size": show(-size if short else size),
            "equity": show(equity),
            "unrealizedPnl": show(down(value * Fraction(draw.whole(-20, 60), 100))),
        }
        if draw.chance(0.4):
            margin = down(value * Fraction(draw.whole(1, 10), 100))
            candidate["legMaintenanceMargin"] = show(margin)
            candidate["maintenanceMargin"] = show(margin + down(margin * draw.whole(0, 3)))
        if draw.chance(0.1):
            candidate["score"] = draw.decimal("-2", "9", 3)
        candidates.append(candidate)
    total = sum(abs(read(c["size"])) for c in candidates)
    given = {
        "policy": draw.pick(["minimax-leverage", "queue", "queue-notional", *PROPORTIONAL]),
        "quantity": show(max(down(total * Fraction(draw.whole(5, 120), 100)), UNIT)),
        "markPrice": show(mark),
        "closePrice": show(mark * (1 - away)),
        "candidates": candidates,
    }
    if inverse:
        given["kind"] = "inverse"
    if draw.chance(0.7):
        given["lot"] = draw.pick(["0.001", "0.1", "1", "0.7"])
    return given


VECTORS = [
    {
        "path": "losses/insurance-fund-delta.json",
        "name": "insurance-fund-delta",
        "spec": "d = fillQuote − bankruptcyQuote; d > 0: min(d, maxFeeFraction·|fillQuote| down)",
        "compute": insurance_fund_delta,
        "cases": insurance_cases,
    },
    {
        "path": "losses/adl-allocation.json",
        "name": "adl-allocation",
        "spec": "Eligible: equity > 0. Stage one by policy within caps (|q| without a gap; 0 where "
        "the full gap exceeds the leg's margin equity; else min(|q|, profit/gap)), stage two over the rest; "
        "lots by largest remainder, ties by id; of more than fillsMax fills the largest stay, ties by "
        "id; taken = min(share of the gap of what is filled, profit, leg's margin equity). "
        "With a covariance: leverage of all positions to its first principal component",
        "compute": adl_allocation,
        "cases": adl_cases,
    },
    {
        "path": "losses/socialized-loss.json",
        "name": "socialized-loss",
        "spec": "min(L, Π)·profit/Π, floored, units left one each by id; principal: the rest alike over "
        "principal; open-interest: index "
        "up(L/Σ|size|), each pays up(|size|·index)",
        "compute": socialized_loss,
        "cases": socialized_cases,
    },
]
