"""Cases of journal records: how accounts are closed, depth, volatility, breakers and gates."""

from record_views import accepted, journaled, moved, rejected

START = 1621382400000


def configured(what, parameters):
    """A command and the event that answers it, with the same parameters."""
    command, event = what
    return (
        ("operator", 1, {"type": command, "parameters": parameters}),
        accepted({"type": event, "parameters": parameters}),
    )


def configurations():
    close_outs = {
        "policy": "proportional",
        "fixedShare": "0.2",
        "orderStyle": "limit",
        "repriceStep": "0.05",
        "reportGraceMs": 5000,
        "deferralMs": 1000,
        "penaltyPerShortfall": "0.01",
        "penaltyPerVolatility": "0.002",
        "penaltyPerThinness": "0.003",
        "penaltyFractionMax": "0.025",
        "providerShare": "0.4",
        "provider": "vault",
    }
    what = ("ConfigureCloseOuts", "CloseOutsConfigured")
    yield ("close-outs with a provider", *configured(what, close_outs))
    plain = {**close_outs, "policy": "everything", "orderStyle": "immediate-or-cancel"}
    yield ("close-outs without a provider", *configured(what, {**plain, "provider": None}))
    liquidity = {
        "market": "BTC-PERP",
        "impactModel": "linear",
        "impactCoefficient": "1.1",
        "dailyVolatility": "0.04",
        "dailyVolume": "25000000000",
        "volatilityTimeConstantMs": 1800000,
        "depthTimeConstantMs": 60000,
        "depthStalenessMsMax": 10000,
        "depthShare": "0.25",
        "windowMs": 900000,
        "windowNotionalMax": "40000000.000000000000000001",
        "windowDepthMultiple": "3",
        "openOrdersNotionalMax": "5000000",
        "rampMs": 30000,
        "rampInitialFraction": "0.2",
        "smallNotional": "100000",
        "hedgeGroup": "majors",
        "openInterestMax": "1000000000",
    }
    what = ("ConfigureLiquidity", "LiquidityConfigured")
    yield ("liquidity with every limit", *configured(what, liquidity))
    limits = ("depthShare", "windowNotionalMax", "windowDepthMultiple", "openOrdersNotionalMax")
    absent = {name: None for name in (*limits, "hedgeGroup", "openInterestMax")}
    unlimited = {**liquidity, **absent, "impactModel": "square-root"}
    yield ("liquidity without limits", *configured(what, unlimited))
    breakers = {
        "market": "BTC-PERP",
        "jumpDeviations": "6",
        "sourceSpreadMax": "0.01",
        "depthFloor": "0.3",
        "staleTrips": True,
        "gates": ["takes", "liquidations", "close-outs"],
        "holdMs": 15000,
        "limitMs": 300000,
        "releaseShare": "0.5",
    }
    what = ("ConfigureBreakers", "BreakersConfigured")
    yield ("breakers for every reason", *configured(what, breakers))
    absent = {"jumpDeviations": None, "sourceSpreadMax": None, "depthFloor": None}
    off = {**breakers, **absent, "staleTrips": False, "gates": []}
    yield ("breakers switched off", *configured(what, off))


def gates_by_hand():
    closed = {
        "market": "BTC-PERP",
        "gate": "takes",
        "closed": True,
        "untilMs": START + 60000,
        "reason": "venue-outage",
    }
    opened = {
        "market": None,
        "gate": "withdrawals",
        "closed": False,
        "untilMs": None,
        "reason": "all-clear",
    }
    for title, given in (
        ("a gate of a market closed until a time", closed),
        ("a gate of the pool opened", opened),
    ):
        answer = accepted({"type": "GateSet", **given})
        yield (title, ("operator", 2, {"type": "SetGate", **given}), answer)


def tripped(reason, gates, measured, threshold):
    return {
        "type": "BreakerTripped",
        "market": "BTC-PERP",
        "reason": reason,
        "gates": gates,
        "measured": measured,
        "threshold": threshold,
        "untilMs": START + 300000,
    }


def breakers_at_work():
    depth = {
        "market": "BTC-PERP",
        "timeMs": START,
        "bids": [{"price": "43000", "size": "0.5"}, {"price": "42999.5", "size": "12.75"}],
        "asks": [{"price": "43001", "size": "0.000000000000000001"}],
    }
    average = {"value": "569743.625", "weightMs": "59999.5", "timeMs": START}
    yield (
        "depth, whose collapse trips a breaker",
        ("venue", 2, {"type": "ReportDepth", **depth}),
        accepted(
            {"type": "DepthReported", **depth, "average": average},
            tripped("depth-collapsed", ["close-outs"], "0.999999999999999999", "0.7"),
        ),
    )
    nothing = {"market": "BTC-PERP", "timeMs": 0, "bids": [], "asks": []}
    no_average = {"value": "0", "weightMs": "1", "timeMs": 0}
    yield (
        "depth of an empty book",
        ("venue", 3, {"type": "ReportDepth", **nothing}),
        accepted({"type": "DepthReported", **nothing, "average": no_average}),
    )
    prices = {"indexReports": [], "bookReports": [], "outsideReports": [], "indexes": []}
    variances = [
        {"market": market, "variance": {"value": value, "weightMs": "1", "timeMs": START}}
        for market, value in (("BTC-PERP", "0.0016"), ("ETH-PERP", "1000000"))
    ]
    report = {"type": "ReportPrices", "indexes": [], "books": [], "outside": []}
    yield (
        "volatility, and a jump of the price",
        ("feed", 2, report),
        accepted(
            {"type": "PricesUpdated", **prices, "marks": []},
            {"type": "VolatilityMeasured", "markets": variances},
            tripped("price-jump", ["liquidations", "takes"], "0.12", "0.034641016151377546"),
            tripped("sources-disagree", [], "0.011", "0.01"),
        ),
    )
    about = lambda reason: {"market": "BTC-PERP", "reason": reason}
    yield (
        "breakers tripped, released and armed again by a tick",
        ("clock", 3, {"type": "Tick"}),
        accepted(
            {"type": "TimePassed"},
            {"type": "BreakerReleased", **about("price-stale"), "cause": "calm"},
            {"type": "BreakerReleased", **about("sources-disagree"), "cause": "time-limit"},
            {"type": "BreakerRearmed", **about("price-jump")},
            tripped("depth-collapsed", ["takes"], "0.75", "0.7"),
        ),
    )


