"""Liquidation, bankruptcy and fillable price of one position of an account."""

from fractions import Fraction
from math import log, sqrt
from margin import COIN_STEPS, FLAT, STEPS, Account, bankruptcy, drawn_account, liquidation_price
from wad import LIMIT, UNIT, Draw, down, read, representable, show, up


def liquidation(given):
    account = Account(given)
    leg = account.leg(given["market"])
    price = liquidation_price(account, leg)
    distance = None if price is None else representable(down(abs(price - leg.mark) / leg.mark))
    output = {"liquidationPrice": show(price), "distance": show(distance)}
    if given.get("volatility") is not None:
        output["distanceSigma"] = None if price is None else deviations(given, price / leg.mark)
    return output


def deviations(given, quotient):
    deviation = float(read(given["volatility"])) * sqrt(float(read(given["horizonYears"])))
    text = f"{abs(log(quotient)) / deviation:.6f}"
    return text.rstrip("0").rstrip(".")


def bankruptcy_price(given):
    account = Account(given)
    leg = account.leg(given["market"])
    basis = given.get("equityBasis", "equity")
    equity = account.equity if basis == "equity" else account.margin_equity
    price, quote = bankruptcy(account, leg, read(given["sizeDelta"]), equity)
    return {"bankruptcyPrice": show(price), "bankruptcyQuote": show(quote)}


def fillable_price(given):
    account = Account(given)
    leg = account.leg(given["market"])
    shortfall = 1 - account.margin_equity / account.maintenance
    share = min(max(read(given["bankruptcyAdjustment"]) * shortfall, Fraction(0)), Fraction(1))
    spread = share * read(given["spreadToMaintenanceMarginRatio"]) * leg.maintenance
    value = leg.exact_value() - spread
    if leg.inverse:
        exact = -leg.size / value if (value < 0) == (leg.size > 0) and value != 0 else LIMIT
    else:
        exact = value / leg.size
    price = up(exact) if leg.size > 0 else down(exact)
    return {"fillablePrice": show(min(max(price, UNIT), LIMIT - UNIT))}


BTC = {"market": "BTC", "size": "0.1", "markPrice": "50000", "tiers": STEPS}
COIN = {"market": "BTC", "kind": "inverse", "size": "100000", "entryValue": "-2.5",
        "markPrice": "39000", "tiers": COIN_STEPS}


def named_accounts():
    yield "a long", {"balance": "-4900", "positions": [BTC]}
    yield "a short", {"balance": "5100", "positions": [{**BTC, "size": "-0.1"}]}
    yield "a bankrupt long", {"balance": "-5010", "positions": [BTC]}
    yield "a root in a lower tier", {
        "balance": "-1500000", "positions": [{**BTC, "size": "40", "markPrice": "50000"}],
    }
    yield "an inverse long", {"balance": "0.2", "positions": [COIN]}
    yield "an inverse short", {
        "balance": "0.2", "positions": [{**COIN, "size": "-100000", "entryValue": "2.5"}],
    }
    yield "an inverse short that nothing can make liquidatable", {
        "balance": "3", "positions": [{**COIN, "size": "-100000", "entryValue": "2.5"}],
    }
    yield "a hedged account", {
        "balance": "200",
        "collaterals": [{"asset": "ETH", "amount": "2", "price": "2500", "haircut": "0.15"}],
        "positions": [
            {**BTC, "entryValue": "5500"},
            {**BTC, "market": "BTC0625", "size": "-0.08", "entryValue": "-4100", "tiers": FLAT},
        ],
    }


def all_accounts(seed, count):
    yield from named_accounts()
    draw = Draw(seed)
    for number in range(count):
        given = drawn_account(draw)
        yield f"drawn {number + 1}", given


def liquidation_cases():
    yield "an empty leg has no price", {
        "balance": "1", "positions": [{**BTC, "size": "0"}], "market": "BTC",
    }
    for title, given in all_accounts(301, 24):
        yield title, {**given, "market": given["positions"][-1]["market"]}
    deviation = {"volatility": "0.85", "horizonYears": "0.002739726027397260"}
    for title, given in named_accounts():
        yield f"{title}, in deviations", {**given, "market": "BTC", **deviation}


def bankruptcy_cases():
    draw = Draw(302)
    for title, given in all_accounts(303, 24):
        leg = given["positions"][0]
        size = read(leg["size"])
        yield f"{title}: all", {**given, "market": leg["market"], "sizeDelta": show(-size)}
        part = down(size * Fraction(draw.whole(1, 99), 100))
        yield f"{title}: a part", {
            **given, "market": leg["market"], "sizeDelta": show(-part if part else -size),
            "equityBasis": draw.pick(["equity", "margin-equity"]),
        }


def fillable_cases():
    draw = Draw(304)
    for title, given in all_accounts(305, 24):
        yield title, {
            **given,
            "market": given["positions"][0]["market"],
            "bankruptcyAdjustment": draw.pick(["0", "1", "1.5", "0.333333333333333333"]),
            "spreadToMaintenanceMarginRatio": draw.pick(["0.1", "1", "1.5", "0.000001"]),
        }
    yield "a spread above the value: any price will do", {
        "balance": "-6000", "positions": [BTC], "market": "BTC",
        "bankruptcyAdjustment": "1", "spreadToMaintenanceMarginRatio": "1000",
    }
    yield "the same for an inverse short", {
        "balance": "-3", "positions": [{**COIN, "size": "-100000", "entryValue": "2.5"}],
        "market": "BTC", "bankruptcyAdjustment": "1", "spreadToMaintenanceMarginRatio": "1000",
    }


VECTORS = [
    {
        "path": "liquidation/liquidation-price.json",
        "name": "liquidation-price",
        "spec": "The mark at which margin equity = maintenance margin, others fixed; long up, short "
        "down; distance |p/mark − 1| down; distanceSigma |ln(p/mark)|/(σ√T) to six digits",
        "compute": liquidation,
        "cases": liquidation_cases,
    },
    {
        "path": "liquidation/bankruptcy-price.json",
        "name": "bankruptcy-price",
        "spec": "quote = value(−Δq) − E·|ΔMM|/MM, up; price |quote/Δq| (inverse |Δq/quote|), long "
        "up, short down, null where not positive",
        "compute": bankruptcy_price,
        "cases": bankruptcy_cases,
    },
    {
        "path": "liquidation/fillable-price.json",
        "name": "fillable-price",
        "spec": "(value − clamp(A·(1 − E_m/MM), 0, 1)·S·MM_leg)/q, inverse −q/(…); sells up, buys "
        "down; kept within the representable positive prices",
        "compute": fillable_price,
        "cases": fillable_cases,
    },
]
