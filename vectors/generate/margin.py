"""Tiers, requirements, collateral weights, and the health of an account."""

from fractions import Fraction
from wad import LIMIT, UNIT, Draw, down, read, representable, root_up, show, up


def exact_maintenance(tiers, notional):
    """Marginal: each fraction applies to the notional between its floor and the next."""
    total = Fraction(0)
    for index, tier in enumerate(tiers):
        floor = read(tier["notionalFloor"])
        ceiling = read(tiers[index + 1]["notionalFloor"]) if index + 1 < len(tiers) else None
        top = notional if ceiling is None else min(notional, ceiling)
        total += max(top - floor, 0) * read(tier["maintenanceMarginFraction"])
    return total


def active_fraction(tiers, notional):
    return read(
        [t for t in tiers if read(t["notionalFloor"]) <= notional][-1]["maintenanceMarginFraction"]
    )


def maintenance_margin(given):
    tiers, notional = given["tiers"], read(given["notional"])
    fraction = active_fraction(tiers, notional)
    exact = exact_maintenance(tiers, notional)
    return {
        "maintenanceMargin": show(up(exact)),
        "maintenanceMarginFraction": show(fraction),
        "deduction": show(down(notional * fraction - exact)),
    }


def initial_margin(given):
    fraction = read(given["initialMarginFraction"])
    lower, upper = read(given.get("openInterestLower", "0")), read(given.get("openInterestUpper", "0"))
    if upper > 0:
        share = (read(given["openInterestNotional"]) - lower) / (upper - lower)
        fraction = up(fraction + min(max(share, Fraction(0)), Fraction(1)) * (1 - fraction))
    notional = read(given["notional"])
    required = up(notional * fraction)
    if given.get("tiers") is not None:
        required = max(required, up(exact_maintenance(given["tiers"], notional)))
    return {"initialMargin": show(required), "initialMarginFraction": show(fraction)}


def collateral_weight(given):
    weight = 1 - read(given["haircut"])
    if given.get("concentrationFactor") is not None:
        root = root_up(read(given["amount"]))
        weight = min(weight, down(Fraction(11, 10) / (1 + up(read(given["concentrationFactor"]) * root))))
    return weight


def liability_weight(given):
    base = read(given["baseWeight"])
    if given.get("concentrationFactor") is None:
        return base
    root = root_up(read(given["amount"]))
    return max(base, up(Fraction(4, 5) * base) + up(read(given["concentrationFactor"]) * root))


class Leg:
    """A position with everything that follows from it alone."""

    def __init__(self, given):
        self.market = given["market"]
        self.inverse = given.get("kind", "linear") == "inverse"
        self.size = read(given["size"])
        self.mark = read(given["markPrice"])
        self.tiers = given["tiers"]
        self.entry = read(given.get("entryValue", "0"))
        self.funding = -read(given.get("fundingOwed", "0"))
        self.initial_fraction = read(given.get("initialMarginFraction", "0"))

    def exact_value(self, size=None, price=None):
        size = self.size if size is None else size
        price = self.mark if price is None else price
        return -size / price if self.inverse else size * price

    def notional_of(self, size):
        return up(abs(self.exact_value(size)))

    def maintenance_of(self, size):
        return up(exact_maintenance(self.tiers, self.notional_of(size)))

    @property
    def value(self):
        return down(self.exact_value())

    @property
    def notional(self):
        return self.notional_of(self.size)

    @property
    def maintenance(self):
        return self.maintenance_of(self.size)

    @property
    def initial(self):
        return max(up(self.notional * self.initial_fraction), self.maintenance)

    @property
    def pnl(self):
        return self.value - self.entry


class Account:
    def __init__(self, given):
        self.legs = [Leg(position) for position in given["positions"]]
        settled = read(given["balance"]) + sum(leg.pnl + leg.funding for leg in self.legs)
        self.equity = self.margin_equity = self.initial_equity = settled
        for held in given.get("collaterals", []):
            units = read(held["amount"]) + read(held.get("supplied", "0"))
            value = units * read(held["price"])
            weight = collateral_weight({**held, "amount": show(units)})
            ceiling = held.get("loanToValue")
            initial = weight if ceiling is None else min(weight, read(ceiling))
            self.equity += down(value)
            self.margin_equity += down(value * weight)
            self.initial_equity += down(value * initial)
        self.weighted_debt = Fraction(0)
        self.owes = False
        for owed in given.get("debts", []):
            value = read(owed["amount"]) * read(owed["price"])
            weight = read(owed.get("liabilityWeight", "1"))
            initial = read(owed.get("liabilityWeightInitial", show(weight)))
            self.owes = self.owes or value > 0
            self.equity -= up(value)
            self.weighted_debt += up(value * weight)
            self.initial_equity -= up(value * initial)
        self.margin_equity -= self.weighted_debt
        self.maintenance = sum((leg.maintenance for leg in self.legs), Fraction(0))
        self.initial = sum((leg.initial for leg in self.legs), Fraction(0))

    def leg(self, market):
        return next(leg for leg in self.legs if leg.market == market)


