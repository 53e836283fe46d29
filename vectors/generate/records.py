"""Journal records as bytes."""

import amm_vault_records
import waterfall_records
import auction_records
import closing_records
import direct_records
import guard_records
import ledger_records
import link_records
import lending_records
import routing_records
from record_shapes import record
from record_views import accepted, journaled, moved, rejected


def encoded(given):
    return {"bytes": record(given).hex()}


# 2^127 − 1 units: the largest quantity.
LARGEST = "170141183460469231731.687303715884105727"


def cases():
    usdc = {"account": "alice", "asset": "USDC", "amount": "1234.56"}
    yield (
        "a deposit",
        journaled(
            3,
            1621382400000,
            ("api", 7, {"type": "Deposit", **usdc}),
            accepted({"type": "Deposited", **usdc}),
        ),
    )
    yield (
        "a rejection with its facts",
        journaled(
            4,
            1621382400001,
            ("api", 8, {"type": "Withdraw", **usdc}),
            rejected("BALANCE_INSUFFICIENT", account="alice", asset="USDC"),
        ),
    )
    yield (
        "the last rejection code, no facts, time and numbers at their largest",
        journaled(
            2**53 - 1,
            2**53 - 1,
            ("engine", 0, {"type": "StepLiquidation", "liquidation": 2**53 - 1}),
            rejected("SETTLEMENT_NOT_DUE"),
        ),
    )
    yield ("time alone", journaled(5, 0, ("clock", 1, {"type": "Tick"}), accepted({"type": "TimePassed"})))
    yield ("no events at all", journaled(6, 1, ("clock", 2, {"type": "Tick"}), accepted()))
    child = {"account": "a/b:c-d_e.f", "owner": "alice", "parent": "alice", "market": "BTC-PERP"}
    yield (
        "an isolated account: every absent field present",
        journaled(
            7,
            2,
            ("api", 9, {"type": "OpenAccount", **child}),
            accepted({"type": "AccountOpened", **child}),
        ),
    )
    index_report_of = lambda confidence: {
        "index": "BTC",
        "source": "binance",
        "price": "43001.000000000000000001",
        "timeMs": 1621382400000,
        "confidence": confidence,
    }
    book = {"market": "BTC-PERP", "bid": "43000", "ask": "43002", "last": "43001", "timeMs": 1}
    outside = {"market": "BTC-PERP", "source": "okx", "price": "43003.5", "timeMs": 2}
    yield (
        "prices: reports, an index gone stale, a frozen and a live mark",
        journaled(
            8,
            1621382400002,
            (
                "feed",
                1,
                {
                    "type": "ReportPrices",
                    "indexes": [index_report_of(None), index_report_of("0.001")],
                    "books": [book],
                    "outside": [outside],
                },
            ),
            accepted(
                {
                    "type": "PricesUpdated",
                    "indexReports": [index_report_of("0.001")],
                    "bookReports": [book],
                    "outsideReports": [outside],
                    "indexes": [
                        {"index": "BTC", "indexPrice": None, "sourcesLive": 0},
                        {"index": "ETH", "indexPrice": "2500", "sourcesLive": 2},
                    ],
                    "marks": [
                        {
                            "market": "BTC-PERP",
                            "markPrice": None,
                            "mode": "frozen",
                            "indexPrice": None,
                            "basisAverage": None,
                            "bookAverage": None,
                        },
                        {
                            "market": "ETH-PERP",
                            "markPrice": "2500.5",
                            "mode": "live",
                            "indexPrice": "2500",
                            "basisAverage": {"value": "-0.25", "weightMs": "150000", "timeMs": 3},
                            "bookAverage": {"value": "2500.25", "weightMs": "1", "timeMs": 4},
                        },
                    ],
                }
            ),
        ),
    )
    yield (
        "a fill of a close-out order, with negative quantities and the largest ones",
        journaled(
            9,
            1621382400003,
            (
                "venue",
                1,
                {
                    "type": "RecordFill",
                    "market": "BTC-PERP",
                    "buyer": "maker",
                    "seller": "alice",
                    "size": "0.25",
                    "price": "43001",
                    "buyerFee": "0",
                    "sellerFee": "-0.000000000000000001",
                    "order": 12,
                },
            ),
            accepted(
                {
                    "type": "FillRecorded",
                    "market": "BTC-PERP",
                    "price": "43001",
                    "value": "10750.25",
                    "buyer": moved("maker", "0.25", "10750.25", fee=LARGEST),
                    "seller": moved(
                        "alice",
                        "-0.25",
                        "-12000.5",
                        "-1250.250000000000000001",
                        ("-0.000000000000000034", "-33300000000000000001"),
                        f"-{LARGEST}",
                    ),
                    "order": 12,
                    "liquidation": 3,
                },
                {
                    "type": "OrderFinished",
                    "order": 12,
                    "liquidation": 3,
                    "reason": "filled",
                    "unfilled": "0",
                },
            ),
        ),
    )
    yield (
        "two liquidations started",
        journaled(
            10,
            1621382400004,
            ("engine", 0, {"type": "StartLiquidations", "accounts": ["alice", "bob"]}),
            accepted(
                *(
                    {
                        "type": "LiquidationStarted",
                        "liquidation": number,
                        "account": account,
                        "equity": "-1.5",
                        "marginEquity": "-2",
                        "maintenanceMargin": "4.725",
                    }
                    for number, account in ((4, "alice"), (5, "bob"))
                )
            ),
        ),
    )
    counterparty = lambda account, price: {
        "change": moved(account, "0.5", "-50", "10", ("0.1", "10" + "0" * 34)),
        "price": price,
        "value": "45",
        "taken": "5",
    }
    yield (
        "auto-deleveraging, then bad debt",
        journaled(
            11,
            1621382400005,
            ("engine", 0, {"type": "StepLiquidation", "liquidation": 4}),
            accepted(
                {
                    "type": "PositionsDeleveraged",
                    "liquidation": 4,
                    "market": "BTC-PERP",
                    "policy": "queue",
                    "markPrice": "80",
                    "bankruptcyPrice": "90",
                    "bankruptcyQuote": "90",
                    "liquidated": moved("alice", "-1", "-100", "-10"),
                    "counterparties": [counterparty("bob", "90"), counterparty("carol", None)],
                    "residualLoss": "0",
                },
                {
                    "type": "BadDebtSettled",
                    "liquidation": 4,
                    "account": "alice",
                    "badDebt": "10",
                    "insurancePaid": "1",
                    "socialized": [
                        {"account": "bob", "amount": "3.333333333333333334"},
                        {"account": "carol", "amount": "3.333333333333333333"},
                    ],
                    "unallocated": "2.333333333333333333",
                },
            ),
        ),
    )
    yield from closing_records.cases()
    yield from ledger_records.cases()
    yield from routing_records.cases()
    yield from lending_records.cases()
    yield from direct_records.cases()
    yield from guard_records.cases()
    yield from amm_vault_records.cases()
    yield from waterfall_records.cases()
    yield from auction_records.cases()
    yield from link_records.cases()


VECTORS = [
    {
        "name": "journal-record",
        "path": "codec/records.json",
        "spec": "The canonical binary encoding of a journal record, in hexadecimal; the input is its "
        "JSON view. Recorded journals have these bytes: they never change.",
        "cases": cases,
        "compute": encoded,
    }
]
