"""Insurance tranches."""

from fractions import Fraction
from wad import Draw, down, read, show

YEAR_MS = 365 * 24 * 60 * 60 * 1000


def tranche_allocation(given):
    """Lays each tranche over the stretches of loss that nobody bears yet."""
    loss, before = read(given["loss"]), read(given.get("lossBefore", "0"))
    open_stretches = [(before, before + loss)] if loss else []
    paid = {}
    for tranche in sorted(given["tranches"], key=lambda t: (read(t["attachment"]), t["tranche"])):
        low, high = read(tranche["attachment"]), read(tranche["detachment"])
        capital = read(tranche["available"])
        amount, left = Fraction(0), []
        for start, end in open_stretches:
            inside = (max(start, low), min(end, high))
            bears = min(max(inside[1] - inside[0], Fraction(0)), capital - amount)
            if bears == 0:
                left.append((start, end))
                continue
            amount += bears
            left += [s for s in ((start, inside[0]), (inside[0] + bears, end)) if s[0] < s[1]]
        open_stretches = left
        paid[tranche["tranche"]] = amount
    years = Fraction(given.get("elapsedMs", 0), YEAR_MS)
    return {
        "allocations": [
            {
                "tranche": t["tranche"],
                "amount": show(paid[t["tranche"]]),
                "premium": show(down(read(t["available"]) * read(t.get("premiumRate", "0")) * years)),
            }
            for t in given["tranches"]
        ],
        "uncovered": show(sum((end - start for start, end in open_stretches), Fraction(0))),
    }


def tranche_cases():
    def layer(name, attachment, detachment, available, **more):
        return {
            "tranche": name, "attachment": attachment, "detachment": detachment,
            "available": available, **more,
        }

    two = [layer("senior", "100", "300", "200"), layer("junior", "0", "100", "100")]
    for loss in ("0", "99.999999999999999999", "100", "100.000000000000000001", "300", "300.000000000000000001"):
        yield f"two layers that touch, a loss of {loss}", {"loss": loss, "tranches": two}
    yield "no tranche at all", {"loss": "5", "tranches": []}
    yield "below the attachment nobody pays", {"loss": "80", "tranches": [layer("far", "80", "200", "500")]}
    yield "a tranche out of capital leaves a gap in its layer", {
        "loss": "150", "tranches": [layer("junior", "0", "100", "30"), layer("senior", "100", "300", "200")],
    }
    yield "an overlap: the later takes on what the earlier cannot", {
        "loss": "150", "tranches": [layer("inner", "20", "120", "500"), layer("wide", "0", "200", "50")],
    }
    yield "equal attachments go by id", {
        "loss": "60", "tranches": [layer("a9", "0", "100", "100"), layer("a10", "0", "100", "40")],
    }
    yield "a second loss of the period counts on", {"loss": "60", "lossBefore": "80", "tranches": two}
    yield "a premium for a quarter of a year", {
        "loss": "0", "elapsedMs": YEAR_MS // 4,
        "tranches": [layer("a", "0", "10", "1000", premiumRate="0.08"), layer("b", "10", "20", "7")],
    }
    yield "a premium below the smallest unit", {
        "loss": "0.000000000000000001", "elapsedMs": 1,
        "tranches": [layer("a", "0", "10", "0.000000000000000001", premiumRate="0.9")],
    }
    draw = Draw(504)
    for number in range(30):
        tranches = []
        for index in range(draw.whole(1, 6)):
            attachment = read(draw.decimal("0", "900", draw.pick([0, 18])))
            tranches.append(
                layer(
                    f"{draw.pick('abc')}{index}",
                    show(attachment),
                    show(attachment + read(draw.decimal("1", "600", draw.pick([0, 18])))),
                    draw.decimal("0", "700", 18),
                    premiumRate=draw.decimal("0", "0.3", 18),
                )
            )
        yield f"drawn {number + 1}", {
            "loss": draw.decimal("0", "1500", 18),
            "lossBefore": draw.pick(["0", draw.decimal("0", "400", 18)]),
            "elapsedMs": draw.whole(0, 2 * YEAR_MS),
            "tranches": tranches,
        }


VECTORS = [
    {
        "path": "losses/tranche-allocation.json",
        "name": "tranche-allocation",
        "spec": "Every unit of loss is borne by the first tranche, by attachment and id, whose layer "
        "[attachment, detachment) contains it and which has capital; premium = down(capital·rate·"
        "elapsed/year of 365 days)",
        "compute": tranche_allocation,
        "cases": tranche_cases,
    },
]
