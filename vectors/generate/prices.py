"""Index price, mark price, funding payment."""

from fractions import Fraction
from wad import Draw, down, read, show, up


def weighted_median_pair(values):
    """(lower, upper) around the middle of the weight; None without weight."""
    total = sum(weight for _, weight in values)
    if total == 0:
        return None
    ordered = sorted(values, key=lambda pair: pair[0])
    lower = upper = None
    cumulative = Fraction(0)
    for value, weight in ordered:
        cumulative += weight
        if lower is None and 2 * cumulative >= total:
            lower = value
        if 2 * cumulative > total:
            upper = value
            break
    return lower, upper


def weighted_median(values):
    pair = weighted_median_pair(values)
    return None if pair is None else down((pair[0] + pair[1]) / 2)


def own_reason(source, given):
    age = given["nowMs"] - source["timeMs"]
    if age < 0:
        return "from-the-future"
    if age > given["stalenessMsMax"]:
        return "stale"
    if read(source["price"]) <= 0:
        return "non-positive"
    confidence, cap = source.get("confidence"), given.get("confidenceMax")
    if confidence is not None and cap is not None and read(confidence) > read(cap):
        return "too-uncertain"
    return None


def index_price(given):
    sources = given["sources"]
    reasons = {s["id"]: own_reason(s, given) for s in sources}
    candidates = [s for s in sources if reasons[s["id"]] is None]
    if given.get("band") is not None:
        band = read(given["band"])
        outside = []
        for source in candidates:
            others = [
                (read(o["price"]), read(o["weight"])) for o in candidates if o["id"] != source["id"]
            ]
            pair = weighted_median_pair(others)
            if pair is None:
                continue
            median = (pair[0] + pair[1]) / 2
            if abs(read(source["price"]) - median) > band * median:
                outside.append(source["id"])
        for name in outside:
            reasons[name] = "outside-band"
    live = [s for s in sources if reasons[s["id"]] is None]
    price = None
    if len(live) >= given["sourcesMin"]:
        price = weighted_median([(read(s["price"]), read(s["weight"])) for s in live])
    return {
        "indexPrice": show(price),
        "live": [s["id"] for s in live],
        "rejected": [
            {"id": s["id"], "reason": reasons[s["id"]]}
            for s in sources
            if reasons[s["id"]] is not None
        ],
    }


def positive(value):
    return value if value is not None and value > 0 else None


def into_band(price, index, band):
    return min(max(price, up(index * (1 - band))), down(index * (1 + band)))


def middle(a, b, c):
    return sorted([a, b, c])[1]


def mark_price(given):
    variant = given.get("variant", "median")
    if variant == "median":
        return median_mark(given)
    index = read(given["indexPrice"])
    if variant == "clamped-last":
        last = min(max(read(given["lastPrice"]), read(given["bid"])), read(given["ask"]))
        mark = into_band(last, index, read(given["band"]))
    else:
        share = Fraction(given["timeToFundingMs"], given["fundingIntervalMs"])
        mark = down(index * (1 + read(given["fundingRate"]) * share))
        if variant == "basis-median":
            mark = middle(mark, index + read(given["basisEma"]), read(given["lastPrice"]))
    live = mark > 0
    return {
        "markPrice": show(mark) if live else None,
        "mode": "live" if live else "frozen",
        "classes": None,
    }


def median_mark(given):
    index = positive(read(given["indexPrice"]))
    basis = read(given.get("basisEma"))
    first = index if index is None or basis is None else positive(index + basis)
    book = given.get("book")
    second = book and positive(middle(*(read(book[key]) for key in ("bid", "ask", "last"))))
    outside = [
        (read(o["price"]), read(o["weight"]))
        for o in given.get("outside", [])
        if read(o["price"]) > 0
    ]
    third = weighted_median(outside)
    live = [value for value in (first, second, third) if value is not None]
    average = positive(read(given.get("bookEma")))
    classes = {"indexBasis": show(first), "book": show(second), "outside": show(third)}
    if len(live) < 2:
        return {"markPrice": given.get("previousMark"), "mode": "frozen", "classes": classes}
    if len(live) == 2:
        live.append(average if average is not None else down((live[0] + live[1]) / 2))
    mark = middle(*live)
    if index is not None and given.get("band") is not None:
        mark = into_band(mark, index, read(given["band"]))
    return {"markPrice": show(mark), "mode": "live", "classes": classes}


