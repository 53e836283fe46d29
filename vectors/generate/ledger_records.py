"""Cases of journal records: the first configuration, capital, funding, losses and settlement."""

from record_views import accepted, journaled, moved

START = 1621382500000
ENGINE_STEP = ("engine", 0, {"type": "StepLiquidation", "liquidation": 6})


def configured(command, event, parameters):
    sent = ("operator", 3, {"type": command, "parameters": parameters})
    return sent, accepted({"type": event, "parameters": parameters})


def pool_parameters(policy, cap, buyer):
    return {
        "settlementAsset": "USDC",
        "releaseRatio": "1.1",
        "penaltyFraction": "0.005",
        "keeperShare": "0.1",
        "burnShare": "0.05",
        "bankruptcyAdjustment": "1.25",
        "spreadToMaintenanceMarginRatio": "0.5",
        "orderTimeoutMs": 2000,
        "bookAttemptsMax": 3,
        "closeOutStepsMax": 40,
        "adlPolicy": policy,
        "adlFillsMax": 16,
        "startsPerRecordMax": 64,
        "settlementsPerRecordMax": 128,
        "insuranceEventCap": cap,
        "collateralBuyer": buyer,
        "fillBand": "0.2",
    }


def index_parameters(confidence, band):
    return {
        "index": "BTC",
        "sources": [{"source": "binance", "weight": "0.6"}, {"source": "okx", "weight": "0.4"}],
        "sourcesMin": 2,
        "stalenessMsMax": 30000,
        "confidenceMax": confidence,
        "sourceBand": band,
    }


def market_parameters(market, kind, band, expiry):
    return {
        "market": market,
        "kind": kind,
        "index": "BTC",
        "tiers": [
            {"notionalFloor": "0", "maintenanceMarginFraction": "0.004"},
            {"notionalFloor": "50000", "maintenanceMarginFraction": "0.0125"},
        ],
        "initialMarginFraction": "0.01",
        "openInterestLower": "1000000",
        "openInterestUpper": "2000000",
        "markBand": band,
        "basisTimeConstantMs": 150000,
        "bookTimeConstantMs": 10000,
        "averageGapMsMax": 60000,
        "bookStalenessMsMax": 20000,
        "outsideSources": [{"source": "okx", "weight": "1"}],
        "lot": "0.001",
        "notionalMin": "5",
        "expiryMs": expiry,
    }


def configurations():
    pool = ("ConfigurePool", "PoolConfigured")
    capped = pool_parameters("minimax-leverage", "1000000", "house")
    yield ("a pool", *configured(*pool, capped))
    bare = pool_parameters("queue", None, None)
    yield ("a pool without cap or buyer", *configured(*pool, bare))
    index = ("ConfigureIndex", "IndexConfigured")
    yield ("an index", *configured(*index, index_parameters("0.01", "0.05")))
    yield ("an index without bands", *configured(*index, index_parameters(None, None)))
    asset = {
        "asset": "WBTC",
        "index": "BTC",
        "collateralHaircut": "0.05",
        "concentrationFactor": "0.0001",
        "amountMax": "1000",
    }
    names = ("ConfigureAsset", "AssetConfigured")
    yield ("an asset", *configured(*names, asset))
    free = {**asset, "concentrationFactor": None, "amountMax": None}
    yield ("an asset without limits", *configured(*names, free))
    market = ("ConfigureMarket", "MarketConfigured")
    perpetual = market_parameters("BTC-PERP", "linear", "0.1", None)
    yield ("a perpetual", *configured(*market, perpetual))
    dated = market_parameters("BTC-0625", "inverse", None, START + 2**33)
    yield ("a dated future", *configured(*market, dated))


def capital():
    moved_out = {"account": "alice", "asset": "BTC", "amount": "0.000000000000000001"}
    yield (
        "a withdrawal",
        ("api", 10, {"type": "Withdraw", **moved_out}),
        accepted({"type": "Withdrawn", **moved_out}),
    )
    transfer = {"from": "alice", "to": "alice/btc", "asset": "USDC", "amount": "250"}
    yield (
        "a transfer",
        ("api", 11, {"type": "TransferCollateral", **transfer}),
        accepted({"type": "CollateralTransferred", **transfer}),
    )
    yield (
        "capital for the fund, which repays what nobody could bear",
        ("treasury", 1, {"type": "FundInsurance", "amount": "5000"}),
        accepted(
            {"type": "InsuranceFunded", "amount": "5000"},
            {"type": "UnallocatedLossRepaid", "amount": "2.333333333333333333"},
        ),
    )


def funding():
    yield (
        "funding that shorts pay, and what rounding left",
        (
            "clock",
            4,
            {"type": "AccrueFunding", "market": "BTC-PERP", "fundingRate": "-0.0001"},
        ),
        accepted(
            {
                "type": "FundingAccrued",
                "market": "BTC-PERP",
                "fundingRate": "-0.0001",
                "markPrice": "43000",
                "fundingIndexBefore": "12.9",
                "fundingIndexAfter": "8.6",
            },
            {
                "type": "FundingResidueCollected",
                "market": "BTC-PERP",
                "amount": "0.000000000000000003",
            },
        ),
    )


def losses():
    about = {"liquidation": 6, "account": "alice"}
    for reason in ("bankrupt", "book-exhausted", "steps-exhausted", "toxic", "routes-exhausted"):
        takeover = {"type": "TakeoverDecided", **about, "reason": reason, "equity": "-10"}
        yield (f"a takeover: {reason}", ENGINE_STEP, accepted(takeover))
    yield (
        "collateral converted",
        ENGINE_STEP,
        accepted(
            {
                "type": "CollateralConverted",
                **about,
                "buyer": "house",
                "asset": "BTC",
                "amount": "0.5",
                "indexPrice": "43000",
                "weight": "0.95",
                "proceeds": "20425",
            }
        ),
    )
    ended = {"equity": "20", "marginEquity": "19", "maintenanceMargin": "10", "steps": 7}
    for outcome in ("restored", "closed", "bankrupt"):
        end = {"type": "LiquidationEnded", **about, "outcome": outcome, **ended}
        yield (f"a liquidation ended: {outcome}", ENGINE_STEP, accepted(end))
    yield (
        "a deficit covered, and repaid",
        ENGINE_STEP,
        accepted(
            {"type": "DeficitCovered", **about, "deficit": "12.5", "paid": "10"},
            {"type": "CoverRepaid", **about, "amount": "4"},
        ),
    )


def settlement():
    settle = ("engine", 0, {"type": "SettleMarket", "market": "BTC-0625"})
    fixed = {"market": "BTC-0625", "settlementPrice": "43000"}
    positions = [
        {"change": moved("alice", "-1", "-42000", "1000"), "value": "43000"},
        {"change": moved("bob", "1", "42000", "-1000"), "value": "-43000"},
    ]
    yield (
        "a market settled",
        settle,
        accepted(
            {"type": "SettlementPriceFixed", **fixed},
            {"type": "PositionsSettled", **fixed, "positions": positions, "nextAccount": 2},
            {"type": "MarketSettled", "market": "BTC-0625", "residue": "-0.000000000000000001"},
        ),
    )


def cases():
    parts = (configurations, capital, funding, losses, settlement)
    every = [case for part in parts for case in part()]
    for seq, (title, sent, outcome) in enumerate(every, start=100):
        yield (title, journaled(seq, START + seq, sent, outcome))