def liquidation_price(account, leg):
    """The root of marginEquity(n) − maintenance(n), n the leg's notional, tier by tier."""
    if leg.size == 0:
        return None
    rest = account.margin_equity - leg.value - (account.maintenance - leg.maintenance)
    direction = 1 if leg.value > 0 or (leg.value == 0 and leg.exact_value() > 0) else -1

    def surplus(notional):
        return rest + direction * notional - exact_maintenance(leg.tiers, notional)

    floors = [read(tier["notionalFloor"]) for tier in leg.tiers]
    root = None
    for index, floor in enumerate(floors):
        at_floor = surplus(floor)
        last = index + 1 == len(floors)
        # In the last tier any two points give the line; elsewhere the root lies between the ends.
        other = floor + 1 if last else floors[index + 1]
        slope = (surplus(other) - at_floor) / (other - floor)
        candidate = floor - at_floor / slope
        if candidate >= floor and candidate > 0 and (last or candidate <= other):
            root = candidate
            break
    if root is None:
        return None
    exact = abs(leg.size) / root if leg.inverse else root / abs(leg.size)
    price = up(exact) if leg.size > 0 else down(exact)
    return representable(price) if price > 0 else None


def bankruptcy(account, leg, delta, equity=None):
    equity = account.equity if equity is None else equity
    released = leg.maintenance - leg.maintenance_of(leg.size + delta)
    quote = up(leg.exact_value(-delta) - equity * released / account.maintenance)
    if quote == 0:
        return None, quote
    exact = delta / quote if leg.inverse else -quote / delta
    price = up(exact) if delta < 0 else down(exact)
    return (representable(price) if price > 0 else None), quote


def account_health(given):
    account = Account(given)
    equity, required = account.equity, account.maintenance
    notional = sum((leg.notional for leg in account.legs), Fraction(0))
    exposed = account.owes or any(leg.size != 0 for leg in account.legs)
    behind = max(account.margin_equity + account.weighted_debt, Fraction(0))
    health = "no-debt"
    if account.weighted_debt > 0:
        health = show(min(down(behind / account.weighted_debt), LIMIT - UNIT))
    ratio = representable(down(account.margin_equity / required)) if required > 0 else None
    leverage = representable(up(notional / equity)) if equity > 0 else None
    positions = []
    for leg in account.legs:
        closed = None if leg.size == 0 else bankruptcy(account, leg, -leg.size)[0]
        positions.append(
            {
                "market": leg.market,
                "notional": show(leg.notional),
                "unrealizedPnl": show(leg.pnl),
                "maintenanceMargin": show(leg.maintenance),
                "liquidationPrice": show(liquidation_price(account, leg)),
                "bankruptcyPrice": show(closed),
            }
        )
    return {
        "equity": show(equity),
        "marginEquity": show(account.margin_equity),
        "initialEquity": show(account.initial_equity),
        "weightedDebt": show(account.weighted_debt),
        "maintenanceMargin": show(required),
        "initialMargin": show(account.initial),
        "marginRatio": show(ratio),
        "healthFactor": health,
        "freeMargin": show(account.initial_equity - account.initial),
        "leverage": show(leverage),
        "healthy": account.margin_equity >= required,
        "bankrupt": exposed and equity < 0,
        "positions": positions,
    }


FLAT = [{"notionalFloor": "0", "maintenanceMarginFraction": "0.005"}]
STEPS = [
    {"notionalFloor": "0", "maintenanceMarginFraction": "0.004"},
    {"notionalFloor": "50000", "maintenanceMarginFraction": "0.005"},
    {"notionalFloor": "250000", "maintenanceMarginFraction": "0.01"},
    {"notionalFloor": "1000000", "maintenanceMarginFraction": "0.025"},
    {"notionalFloor": "10000000", "maintenanceMarginFraction": "0.05"},
]
COIN_STEPS = [
    {"notionalFloor": "0", "maintenanceMarginFraction": "0.004"},
    {"notionalFloor": "5", "maintenanceMarginFraction": "0.01"},
    {"notionalFloor": "50", "maintenanceMarginFraction": "0.05"},
]


