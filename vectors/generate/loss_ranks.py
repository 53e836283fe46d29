"""The order in which candidates would be deleveraged, and what stands before each."""

from fractions import Fraction
from losses import Market, Seat, drawn_deleveraging, queue_notional_score, queue_score
from wad import Draw, down, read, representable, show


def balance_score(seat, given):
    if seat.score is not None:
        return seat.score
    balance = read(given.get("balance"))
    balance = seat.equity - seat.pnl if balance is None else balance
    margin = read(given.get("maintenanceMargin")) or Fraction(0)
    return max(seat.pnl, Fraction(0)) / max(balance, Fraction(1)) * margin / seat.equity


def share_score(seat):
    """What a share of all profits closes of a position."""
    return max(seat.pnl, Fraction(0)) / seat.value


def risk_score(seat, given):
    leverage = seat.value / seat.equity
    threshold = read(given.get("riskThreshold"))
    if threshold is None:
        factor = leverage ** given.get("riskExponent", 1)
    else:
        factor = max(leverage - threshold, Fraction(0))
    return share_score(seat) * leverage * factor


def adl_rank(given):
    market = Market(given)
    ranked = []
    for each in given["candidates"]:
        seat = Seat(each, market)
        if seat.equity <= 0:
            continue
        score = {
            "minimax-leverage": lambda: seat.value / seat.equity,
            "capped-pro-rata": lambda: share_score(seat),
            "min-max": lambda: share_score(seat),
            "risk-aware-pro-rata": lambda: risk_score(seat, given),
            "queue": lambda: queue_score(seat),
            "queue-notional": lambda: queue_notional_score(seat, market),
            "queue-balance": lambda: balance_score(seat, each),
        }[given["policy"]]()
        ranked.append((score, seat))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].name))
    total = sum(seat.size for _, seat in ranked)
    ahead, ranking = Fraction(0), []
    for score, seat in ranked:
        ranking.append(
            {
                "account": seat.name,
                "score": show(representable(down(score))),
                "sizeAhead": show(ahead),
                "fifth": (5 * (ahead + seat.size) / total).__ceil__(),
            }
        )
        ahead += seat.size
    return {"ranking": ranking}


def drawn_rank(draw, policies):
    given = drawn_deleveraging(draw)
    given["policy"] = draw.pick(policies)
    for field in ("quantity", "closePrice", "lot"):
        given.pop(field, None)
    return given


def share_cases():
    """Of policies that take from everybody at once: by the part of a position that they close."""
    book = [("ada", "100", "30"), ("ben", "250", "200"), ("cho", "500", "120"), ("dev", "1000", "-50")]
    candidates = [
        {"account": name, "size": "-10", "equity": equity, "unrealizedPnl": pnl}
        for name, equity, pnl in book
    ]
    whole = {"policy": "risk-aware-pro-rata", "markPrice": "100", "candidates": candidates}
    yield "the book of docs/adl.md by profit", {**whole, "policy": "capped-pro-rata"}
    yield "the same by profit and leverage", whole
    yield "the same by profit and leverage without more weight", {**whole, "riskExponent": 0}
    yield "the same by leverage above a threshold that one has exactly", {**whole, "riskThreshold": "4"}
    yield "the same a unit below it", {**whole, "riskThreshold": "3.999999999999999999"}
    draw = Draw(524)
    for number in range(60):
        given = drawn_rank(draw, ["capped-pro-rata", "min-max", "risk-aware-pro-rata"])
        if draw.chance(0.3):
            given["riskExponent"] = draw.whole(0, 4)
        elif draw.chance(0.5):
            given["riskThreshold"] = draw.decimal("0", "5", 3)
        yield f"drawn by share {number + 1}", given


def rank_cases():
    longs = [(1, 10, 3), (2, 10, 6), (3, 20, 1), (4, 30, 4), (5, 20, 5), (6, 10, 2)]
    yield "by given scores", {
        "policy": "queue",
        "markPrice": "650",
        "candidates": [
            {
                "account": str(name), "size": str(held), "equity": "1000", "unrealizedPnl": "0",
                "score": str(score),
            }
            for name, held, score in longs
        ],
    }
    yield "nobody", {"policy": "queue", "markPrice": "650", "candidates": []}
    draw = Draw(523)
    for number in range(60):
        given = drawn_rank(draw, ["minimax-leverage", "queue", "queue-notional", "queue-balance"])
        for each in given["candidates"]:
            if draw.chance(0.3):
                each["balance"] = draw.decimal("-10", "90", 6)
        yield f"drawn {number + 1}", given
    yield from share_cases()


VECTORS = [
    {
        "path": "losses/adl-rank.json",
        "name": "adl-rank",
        "spec": "Eligible: equity > 0. Score exact, ties by id; fifth = ⌈5·(ahead + own)/Σ size⌉",
        "compute": adl_rank,
        "cases": rank_cases,
    },
]
