"""The first principal component of a covariance, and deleveragings in which it counts."""

from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from wad import down, read, show

MARKETS = ("A", "B", "C")


def first_component(matrix):
    """Jacobi rotations in 110 digits: eigenvalues and vectors of a symmetric matrix."""
    getcontext().prec = 110
    n = len(matrix)
    a = [[Decimal(x.numerator) / x.denominator for x in row] for row in matrix]
    v = [[Decimal(int(i == j)) for j in range(n)] for i in range(n)]
    for _ in range(60):
        pairs = [(i, j) for i in range(n) for j in range(i)]
        if all(abs(a[i][j]) < Decimal(10) ** -95 for i, j in pairs):
            break
        for p, q in pairs:
            if a[p][q] == 0:
                continue
            theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
            t = (1 if theta >= 0 else -1) / (abs(theta) + (theta * theta + 1).sqrt())
            c = 1 / (t * t + 1).sqrt()
            s = t * c
            for k in range(n):
                a[k][p], a[k][q] = c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]
            for k in range(n):
                a[p][k], a[q][k] = c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]
            for k in range(n):
                v[k][p], v[k][q] = c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]
    best = max(range(n), key=lambda i: a[i][i])
    return [v[k][best] * a[best][best].sqrt() for k in range(n)]


def oriented(given):
    """Loadings by market, that of the candidates' market positive; None without a covariance."""
    rows = given.get("covariance")
    if not rows:
        return None
    loading = first_component([[read(x) for x in row["covariances"]] for row in rows])
    names = [row["market"] for row in rows]
    sign = -1 if loading[names.index(given["market"])] < 0 else 1
    return {name: nearest(sign * value) for name, value in zip(names, loading)}


def nearest(value):
    return Fraction(value.quantize(Decimal(1).scaleb(-18), rounding=ROUND_HALF_UP))


def covariance(*rows):
    return [{"market": name, "covariances": row} for name, row in zip(MARKETS, rows)]


def cases(base, holder):
    two = covariance(["4", "3.6"], ["3.6", "4"])
    hedged = [
        holder("naked", "10", "400", "300"),
        holder("hedged", "10", "100", "90", otherPositions=[{"market": "B", "size": "-10"}]),
        holder("twice", "10", "900", "90", otherPositions=[{"market": "B", "size": "10"}]),
    ]
    shared = {**base, "market": "A", "covariance": two, "candidates": hedged}
    yield "the hedged one is touched last", {**shared, "quantity": "8"}
    yield "the naked are closed before the hedged", {**shared, "quantity": "20"}
    yield "hedges are closed when nothing else is left", {**shared, "quantity": "25"}
    yield "protected hedges leave a rest", {**shared, "quantity": "25", "hedges": "protect"}
    over = holder("over", "10", "400", "300", otherPositions=[{"market": "B", "size": "-8"}])
    yield "closed to as much on the other side, and no further", {
        **shared, "quantity": "9", "hedges": "protect", "candidates": [over],
    }
    yield "a loss that outweighs the relief", {
        **shared, "quantity": "5", "closePrice": "60", "hedges": "protect",
        "candidates": [holder("poor", "10", "300", "300"), over],
    }
    yield "a queue that leaves hedges alone", {
        **shared, "policy": "queue", "quantity": "15", "hedges": "protect",
    }


def drawn(draw, given):
    given.pop("kind", None)
    given["policy"] = "minimax-leverage" if draw.chance(0.7) else given["policy"]
    loads = [Fraction(draw.whole(-9, 9) or 1) for _ in MARKETS]
    noise = [Fraction(draw.whole(1, 30), 10) for _ in MARKETS]
    rows = [
        [show(loads[i] * loads[j] + (noise[i] if i == j else 0)) for j in range(len(MARKETS))]
        for i in range(len(MARKETS))
    ]
    given["covariance"] = covariance(*rows)
    given["market"] = "A"
    for each in given["candidates"]:
        size = abs(read(each["size"]))
        if draw.chance(0.7):
            each["otherPositions"] = [
                {"market": m, "size": show(down(size * Fraction(draw.whole(-150, 150), 100)))}
                for m in MARKETS[1:]
                if draw.chance(0.7)
            ]
    if draw.chance(0.5):
        given["hedges"] = draw.pick(["protect", "ignore"])
    return given
