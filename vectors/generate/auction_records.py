"""Cases of journal records: auctions from their terms to their end."""

from closing_records import configured
from record_views import accepted, journaled, moved

START = 1621382400000

TERMS = {
    "lot": "portfolio",
    "curve": "two-phase",
    "startPremium": "0.05",
    "endFraction": "0.4",
    "durationMs": 600000,
    "cut": "0.99",
    "stepMs": 5000,
    "cutoff": "0.8",
    "fastMs": 60000,
    "slowMs": 1200000,
    "tailMs": 900000,
    "cusp": "0.35",
    "resetsMax": 2,
    "sliceMin": "100",
    "bufferFraction": "0.1",
    "insolventMs": 300000,
}
WHOSE = {"auction": 3, "liquidation": 7, "account": "alice"}
HEALTH = {"equity": "90", "marginEquity": "80.5", "maintenanceMargin": "100"}
AFTER = {"equity": "89", "marginEquity": "82", "maintenanceMargin": "60"}
STEP = ("engine", 0, {"type": "StepLiquidation", "liquidation": 7})

OFFERS = {
    "collateral": {
        "type": "Collateral",
        "amount": "2.5",
        "tab": "120",
        "indexPrice": "50",
        "price": "52.5",
    },
    "position": {
        "type": "Position",
        "size": "3",
        "markPrice": "95",
        "notional": "285",
        "share": "1.05",
    },
    "portfolio": {"type": "Portfolio", "fraction": "0.4", "notional": "1200", "share": "1"},
}
BIDS = {
    "collateral": {
        "type": "Collateral",
        "amount": "2",
        "amountMin": "0.5",
        "limitPrice": "53",
    },
    "position": {"type": "Position", "size": "2", "sizeMin": "1", "limitPrice": "99"},
    "portfolio": {
        "type": "Portfolio",
        "fraction": "0.25",
        "fractionMin": "0",
        "paymentMax": "-12.5",
    },
}


def configurations():
    what = ("ConfigureAuctions", "AuctionsConfigured")
    for curve in ("linear", "exponential", "stairstep", "two-phase"):
        yield (f"auctions on a path of curve {curve}", *configured(what, {**TERMS, "curve": curve}))
    yield ("auctions of positions", *configured(what, {**TERMS, "lot": "position"}))


def paths():
    places = {"collateral": (None, "ETH"), "position": ("BTC-PERP", None)}
    for lot, phase in (("collateral", "solvent"), ("position", "insolvent"),
                       ("portfolio", "solvent")):
        market, asset = places.get(lot, (None, None))
        started = {"type": "AuctionStarted", **WHOSE, "lot": lot, "phase": phase, "market": market,
                   "asset": asset, "parameters": TERMS, "offer": OFFERS[lot], "health": HEALTH}
        yield (f"an auction of a {lot}, {phase}", STEP, accepted(started))
    for at, reason in enumerate(("time", "price", "proceeds"), 1):
        reset = {"type": "AuctionReset", **WHOSE, "reason": reason, "resets": at,
                 "elapsedMs": 900001, "offer": OFFERS["portfolio"], "health": HEALTH}
        yield (f"a path that starts again: {reason}", STEP, accepted(reset))
    for outcome in ("sold", "restored", "no-bids", "superseded", "out-of-time"):
        ended = {"type": "AuctionEnded", **WHOSE, "outcome": outcome, "takes": 4, "resets": 2}
        yield (f"an auction that ended: {outcome}", STEP, accepted(ended))


def takes():
    for lot, settlement, version in (("collateral", "outside", None), ("position", "account", 12),
                                     ("portfolio", "account", 0)):
        bid = {"type": "PlaceBid", "auction": 3, "bidder": "keeper", "settlement": settlement,
               "accountVersion": version, "bid": BIDS[lot]}
        positions = [] if lot == "collateral" else [
            {
                "market": "BTC-PERP",
                "markPrice": "95",
                "change": moved("alice", "-2", "-200", "-10", ("-0.5", "-500000000000000001")),
                "bidder": moved("keeper", "2", "190"),
            }
        ]
        collaterals = [] if lot == "position" else [
            {"asset": "ETH", "amount": "2", "indexPrice": "50"}
        ]
        owed = {"asset": "ETH", "shares": "1.5", "amount": "1.65", "indexPrice": "50"}
        lent = {"asset": "USDC", "shares": "20", "amount": "21", "indexPrice": "1"}
        taken = {
            "type": "AuctionTaken",
            **WHOSE,
            "bidder": "keeper",
            "settlement": settlement,
            "bid": BIDS[lot],
            "lot": lot,
            "phase": "insolvent" if lot == "position" else "solvent",
            "elapsedMs": 61250,
            "offer": OFFERS[lot],
            "fraction": "0.25" if lot == "portfolio" else None,
            "positions": positions,
            "collaterals": collaterals,
            "debts": [owed] if lot == "portfolio" else [],
            "supplies": [lent] if lot == "portfolio" else [],
            "payment": "105" if lot == "collateral" else "-3.25",
            "payout": "1.5" if lot == "position" else "0",
            "price": None if lot == "portfolio" else "52.5",
            "reserved": "22.5" if lot == "portfolio" else "0",
            "before": HEALTH,
            "after": AFTER,
        }
        yield (f"a bid that takes of a {lot}", ("keeper", 9, bid), accepted(taken))


def cases():
    records = (*configurations(), *paths(), *takes())
    for seq, (title, command, outcome) in enumerate(records, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