def funding_payment(given):
    change = read(given["fundingIndexAfter"]) - read(given["fundingIndexBefore"])
    return {"payment": show(down(-read(given["size"]) * change))}


def index_cases():
    now = 1621425600000
    def source(name, price, **more):
        return {"id": name, "price": price, "weight": "1", "timeMs": now - 1000, **more}

    base = {"nowMs": now, "stalenessMsMax": 5000, "sourcesMin": 2}
    three = [source("a", "39990.5"), source("b", "40000"), source("c", "40010.25")]
    yield "three equal sources", {**base, "sources": three}
    yield "exactly half the weight: the mean of the neighbors, rounded down", {
        **base,
        "sources": [source("a", "100.000000000000000001"), source("b", "100.000000000000000002")],
    }
    yield "one source carries more than half", {
        **base,
        "sources": [source("a", "1", weight="3"), source("b", "2"), source("c", "3")],
    }
    yield "too few live sources make no price", {**base, "sources": three[:1]}
    yield "stale at one millisecond over, live at the limit", {
        **base,
        "sources": [
            source("old", "1", timeMs=now - 5001),
            source("edge", "2", timeMs=now - 5000),
            source("ahead", "3", timeMs=now + 1),
            source("now", "4", timeMs=now),
        ],
    }
    yield "two sources that disagree reject each other", {
        **base,
        "sources": [source("a", "100"), source("b", "120")],
        "band": "0.05",
    }
    yield "the far one of three is outside the band", {
        **base,
        "sources": [source("a", "100"), source("b", "101"), source("c", "150")],
        "band": "0.05",
        "confidenceMax": "0.01",
    }
    draw = Draw(101)
    for number in range(24):
        sources = []
        for name in "abcdefg"[: draw.whole(1, 7)]:
            sources.append(
                source(
                    name,
                    draw.decimal("-1", "120", 6) if draw.chance(0.1) else draw.decimal("95", "105", 6),
                    weight=draw.decimal("0", "3", 2),
                    timeMs=now - draw.whole(0, 6000),
                )
            )
            if draw.chance(0.4):
                sources[-1]["confidence"] = draw.decimal("0", "0.02", 4)
        given = {**base, "sources": sources, "sourcesMin": draw.whole(1, 3)}
        if draw.chance(0.6):
            given["band"] = draw.decimal("0.005", "0.1", 4)
        if draw.chance(0.6):
            given["confidenceMax"] = draw.decimal("0", "0.02", 4)
        yield f"drawn {number + 1}", given