def drawn_tiers(draw, top):
    count = draw.whole(1, 4)
    floors = sorted({draw.whole(1, top) for _ in range(count - 1)})
    fractions = sorted(draw.whole(1, 2000) for _ in range(len(floors) + 1))
    return [
        {"notionalFloor": str(floor), "maintenanceMarginFraction": show(Fraction(part, 10000))}
        for floor, part in zip([0, *floors], fractions)
    ]


def drawn_account(draw):
    positions = []
    inverse = draw.chance(0.25)
    for market, level in [("BTC", 40000), ("ETH", 2500), ("DOGE", 1)][: draw.whole(1, 3)]:
        mark = draw.decimal(level * 0.5, level * 1.5, 6)
        notional = Fraction(draw.log_decimal(3, 6.5, 2))
        exact = notional * (1 if inverse else 1 / read(mark)) * (1 if draw.chance(0.6) else -1)
        size = down(exact * 10**6 / 10**6)
        size = (size / UNIT_OF_SIZE).__floor__() * UNIT_OF_SIZE or UNIT_OF_SIZE
        fill = read(mark) * Fraction(draw.whole(80, 120), 100)
        position = {
            "market": market,
            "size": show(size),
            "entryValue": show(down(-size / fill if inverse else size * fill)),
            "markPrice": mark,
            "initialMarginFraction": draw.decimal("0.01", "0.2", 3),
            "tiers": drawn_tiers(draw, 60 if inverse else 400000),
        }
        if inverse:
            position["kind"] = "inverse"
        if draw.chance(0.5):
            position["fundingOwed"] = draw.decimal("-0.01" if inverse else "-50", "0.01" if inverse else "50", 18)
        positions.append(position)
    exposure = sum(abs(Leg(p).exact_value()) for p in positions)
    buffer = exposure * Fraction(draw.whole(-8, 30), 100)
    balance = buffer - sum(Leg(p).pnl for p in positions)
    given = {"balance": show(down(balance)), "positions": positions}
    if draw.chance(0.5):
        held = {
            "asset": "stETH",
            "amount": draw.log_decimal(-1, 2, 6),
            "price": draw.decimal("0.05" if inverse else "1500", "0.07" if inverse else "3500", 8),
            "haircut": draw.decimal("0", "0.3", 3),
        }
        if draw.chance(0.5):
            held["concentrationFactor"] = draw.decimal("0", "0.2", 4)
        given["collaterals"] = [held]
    else:
        given["collaterals"] = []
    return given


UNIT_OF_SIZE = Fraction(1, 10**6)


def account_cases():
    btc = {"market": "BTC", "size": "0.1", "markPrice": "50000", "tiers": FLAT}
    yield "nothing open", {"balance": "100", "collaterals": [], "positions": []}
    yield "a long whose cost is in the balance", {
        "balance": "-4501", "collaterals": [], "positions": [btc],
    }
    yield "bankrupt", {"balance": "-5001", "collaterals": [], "positions": [btc]}
    yield "margin equity at the requirement is healthy", {
        "balance": "-4975", "collaterals": [], "positions": [btc],
    }
    yield "one unit below it is not", {
        "balance": "-4975.000000000000000001", "collaterals": [], "positions": [btc],
    }
    yield "haircut collateral counts in full towards equity only", {
        "balance": "-5000",
        "collaterals": [
            {"asset": "ETH", "amount": "1", "price": "30", "haircut": "0.2"},
            {"asset": "SOL", "amount": "4", "price": "5", "haircut": "0.1", "concentrationFactor": "0.3"},
        ],
        "positions": [btc],
    }
    yield "two legs, funding owed and to come", {
        "balance": "300",
        "collaterals": [],
        "positions": [
            {**btc, "entryValue": "5100", "fundingOwed": "12.5", "initialMarginFraction": "0.02"},
            {
                "market": "ETH", "size": "-3.333333333333333333", "entryValue": "-9000",
                "markPrice": "2711.12", "fundingOwed": "-3", "initialMarginFraction": "0.05",
                "tiers": STEPS,
            },
        ],
    }
    yield "an inverse long and an inverse short", {
        "balance": "0.35",
        "collaterals": [],
        "positions": [
            {
                "market": "BTCUSD", "kind": "inverse", "size": "100000", "entryValue": "-2.5",
                "markPrice": "39000", "tiers": COIN_STEPS,
            },
            {
                "market": "BTCUSD0625", "kind": "inverse", "size": "-60000",
                "entryValue": "1.463414634146341463", "markPrice": "39500", "tiers": COIN_STEPS,
            },
        ],
    }
    yield "no liquidation price: fully covered", {
        "balance": "0", "collaterals": [], "positions": [btc],
    }
    yield "an empty leg beside an open one", {
        "balance": "-100",
        "collaterals": [],
        "positions": [{**btc, "size": "0"}, {**btc, "market": "ETH"}],
    }
    draw = Draw(201)
    for number in range(40):
        yield f"drawn {number + 1}", drawn_account(draw)
    yield from borrower_cases()


