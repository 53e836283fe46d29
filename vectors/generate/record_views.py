"""Journal records as their JSON view shows them, for the cases to be made of."""


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
