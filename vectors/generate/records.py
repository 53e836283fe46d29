"""Journal records as bytes: an independent encoder of the canonical form.

The shapes are written out from docs/encoding.md, not taken from the TypeScript: big-endian,
fields in their order, strings with a two-byte length, quantities as 16 bytes of two's complement,
lists with a four-byte count, an absent value as one zero byte.
"""

from fractions import Fraction

WAD = 10**18


def quantity(text):
    units = Fraction(text) * WAD
    assert units.denominator == 1
    return int(units).to_bytes(16, "big", signed=True)


def exact(text):
    return int(text).to_bytes(32, "big", signed=True)


def whole(value):
    return value.to_bytes(8, "big")


def text(value):
    return len(value).to_bytes(2, "big") + value.encode("ascii")


def code16(value):
    return value.to_bytes(2, "big")


def nullable(shape):
    return lambda value: b"\0" if value is None else b"\1" + shape(value)


def many(shape):
    return lambda values: len(values).to_bytes(4, "big") + b"".join(map(shape, values))


def word(*words):
    return lambda value: bytes([words.index(value)])


def fields(**shapes):
    def encode(value):
        assert set(value) - {"type"} == set(shapes), (sorted(value), sorted(shapes))
        return b"".join(shape(value[name]) for name, shape in shapes.items())

    return encode


def union(**variants):
    return lambda value: code16(variants[value["type"]][0]) + variants[value["type"]][1](value)


movement = fields(account=text, asset=text, amount=quantity)
opening = fields(account=text, owner=text, parent=nullable(text), market=nullable(text))
index_report = fields(
    index=text, source=text, price=quantity, timeMs=whole, confidence=nullable(quantity)
)
book_report = fields(market=text, bid=quantity, ask=quantity, last=quantity, timeMs=whole)
outside_report = fields(market=text, source=text, price=quantity, timeMs=whole)
average = fields(value=quantity, weightMs=quantity, timeMs=whole)
change = fields(
    account=text,
    sizeDelta=quantity,
    entryValueDelta=quantity,
    realizedPnl=quantity,
    fundingPayment=quantity,
    fundingExact=exact,
    fee=quantity,
)
mark = fields(
    market=text,
    markPrice=nullable(quantity),
    mode=word("live", "frozen"),
    indexPrice=nullable(quantity),
    basisAverage=nullable(average),
    bookAverage=nullable(average),
)

command = union(
    OpenAccount=(201, opening),
    Deposit=(202, movement),
    Withdraw=(203, movement),
    ReportPrices=(
        301,
        fields(indexes=many(index_report), books=many(book_report), outside=many(outside_report)),
    ),
    RecordFill=(
        302,
        fields(
            market=text,
            buyer=text,
            seller=text,
            size=quantity,
            price=quantity,
            buyerFee=quantity,
            sellerFee=quantity,
            order=nullable(whole),
        ),
    ),
    Tick=(305, fields()),
    StartLiquidations=(401, fields(accounts=many(text))),
    StepLiquidation=(402, fields(liquidation=whole)),
)

event = union(
    AccountOpened=(201, opening),
    Deposited=(202, movement),
    PricesUpdated=(
        301,
        fields(
            indexReports=many(index_report),
            bookReports=many(book_report),
            outsideReports=many(outside_report),
            indexes=many(fields(index=text, indexPrice=nullable(quantity), sourcesLive=whole)),
            marks=many(mark),
        ),
    ),
    FillRecorded=(
        302,
        fields(
            market=text,
            price=quantity,
            value=quantity,
            buyer=change,
            seller=change,
            order=nullable(whole),
            liquidation=nullable(whole),
        ),
    ),
    OrderFinished=(
        303,
        fields(
            order=whole,
            liquidation=whole,
            reason=word("filled", "expired", "rejected"),
            unfilled=quantity,
        ),
    ),
    TimePassed=(306, fields()),
    LiquidationStarted=(
        401,
        fields(
            liquidation=whole,
            account=text,
            equity=quantity,
            marginEquity=quantity,
            maintenanceMargin=quantity,
        ),
    ),
    PositionsDeleveraged=(
        407,
        fields(
            liquidation=whole,
            market=text,
            policy=word("minimax-leverage", "queue"),
            markPrice=quantity,
            bankruptcyPrice=nullable(quantity),
            bankruptcyQuote=quantity,
            liquidated=change,
            counterparties=many(
                fields(change=change, price=nullable(quantity), value=quantity, taken=quantity)
            ),
            residualLoss=quantity,
        ),
    ),
    BadDebtSettled=(
        408,
        fields(
            liquidation=whole,
            account=text,
            badDebt=quantity,
            insurancePaid=quantity,
            socialized=many(fields(account=text, amount=quantity)),
            unallocated=quantity,
        ),
    ),
)

CODES = {"DUPLICATE_COMMAND": 1001, "BALANCE_INSUFFICIENT": 2008, "SETTLEMENT_NOT_DUE": 4007}

record = fields(
    version=whole,
    seq=whole,
    time=whole,
    envelope=fields(source=text, sourceSeq=whole, command=command),
    outcome=union(
        Accepted=(1, fields(events=many(event))),
        Rejected=(
            2,
            fields(
                rejection=fields(
                    code=lambda slug: code16(CODES[slug]),
                    details=many(fields(name=text, value=text)),
                )
            ),
        ),
    ),
)


def encoded(given):
    return {"bytes": record(given).hex()}


def journaled(seq, time, sent, outcome):
    source, source_seq, what = sent
    envelope = {"source": source, "sourceSeq": source_seq, "command": what}
    return {"version": 1, "seq": seq, "time": time, "envelope": envelope, "outcome": outcome}


def accepted(*events):
    return {"type": "Accepted", "events": list(events)}


def rejected(code, **details):
    given = [{"name": name, "value": value} for name, value in details.items()]
    return {"type": "Rejected", "rejection": {"code": code, "details": given}}


def moved(account, size, value, pnl="0", funding=("0", "0"), fee="0"):
    return {
        "account": account,
        "sizeDelta": size,
        "entryValueDelta": value,
        "realizedPnl": pnl,
        "fundingPayment": funding[0],
        "fundingExact": funding[1],
        "fee": fee,
    }


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