def borrower_cases():
    ether = {"asset": "ETH", "amount": "10", "price": "2000", "haircut": "0.2", "loanToValue": "0.75"}
    dollars = {"asset": "USDC", "amount": "16000", "price": "1"}
    base = {"balance": "0", "collaterals": [ether], "positions": [], "debts": [dollars]}

    def owing(amount, **changes):
        return {**base, "debts": [{**dollars, "amount": amount, **changes}]}

    yield "a debt at the requirement is healthy", base
    yield "a unit of debt more is not", owing("16000.000000000000000001")
    yield "a debt beyond its collateral is bankrupt", owing("20000.000000000000000001")
    yield "a debt of all that is held is not", owing("20000")
    yield "a debt of nothing", owing("0")
    yield "a debt of one unit", owing(show(UNIT))
    yield "a debt that counts for more, and for more still where risk is taken on", owing(
        "10000", liabilityWeight="1.2", liabilityWeightInitial="1.333333333333333333",
    )
    yield "weights round a unit of debt up", owing(show(UNIT), liabilityWeight="1.1")
    yield "nothing stands behind the debt", {**base, "collaterals": [], "balance": "-1"}
    yield "what is lent counts as what is held", {
        **base, "collaterals": [{**ether, "amount": "4", "supplied": "6"}],
    }
    yield "all of it is lent", {**base, "collaterals": [{**ether, "amount": "0", "supplied": "10"}]}
    for supplied in ("0", "5", "5.000000000000000001", "80"):
        yield f"concentration of what is held and {supplied} lent", {
            **base,
            "collaterals": [{**ether, "supplied": supplied, "concentrationFactor": "0.0968"}],
        }
    yield "a loan to value above the weight does not raise it", {
        **base, "collaterals": [{**ether, "loanToValue": "0.9"}],
    }
    yield "debts, collateral and a position under one margin equity", {
        **base,
        "balance": "100",
        "positions": [
            {
                "market": "BTC", "size": "-0.1", "markPrice": "50000", "entryValue": "-5100",
                "initialMarginFraction": "0.05", "tiers": STEPS,
            },
        ],
        "debts": [
            {**dollars, "amount": "9000"},
            {"asset": "ETH", "amount": "1.25", "price": "2000", "liabilityWeight": "1.15"},
        ],
    }
    draw = Draw(206)
    for number in range(40):
        yield f"drawn borrower {number + 1}", drawn_borrower(draw)


def drawn_borrower(draw):
    given = drawn_account(draw)
    if draw.chance(0.5):
        given["positions"] = []
    for held in given["collaterals"]:
        if draw.chance(0.5):
            held["supplied"] = draw.log_decimal(-3, 3, 18)
        if draw.chance(0.5):
            held["loanToValue"] = draw.decimal("0.4", "1", 6)
    debts = [{"asset": "USDC", "amount": draw.log_decimal(-2, 5, 18), "price": "1"}]
    if draw.chance(0.6):
        debts.append(
            {"asset": "ETH", "amount": draw.log_decimal(-4, 2, 18), "price": draw.decimal("900", "4000", 8)}
        )
    for owed in debts:
        if draw.chance(0.6):
            owed["liabilityWeight"] = draw.decimal("1", "1.3", 18)
            if draw.chance(0.6):
                owed["liabilityWeightInitial"] = show(read(owed["liabilityWeight"]) + Fraction(1, 20))
    return {**given, "debts": debts}


def maintenance_cases():
    for notional in ("0", "49999.99", "50000", "50000.000000000000000001", "1234567.89", "99999999"):
        yield f"{notional} over five tiers", {"tiers": STEPS, "notional": notional}
    yield "one unit is rounded up", {"tiers": FLAT, "notional": "0.000000000000000001"}
    draw = Draw(202)
    for number in range(24):
        yield f"drawn {number + 1}", {
            "tiers": drawn_tiers(draw, 100000), "notional": draw.decimal("0", "300000", 18),
        }


