"""Cases of journal records: the ladder of a pool, and a liquidation on its way along it."""

from closing_records import configured
from record_views import accepted, journaled

START = 1621382400000

LADDER = (("book", None), ("outside", "other-venue"), ("amm", None), ("auction", None),
          ("direct", None), ("backstop", None))


def route(method, venue):
    return {
        "method": method,
        "venue": venue,
        "feeFraction": "0.0005",
        "concessionFraction": "0.01",
        "expectedMs": 1500,
        "failureProbability": "0.05",
        "patienceMs": 600000,
    }


def configurations():
    ladder = {
        "choice": "ladder",
        "routes": [route(*way) for way in LADDER],
        "dailyVolatility": "0.05",
        "waitingDeviations": "1.5",
    }
    what = ("ConfigureRouting", "RoutingConfigured")
    yield ("a ladder of every way", *configured(what, ladder))
    yield ("the cheapest way", *configured(what, {**ladder, "choice": "cheapest"}))


def on_the_way():
    whose = {"liquidation": 7, "account": "alice"}
    estimates = [
        {"method": method, "venue": venue, "expectedCost": cost, "expectedMs": 1500}
        for (method, venue), cost in zip(LADDER, ("12.5", None, "-0.25", None, "0", "99"))
    ]
    chosen = {
        "type": "RouteChosen",
        **whose,
        "choice": "cheapest",
        "routes": estimates,
        "route": 2,
        "untilMs": START + 600000,
        "marginEquity": "90",
        "maintenanceMargin": "100",
    }
    command = ("engine", 0, {"type": "StepLiquidation", "liquidation": 7})
    yield ("a way chosen", command, accepted(chosen))
    reasons = ("restored", "bankrupt", "exhausted", "no-taker", "no-room", "out-of-time", "toxic",
               "unavailable")
    for at, reason in enumerate(reasons):
        method, venue = LADDER[at % len(LADDER)]
        left = {"type": "RouteLeft", **whose, "route": at, "method": method, "venue": venue,
                "reason": reason}
        yield (f"a way left: {reason}", command, accepted(left))
    routed = {"type": "OrderRouted", "liquidation": 7, "order": 12, "venue": "other-venue"}
    yield ("an order sent to an outside venue", command, accepted(routed))


def cases():
    for seq, (title, command, outcome) in enumerate((*configurations(), *on_the_way()), 1):
        yield (title, journaled(seq, START + seq, command, outcome))
