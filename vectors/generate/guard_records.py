"""Cases of journal records: guards of prices, and the marks that were decided under them."""

from closing_records import configured
from record_views import accepted, journaled

START = 1621382400000


def configurations():
    every = {
        "market": "BTC-PERP",
        "stableTimeConstantMs": 3600000,
        "deviationMax": "0.1",
        "markStepPerSecond": "0.02",
        "confidenceFactor": "2.5",
        "tradingStalenessMsMax": 5000,
    }
    what = ("ConfigurePriceGuards", "PriceGuardsConfigured")
    yield ("every guard of a market's prices", *configured(what, every))
    none = {name: None for name in every} | {"market": "BTC-PERP"}
    yield ("no guard of a market's prices", *configured(what, none))


def marks():
    nothing = {"indexReports": [], "bookReports": [], "outsideReports": [], "indexes": []}
    guarded = [
        {
            "market": "BTC-PERP",
            "stablePrice": {"value": "42999.5", "weightMs": "3600000.5", "timeMs": START},
            "unboundMark": "40000.000000000000000001",
        },
        {"market": "ETH-PERP", "stablePrice": None, "unboundMark": None},
    ]
    report = {"type": "ReportPrices", "indexes": [], "books": [], "outside": []}
    yield (
        "marks decided under guards",
        ("feed", 3, report),
        accepted(
            {"type": "PricesUpdated", **nothing, "marks": []},
            {"type": "MarksGuarded", "markets": guarded},
        ),
    )


def cases():
    for seq, (title, command, outcome) in enumerate((*configurations(), *marks()), 1):
        yield (title, journaled(seq, START + seq, command, outcome))