def plan_of(policy, style, restores, legs):
    names = ("market", "closable", "size", "expectedCost")
    return {
        "type": "CloseOutPlanned",
        "liquidation": 3,
        "account": "alice",
        "policy": policy,
        "orderStyle": style,
        "penaltyFraction": "0.0125",
        "restores": restores,
        "legs": [dict(zip(names, leg)) for leg in legs],
    }


def placed(number, size, bankruptcy_price):
    return {
        "type": "CloseOutOrderPlaced",
        "liquidation": 3,
        "order": number,
        "account": "alice",
        "market": "BTC-PERP",
        "size": size,
        "limitPrice": "42500",
        "expiresAtMs": START + 2000,
        "markPrice": "43000",
        "fillablePrice": "42400",
        "bankruptcyPrice": bankruptcy_price,
        "equity": "900",
        "marginEquity": "899.5",
        "maintenanceMargin": "1200",
    }


# Every policy once, with a style and whether closing what it asks for restores the account.
POLICIES = (
    ("least-impact", "limit", True),
    ("proportional", "immediate-or-cancel", True),
    ("largest-first", "limit", False),
    ("fixed-share", "immediate-or-cancel", False),
    ("everything", "limit", False),
)


def close_outs_at_work():
    step = ("engine", 0, {"type": "StepLiquidation", "liquidation": 3})
    legs = [("BTC-PERP", "1.5", "0.75", "806.25"), ("ETH-PERP", "0", "0", "0")]
    for number, (policy, style, restores) in enumerate(POLICIES, start=20):
        plan = plan_of(policy, style, restores, legs if restores else legs[:1])
        order = placed(number, "-0.75", None if restores else "42100.000000000000000001")
        yield (f"an order of the policy {policy}", step, accepted(plan, order))
    for reason in ("restored", "repriced", "gate-closed"):
        cancel = {"type": "OrderCancelRequested", "liquidation": 3, "order": 20}
        yield (f"an order taken back: {reason}", step, accepted({**cancel, "reason": reason}))
    deferred = {
        "type": "CloseOutDeferred",
        "liquidation": 3,
        "account": "alice",
        "notBeforeMs": START + 1000,
        "marginEquity": "-0.000000000000000001",
        "maintenanceMargin": "1200",
    }
    yield ("a close-out that found no room", step, accepted(deferred))
    finished = {"order": 20, "reason": "canceled"}
    yield (
        "an order that the venue took back",
        ("venue", 4, {"type": "FinishOrder", **finished}),
        accepted({"type": "OrderFinished", **finished, "liquidation": 3, "unfilled": "-0.75"}),
    )


def fills():
    fill = {
        "type": "RecordFill",
        "market": "BTC-PERP",
        "buyer": "maker",
        "seller": "alice",
        "size": "0.25",
        "price": "43000",
        "buyerFee": "0",
        "sellerFee": "0",
        "order": 21,
    }
    yield (
        "a penalty of which the provider has a share",
        ("venue", 5, fill),
        accepted(
            {
                "type": "FillRecorded",
                "market": "BTC-PERP",
                "price": "43000",
                "value": "10750",
                "buyer": moved("maker", "0.25", "10750"),
                "seller": moved("alice", "-0.25", "-11000", "-250"),
                "order": 21,
                "liquidation": 3,
            },
            {
                "type": "PenaltyCharged",
                "liquidation": 3,
                "account": "alice",
                "notional": "10750",
                "penalty": "134.375",
                "keeperReward": "13.4375",
                "keeper": "scout",
                "insuranceContribution": "114.21875",
                "burned": "6.71875",
            },
            {"type": "ProviderPaid", "liquidation": 3, "provider": "vault", "amount": "53.75"},
        ),
    )
    ordinary = {**fill, "order": None}
    cap = rejected("OPEN_INTEREST_CAP_EXCEEDED", market="BTC-PERP")
    yield ("a fill beyond the open interest cap", ("venue", 6, ordinary), cap)
    closed = rejected("GATE_CLOSED", market="BTC-PERP", gate="takes")
    yield ("a take where its gate is closed", ("venue", 7, fill), closed)


def cases():
    parts = (configurations, gates_by_hand, breakers_at_work, close_outs_at_work, fills)
    every = [case for part in parts for case in part()]
    for seq, (title, sent, outcome) in enumerate(every, start=12):
        yield (title, journaled(seq, START + seq, sent, outcome))
