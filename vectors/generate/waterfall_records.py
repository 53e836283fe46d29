"""Cases of journal records: the waterfall, its layers, and who provides them."""

from record_views import accepted, journaled

START = 1621389500000
STEP = ("engine", 0, {"type": "StepLiquidation", "liquidation": 9})


def configurations():
    whole = {
        "bufferMax": "50000",
        "bufferShare": "0.25",
        "windowMs": 3600000,
        "windowCap": "1000000",
        "marketCaps": [{"market": "BTC-PERP", "cap": "400000.5"}],
        "premiumIntervalMs": 28800000,
        "adlRiskExponent": 2,
        "adlRiskThreshold": "3.5",
        "tranches": [
            {
                "tranche": "junior",
                "eventMax": "100000",
                "premiumRate": "0.12",
                "noticeMs": 604800000,
                "exitWindowMs": 86400000,
            },
            {
                "tranche": "senior",
                "eventMax": "250000.000000000000000001",
                "premiumRate": "0",
                "noticeMs": 0,
                "exitWindowMs": 1,
            },
        ],
    }
    none = {
        **whole,
        "bufferMax": "0",
        "windowCap": None,
        "marketCaps": [],
        "adlRiskThreshold": None,
        "tranches": [],
    }
    for title, parameters in (("a waterfall of every layer", whole), ("a waterfall of none", none)):
        command = {"type": "ConfigureWaterfall", "parameters": parameters}
        configured = {"type": "WaterfallConfigured", "parameters": parameters}
        yield (title, ("operator", 9, command), accepted(configured))


def providers():
    trade = {
        "provider": "dora",
        "tranche": "junior",
        "amount": "500.25",
        "shares": "499.75",
        "capital": "2001",
        "sharesTotal": "1999",
    }
    deposit = {"type": "DepositTranche", "tranche": "junior", "provider": "dora", "amount": "500.25"}
    premium = {
        "type": "PremiumPaid",
        "tranche": "junior",
        "fromMs": START,
        "untilMs": START + 28800000,
        "amount": "0.000000000000000001",
    }
    deposited = accepted(premium, {"type": "TrancheDeposited", **trade})
    yield ("a deposit into a tranche", ("dora", 1, deposit), deposited)
    wish = {"type": "RequestTrancheExit", "tranche": "junior", "provider": "dora", "shares": "1"}
    requested = {
        "type": "TrancheExitRequested",
        "provider": "dora",
        "tranche": "junior",
        "shares": "1",
        "exitMs": START + 604800000,
        "untilMs": START + 691200000,
    }
    yield ("the request to leave a tranche", ("dora", 2, wish), accepted(requested))
    redeem = {"type": "RedeemTranche", "tranche": "junior", "provider": "dora"}
    redeemed = accepted({"type": "TrancheRedeemed", **trade})
    yield ("a redemption of a tranche", ("dora", 3, redeem), redeemed)
    pay = {"type": "PayPremium", "tranche": "junior"}
    yield ("a premium", ("engine", 0, pay), accepted({**premium, "amount": "12.5"}))


def layers():
    whose = {"liquidation": 9, "account": "alice"}
    paid = (
        {"type": "BufferPaid", **whose, "amount": "50000"},
        {"type": "DeficitCovered", **whose, "deficit": "100.5", "paid": "90.25"},
        {"type": "TranchePaid", **whose, "tranche": "junior", "amount": "10.25"},
    )
    yield ("a deficit that every layer pays a part of", STEP, accepted(*paid))
    repaid = (
        {"type": "TrancheRepaid", **whose, "tranche": "junior", "amount": "10.25"},
        {"type": "CoverRepaid", **whose, "amount": "90.25"},
        {"type": "BufferRepaid", **whose, "amount": "0.000000000000000001"},
    )
    yield ("layers that are repaid", STEP, accepted(*repaid))
    filled = {"type": "BufferFilled", "liquidation": 9, "amount": "3.125"}
    yield ("a buffer that is filled", STEP, accepted(filled))


def shared_losses():
    for basis, share in (("open-interest", "0.05"), ("profits", "1")):
        parameters = {"basis": basis, "notionalShareMax": share}
        command = {"type": "ConfigureLossSharing", "parameters": parameters}
        configured = {"type": "LossSharingConfigured", "parameters": parameters}
        yield (f"losses that go to {basis}", ("operator", 10, command), accepted(configured))
    # 10 over 2 · 1.5 contracts is 3.33… each, up; what that is beyond the loss the fund has.
    spread = {
        "type": "LossSpread",
        "liquidation": 9,
        "account": "alice",
        "market": "BTC-PERP",
        "amount": "10",
        "openInterest": "3",
        "markPrice": "80",
        "lossIndexBefore": "0.25",
        "lossIndexAfter": "3.583333333333333334",
    }
    residue = {
        "type": "FundingResidueCollected",
        "market": "BTC-PERP",
        "amount": "0.000000000000000002",
    }
    yield ("a loss that open interest takes on", STEP, accepted(spread, residue))


def hedges():
    loadings = [
        {"market": "BTC-PERP", "loading": "1500.000000000000000001"},
        {"market": "ETH-PERP", "loading": "90"},
    ]
    for title, parameters in (
        ("deleveraging that protects hedges", {"hedges": "protect", "loadings": loadings}),
        ("deleveraging market by market", {"hedges": "ignore", "loadings": []}),
    ):
        command = {"type": "ConfigureDeleveraging", "parameters": parameters}
        configured = {"type": "DeleveragingConfigured", "parameters": parameters}
        yield (title, ("operator", 11, command), accepted(configured))
    overridden = {
        "type": "HedgesOverridden",
        "liquidation": 9,
        "market": "BTC-PERP",
        "factorLoading": "1500.000000000000000001",
        "quantity": "2.5",
        "gap": "0.000000000000000001",
    }
    yield ("hedges that nobody could keep", STEP, accepted(overridden))


def cases():
    all_cases = (*configurations(), *providers(), *layers(), *shared_losses(), *hedges())
    for seq, (title, command, outcome) in enumerate(all_cases, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
