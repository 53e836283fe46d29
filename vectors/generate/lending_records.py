"""Cases of journal records: lending and borrowing, and a debt closed in a liquidation."""

from closing_records import configured
from record_views import accepted, journaled, rejected

START = 1621382400000

TERMS = {
    "asset": "ETH",
    "loanToValue": "0.75",
    "liabilityWeight": "1.05",
    "liabilityWeightInitial": "1.1",
    "rateAtZero": "0",
    "rateAtKink": "0.04",
    "rateAtFull": "0.75",
    "kinkUtilization": "0.8",
    "reserveShare": "0.1",
    "accrualIntervalMs": 3600000,
    "borrowMax": "100000",
    "debtMin": "10",
    "closeFactor": "0.5",
    "closeFactorHealth": "0.95",
    "liquidationBonus": "0.05",
}


def configurations():
    what = ("ConfigureLending", "LendingConfigured")
    yield ("an asset that is lent", *configured(what, TERMS))
    uncapped = {**TERMS, "asset": "USDC", "loanToValue": "1", "borrowMax": None}
    yield ("lending without a cap", *configured(what, uncapped))


def accrued(asset="ETH"):
    return {
        "type": "InterestAccrued",
        "asset": asset,
        "fromMs": START,
        "untilMs": START + 3600000,
        "utilization": "0.4",
        "borrowRate": "0.02",
        "debtIndexBefore": "1",
        "debtIndexAfter": "1.000002283105022832",
        "supplyIndexBefore": "1",
        "supplyIndexAfter": "1.000000821917808219",
        "interest": "0.000091324200913243",
        "supplyInterest": "0.00008219178082191",
        "reserveInterest": "0.000009132420091333",
    }


def at_a_desk():
    whose = {"account": "alice", "asset": "ETH"}
    sent = lambda kind, amount: ("api", 1, {"type": kind, **whose, "amount": amount})
    moved = lambda kind, index: {
        "type": kind, **whose, "amount": "12.5", "shares": "12.499999999999999999",
        index: "1.000000000000000001",
    }
    yield ("lent", sent("SupplyAsset", "12.5"), accepted(moved("AssetSupplied", "supplyIndex")))
    yield ("all of it lent", sent("SupplyAsset", None), accepted(accrued()))
    redeemed = accepted(accrued(), moved("SupplyRedeemed", "supplyIndex"))
    yield ("taken back", sent("RedeemSupply", None), redeemed)
    yield ("borrowed", sent("Borrow", "12.5"), accepted(accrued(), moved("Borrowed", "debtIndex")))
    yield ("repaid", sent("Repay", None), accepted(moved("Repaid", "debtIndex")))
    refused = rejected("LENDING_UNKNOWN", asset="ETH")
    yield ("an asset that is not lent", sent("Borrow", "1"), refused)
    yield ("the last refusal of lending", sent("Repay", "1"), rejected("INTEREST_NOT_DUE"))
    collect = ("operator", 2, {"type": "CollectReserve", "asset": "ETH"})
    for receiver in (None, "house"):
        paid = {"type": "ReserveCollected", "asset": "ETH", "amount": "3", "receiver": receiver}
        yield (f"a reserve paid to {receiver}", collect, accepted(paid))
    yield ("interest", ("engine", 0, {"type": "AccrueInterest", "asset": "ETH"}), accepted(accrued()))


def in_liquidation():
    step = ("engine", 0, {"type": "StepLiquidation", "liquidation": 7})
    whose = {"liquidation": 7, "account": "alice"}
    debt = {"asset": "ETH", "shares": "2", "amount": "2.000000000000000001",
            "debtIndex": "1.000000000000000001", "indexPrice": "2000"}
    own = {"type": "DebtRepaid", **whose, **debt, "payer": None, "value": "0"}
    yield ("a debt repaid out of the own holding", step, accepted(own))
    by_house = {**own, "payer": "house", "value": "4000.000000000000002"}
    yield ("a debt repaid by the house", step, accepted(by_house))
    assumed = {"type": "DebtAssumed", **whose, "debtor": "house", **debt, "value": "4000.000000000000002"}
    yield ("a debt assumed by the house", step, accepted(assumed))
    claim = {"asset": "ETH", "shares": "5", "amount": "5.5", "supplyIndex": "1.1"}
    yield ("a claim paid back", step, accepted({"type": "SupplyReleased", **whose, **claim}))
    bought = {"type": "SupplyConverted", **whose, "buyer": "house", **claim,
              "indexPrice": "2000", "weight": "0.8", "proceeds": "10476.190476190476190477"}
    yield ("a claim bought by the house", step, accepted(bought))


def cases():
    every = (*configurations(), *at_a_desk(), *in_liquidation())
    for seq, (title, command, outcome) in enumerate(every, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
