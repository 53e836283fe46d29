"""Shapes of links to other pools: what is sent, pledged, released, received and refused."""

from canonical import fields, many, nullable, quantity, text, whole, word

links = fields(parameters=fields(pool=text, others=many(text)))
sending = fields(account=text, asset=text, amount=quantity, toPool=text, toAccount=text)
subject = dict(
    number=whole,
    purpose=word("transfer", "pledge", "release"),
    pledge=nullable(whole),
    asset=text,
    amount=quantity,
)
sent = fields(**subject, account=text, toPool=text, toAccount=text)
arrived = dict(**subject, fromPool=text, fromAccount=text, account=text)
answer = fields(toPool=text, number=whole)
COMMANDS = {
    "ConfigureLinks": (119, links),
    "TransferOut": (261, sending),
    "PledgeOut": (262, sending),
    "ReleasePledge": (263, fields(fromPool=text, pledge=whole)),
    "TransferIn": (264, fields(**arrived)),
    "ConfirmTransfer": (265, answer),
    "ReturnTransfer": (266, answer),
}


def events(rejection_code):
    return {
        "LinksConfigured": (119, links),
        "TransferSent": (261, sent),
        "TransferReceived": (262, fields(**arrived)),
        "TransferRefused": (263, fields(**arrived, reason=rejection_code)),
        "TransferConfirmed": (264, sent),
        "TransferReturned": (265, sent),
    }
