"""Cases of journal records: what goes to other pools and comes from them."""

from record_views import accepted, journaled, rejected

START = 1621389600000
HALF = "0.500000000000000001"


def subject(number, purpose, asset="USDC", amount="100.5", pledge=None):
    return {
        "number": number,
        "purpose": purpose,
        "pledge": pledge,
        "asset": asset,
        "amount": amount,
    }


def configured():
    for others in (["beta", "gamma"], []):
        parameters = {"pool": "alpha", "others": others}
        command = {"type": "ConfigureLinks", "parameters": parameters}
        made = accepted({"type": "LinksConfigured", "parameters": parameters})
        yield (f"links to {len(others)} other pools", ("operator", 1, command), made)


def sent():
    route = {"account": "alice", "toPool": "beta", "toAccount": "alice/b"}
    usdc = {"asset": "USDC", "amount": "100.5"}
    out = {"type": "TransferOut", **usdc, **route}
    leaves = {"type": "TransferSent", **subject(1, "transfer"), **route}
    yield ("a transfer to another pool", ("alice", 1, out), accepted(leaves))
    eth = {"asset": "ETH", "amount": HALF}
    pledge = {"type": "PledgeOut", **eth, **route}
    pledged = {"type": "TransferSent", **subject(2, "pledge", **eth), **route}
    yield ("a pledge to another pool", ("alice", 2, pledge), accepted(pledged))
    yield (
        "a link that is full",
        ("alice", 3, out),
        rejected("LINK_FULL", pool="beta", unanswered="1"),
    )
    confirm = {"type": "ConfirmTransfer", "toPool": "beta", "number": 2}
    confirmed = {**pledged, "type": "TransferConfirmed"}
    yield ("a pledge that has arrived", ("pools", 1, confirm), accepted(confirmed))
    back = {"type": "ReturnTransfer", "toPool": "beta", "number": 1}
    returned = {**leaves, "type": "TransferReturned"}
    yield ("a transfer that was refused comes back", ("pools", 2, back), accepted(returned))


def arrived():
    route = {"fromPool": "alpha", "fromAccount": "alice", "account": "alice/b"}
    eth = {"asset": "ETH", "amount": HALF}
    comes = {"type": "TransferIn", **subject(2, "pledge", **eth), **route}
    received = accepted({**comes, "type": "TransferReceived"})
    yield ("a pledge from another pool", ("pools", 1, comes), received)
    refused = {**comes, "type": "TransferRefused", "reason": "PRICE_UNAVAILABLE"}
    yield ("a pledge that is refused", ("pools", 2, comes), accepted(refused))
    release = {"type": "ReleasePledge", "fromPool": "alpha", "pledge": 2}
    nothing = subject(9007199254740991, "release", "ETH", "0", pledge=2)
    home = {"account": "alice/b", "toPool": "alpha", "toAccount": "alice"}
    leaves = {"type": "TransferSent", **nothing, **home}
    yield ("a pledge of which nothing is left", ("alice", 4, release), accepted(leaves))


def cases():
    all_cases = (*configured(), *sent(), *arrived())
    for seq, (title, command, outcome) in enumerate(all_cases, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