def initial_cases():
    base = {"notional": "1000", "initialMarginFraction": "0.05"}
    bounds = {"openInterestLower": "25000000", "openInterestUpper": "50000000"}
    yield "without scaling", base
    yield "bounds of zero are off", {
        **base, "openInterestNotional": "9", "openInterestLower": "0", "openInterestUpper": "0",
    }
    for held in ("25000000", "37500000", "50000000", "80000000", "25000000.000000000000000001"):
        yield f"open interest {held}", {**base, **bounds, "openInterestNotional": held}
    yield "never below the maintenance margin", {
        "notional": "20000000", "initialMarginFraction": "0.01", "tiers": STEPS,
    }
    draw = Draw(203)
    for number in range(20):
        yield f"drawn {number + 1}", {
            "notional": draw.decimal("0", "1000000", 18),
            "initialMarginFraction": draw.decimal("0", "1", 18),
            "openInterestNotional": draw.decimal("0", "100", 18),
            "openInterestLower": draw.decimal("0", "40", 6),
            "openInterestUpper": draw.decimal("41", "100", 6),
        }


def weight_cases(bases, key):
    for value, factor, amount in bases:
        given = {key: value, "amount": amount}
        if factor is not None:
            given["concentrationFactor"] = factor
        yield f"{value} with factor {factor} on {amount}", given


def collateral_cases():
    yield from weight_cases(
        [("0.1", None, "1000"), ("0.1", "0", "1000"), ("0.1", "0.1", "1000"), ("1", "0.1", "4"),
         ("0", "0.05", "4"), ("0", "0.05", "4.000000000000000001"), ("0.25", "0.003", "123456.789")],
        "haircut",
    )
    draw = Draw(204)
    for number in range(16):
        yield f"drawn {number + 1}", {
            "haircut": draw.decimal("0", "0.5", 4),
            "concentrationFactor": draw.decimal("0", "0.3", 6),
            "amount": draw.log_decimal(-2, 6, 9),
        }


def liability_cases():
    yield from weight_cases(
        [("1.1", None, "1000"), ("1.1", "0", "1000"), ("1.1", "0.1", "1000"), ("1", "0.000001", "1"),
         ("1.333333333333333333", "0.01", "2")],
        "baseWeight",
    )
    draw = Draw(205)
    for number in range(16):
        yield f"drawn {number + 1}", {
            "baseWeight": draw.decimal("1", "1.5", 4),
            "concentrationFactor": draw.decimal("0", "0.3", 6),
            "amount": draw.log_decimal(-2, 6, 9),
        }


VECTORS = [
    {
        "path": "margin/maintenance-margin.json",
        "name": "maintenance-margin",
        "spec": "Σ over tiers of (part of the notional within the tier)·fraction, rounded up once; "
        "deduction = notional·fraction − that, rounded down",
        "compute": maintenance_margin,
        "cases": maintenance_cases,
    },
    {
        "path": "margin/initial-margin.json",
        "name": "initial-margin",
        "spec": "fraction + clamp((OI − lower)/(upper − lower), 0, 1)·(1 − fraction), up; margin = "
        "max(notional·fraction up, maintenance margin)",
        "compute": initial_margin,
        "cases": initial_cases,
    },
    {
        "path": "margin/collateral-weight.json",
        "name": "collateral-weight",
        "spec": "min(1 − haircut, 1.1/(1 + c·√amount)); root and product up, quotient down",
        "compute": lambda given: {"weight": show(collateral_weight(given))},
        "cases": collateral_cases,
    },
    {
        "path": "margin/liability-weight.json",
        "name": "liability-weight",
        "spec": "max(w, 0.8·w + c·√amount); root and products up",
        "compute": lambda given: {"weight": show(liability_weight(given))},
        "cases": liability_cases,
    },
    {
        "path": "margin/account-health.json",
        "name": "account-health",
        "spec": "equity = balance + Σ(value − entryValue − fundingOwed) + Σ (amount + supplied)·price "
        "− Σ debt·price; margin equity likewise times the weights; values down, debts and "
        "requirements up, once per position and asset; health factor = down(max(0, margin equity + "
        "weighted debt)/weighted debt); liquidation price the root of margin "
        "equity = maintenance margin (long up, short down); bankruptcy price |quote/size|",
        "compute": account_health,
        "cases": account_cases,
    },
]