def mark_cases():
    book = {"bid": "10005", "ask": "10015", "last": "10012"}
    outside = [{"price": "10018", "weight": "1"}]
    yield "three classes", {
        "indexPrice": "10000",
        "basisEma": "20",
        "book": book,
        "outside": outside,
    }
    yield "two classes with the book's average as the third vote", {
        "indexPrice": "10000",
        "book": book,
        "bookEma": "10003.5",
    }
    yield "two classes without an average: their mean, rounded down", {
        "indexPrice": "10000.000000000000000001",
        "book": {"bid": "10002", "ask": "10002", "last": "10002"},
    }
    yield "one class freezes the mark", {"indexPrice": "10000", "previousMark": "9990"}
    yield "nothing and no previous mark", {"indexPrice": None}
    yield "the band wins over every class", {
        "indexPrice": "10000",
        "basisEma": "2000",
        "book": {"bid": "11990", "ask": "12010", "last": "12000"},
        "band": "0.1",
    }
    funding = {"indexPrice": "40000", "timeToFundingMs": 14400000, "fundingIntervalMs": 28800000}
    yield "funding still due", {**funding, "variant": "funding", "fundingRate": "0.000333333333333333"}
    yield "funding due to longs", {**funding, "variant": "funding", "fundingRate": "-0.0075"}
    yield "median with the basis and the last price", {
        **funding,
        "variant": "basis-median",
        "fundingRate": "0.0001",
        "basisEma": "-12.5",
        "lastPrice": "39990",
    }
    last = {"variant": "clamped-last", "indexPrice": "270", "bid": "271", "ask": "271.5"}
    yield "last above the ask", {**last, "lastPrice": "271.7", "band": "0.03"}
    yield "the book is outside the band", {
        **last, "bid": "281", "ask": "282", "lastPrice": "300", "band": "0.03333333333333333",
    }
    draw = Draw(102)
    for number in range(24):
        given = {"indexPrice": draw.decimal("90", "110", 18) if draw.chance(0.8) else None}
        if draw.chance(0.6):
            given["basisEma"] = draw.decimal("-5", "5", 18)
        if draw.chance(0.7):
            given["book"] = {key: draw.decimal("85", "115", 8) for key in ("bid", "ask", "last")}
        if draw.chance(0.5):
            given["bookEma"] = draw.decimal("85", "115", 18)
        if draw.chance(0.6):
            given["outside"] = [
                {"price": draw.decimal("90", "110", 8), "weight": draw.decimal("0", "2", 1)}
                for _ in range(draw.whole(0, 4))
            ]
        if draw.chance(0.5):
            given["previousMark"] = draw.decimal("90", "110", 2)
        if draw.chance(0.5):
            given["band"] = draw.decimal("0", "0.1", 18)
        yield f"drawn {number + 1}", given


def funding_cases():
    yield "a long pays a rising index", {
        "size": "2", "fundingIndexBefore": "10", "fundingIndexAfter": "12.5",
    }
    yield "a short receives the floor", {
        "size": "-0.333333333333333333",
        "fundingIndexBefore": "0",
        "fundingIndexAfter": "0.000000000000000001",
    }
    yield "a long pays the ceiling", {
        "size": "0.333333333333333333",
        "fundingIndexBefore": "0",
        "fundingIndexAfter": "0.000000000000000001",
    }
    draw = Draw(103)
    for number in range(20):
        yield f"drawn {number + 1}", {
            "size": draw.decimal("-1000", "1000", 18),
            "fundingIndexBefore": draw.decimal("-50", "50", 18),
            "fundingIndexAfter": draw.decimal("-50", "50", 18),
        }


VECTORS = [
    {
        "path": "prices/index-price.json",
        "name": "index-price",
        "spec": "Weighted median of the sources that are live: not from the future, not stale, "
        "positive, within the confidence cap, inside the band around the exact median of the "
        "other candidates (all tested at once); mean of two neighbors rounded down.",
        "compute": index_price,
        "cases": index_cases,
    },
    {
        "path": "prices/mark-price.json",
        "name": "mark-price",
        "spec": "Median of index + basis, median(bid, ask, last) and the weighted median of "
        "outside mids; of two live classes with the book's average or their mean rounded down; "
        "frozen below two; then into index·(1 ± band), the band rounded inward. Variants: "
        "index·(1 + rate·t/T) rounded down; the median of that, index + basis, last; last into "
        "[bid, ask], then into the band.",
        "compute": mark_price,
        "cases": mark_cases,
    },
    {
        "path": "prices/funding-payment.json",
        "name": "funding-payment",
        "spec": "payment = −size·(indexAfter − indexBefore), rounded down",
        "compute": funding_payment,
        "cases": funding_cases,
    },
]
