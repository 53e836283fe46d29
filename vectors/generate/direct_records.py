"""Cases of journal records: liquidators, bids for the right to be first, and finders."""

from closing_records import configured
from record_views import accepted, journaled, moved, rejected

START = 1621382400000
WHOSE = {"liquidation": 7, "account": "alice"}
ENGINE_STEP = ("engine", 0, {"type": "StepLiquidation", "liquidation": 7})


def configurations():
    terms = {
        "access": "permissioned",
        "liquidators": ["keeper-1", "keeper-2"],
        "minBonus": "0",
        "maxBonus": "0.08",
        "healthForMaxBonus": "0.25",
        "coolOffMs": 1000,
        "takeNotionalMin": "250",
        "priorityWindowMs": 4000,
        "priorityExclusiveMs": 2000,
        "priorityMin": "0.5",
        "priorityAccountShare": "0.75",
    }
    what = ("ConfigureDirect", "DirectConfigured")
    yield ("terms for permitted liquidators", *configured(what, terms))
    everyone = {**terms, "access": "open", "liquidators": [], "priorityWindowMs": 0}
    yield ("terms for everyone", *configured(what, everyone))
    finders = {
        "detection": "finders",
        "noticeMs": 3000,
        "flagReward": "2",
        "minReward": "1",
        "minProfitFraction": "0.2",
        "costMax": "10",
        "marginScale": "0.01",
        "maxReward": "500",
    }
    what = ("ConfigureFinders", "FindersConfigured")
    yield ("finders with a notice", *configured(what, finders))
    yield ("the engine as the only finder", *configured(what, {**finders, "detection": "engine"}))


def takes():
    take = {
        "type": "LiquidateDirect",
        "liquidator": "keeper-1",
        "account": "alice",
        "accountVersion": 12,
        "market": "BTC-PERP",
        "size": "0.5",
        "limitPrice": "42000",
    }
    before = {"equity": "90", "marginEquity": "80", "maintenanceMargin": "100"}
    event = {
        "type": "LiquidatedDirectly",
        **WHOSE,
        "liquidator": "keeper-1",
        "market": "BTC-PERP",
        "markPrice": "42000",
        "closeOutPrice": "41580",
        "notional": "21000",
        "bonusFraction": "0.01",
        "bonus": "210",
        "liquidated": moved("alice", "-0.5", "-20790", pnl="-3"),
        "taken": moved("keeper-1", "0.5", "20790"),
        "before": before,
        "after": {"equity": "88", "marginEquity": "78", "maintenanceMargin": "60"},
    }
    yield ("a take at a bonus", ("keeper", 1, take), accepted(event))
    unpriced = {**event, "closeOutPrice": None, "bonus": "0", "bonusFraction": "0"}
    yield ("a take at no price", ("keeper", 2, take), accepted(unpriced))
    for at, code in enumerate((
        "NOT_OPEN_TO_LIQUIDATORS",
        "LIQUIDATOR_NOT_PERMITTED",
        "OWN_ACCOUNT",
        "COOLING_OFF",
        "PRIORITY_HELD",
        "ACCOUNT_CHANGED",
        "TAKE_OUT_OF_RANGE",
    )):
        yield (f"a take refused: {code}", ("keeper", 3 + at, take), rejected(code))


def repayments():
    repay = {
        "type": "RepayDirect",
        "liquidator": "keeper-1",
        "account": "alice",
        "accountVersion": 13,
        "debtAsset": "USDC",
        "repay": "1000",
        "collateralAsset": "ETH",
        "seizeMin": "0.5",
    }
    event = {
        "type": "DebtRepaidDirectly",
        **WHOSE,
        "liquidator": "keeper-1",
        "debtAsset": "USDC",
        "shares": "952.38095238095238",
        "amount": "1000",
        "debtIndex": "1.05",
        "debtPrice": "1",
        "collateralAsset": "ETH",
        "seized": "0.51",
        "collateralPrice": "2000",
        "bonusFraction": "0.03",
        "bonus": "0.02",
        "before": {"equity": "500", "marginEquity": "-20", "maintenanceMargin": "0"},
        "after": {"equity": "480", "marginEquity": "164", "maintenanceMargin": "0"},
    }
    yield ("a debt repaid for collateral", ("keeper", 12, repay), accepted(event))
    yield ("a repayment refused", ("keeper", 13, repay), rejected("TAKE_OUT_OF_RANGE"))


def priority():
    bid = {"liquidation": 7, "bidder": "keeper-2", "amount": "3.25"}
    given = ("keeper", 20, {"type": "BidPriority", **bid})
    yield ("a bid for priority", given, accepted({"type": "PriorityBidPlaced", **bid}))
    yield ("a bid too late", given, rejected("PRIORITY_NOT_OFFERED"))
    yield ("a bid too low", given, rejected("PRIORITY_BID_TOO_LOW"))
    opened = {"type": "PriorityOpened", **WHOSE, "untilMs": START + 4000}
    yield ("a window opens", ENGINE_STEP, accepted(opened))
    awarded = {
        "type": "PriorityAwarded",
        **WHOSE,
        "bids": [
            {"bidder": "keeper-1", "amount": "9", "payable": False},
            {"bidder": "keeper-2", "amount": "3.25", "payable": True},
        ],
        "winner": "keeper-2",
        "payment": "3.25",
        "accountProceeds": "2.4375",
        "insuranceContribution": "0.8125",
        "untilMs": START + 6000,
    }
    yield ("priority goes to the highest that can pay", ENGINE_STEP, accepted(awarded))
    nobody = {"bids": [], "winner": None, "payment": "0", "accountProceeds": "0",
              "insuranceContribution": "0", "untilMs": START}
    yield ("priority goes to nobody", ENGINE_STEP, accepted({**awarded, **nobody}))


def finders():
    notice = {"type": "NoticeAccounts", "accounts": ["alice", "bob"], "recovered": ["carol"]}
    yield (
        "accounts noticed, and one that recovered",
        ("engine", 0, notice),
        accepted(
            {"type": "AccountsNoticed", "accounts": ["alice", "bob"], "untilMs": START + 3000},
            {"type": "NoticesDropped", "accounts": ["carol"]},
        ),
    )
    point = {"type": "PointAtAccount", "finder": "keeper-1", "account": "alice", "cost": "0.5"}
    started = {"type": "LiquidationStarted", **WHOSE, "equity": "90", "marginEquity": "80",
               "maintenanceMargin": "100"}
    named = {"type": "FinderNamed", **WHOSE, "finder": "keeper-1", "executionCost": "0.5",
             "marginEquity": "80", "due": "2.5"}
    given = ("keeper", 30, {**point, "witness": None})
    yield ("a finder names an account", given, accepted(started, named))
    given = ("keeper", 31, {**point, "witness": 4})
    yield ("a finder with a witness", given, rejected("INVALID_PARAMETER"))


def cases():
    groups = (configurations(), takes(), repayments(), priority(), finders())
    every = [case for group in groups for case in group]
    for seq, (title, command, outcome) in enumerate(every, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
