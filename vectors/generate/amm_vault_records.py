"""Cases of journal records: the protocol's own market maker, and the backstop vault."""

from closing_records import configured
from record_views import accepted, journaled, moved

START = 1621382600000
STEP = ("engine", 0, {"type": "StepLiquidation", "liquidation": 8})

AMM = {
    "market": "BTC-PERP",
    "account": "amm",
    "curve": "constant-product",
    "depth": "2500000",
    "band": None,
    "impactMax": "0.015",
    "inventoryMax": "750000.000000000000000001",
    "feeFraction": "0.0005",
}
VAULT = {
    "account": "vault",
    "accountNotionalMax": "1000000",
    "marketNotionalMax": "4000000.5",
    "windowMs": 3600000,
    "windowNotionalMax": "10000000",
    "noticeMs": 86400000,
    "exitWindowMs": 7200000,
    "backstopFraction": "0.666666666666666667",
    "depositMin": "100",
}


def configurations():
    what = ("ConfigureAmm", "AmmConfigured")
    yield ("a market maker of constant product", *configured(what, AMM))
    concentrated = {**AMM, "curve": "concentrated", "band": "0.02"}
    yield ("a concentrated market maker", *configured(what, concentrated))
    yield ("a vault", *configured(("ConfigureVault", "VaultConfigured"), VAULT))


def dealt(size, prices):
    before, after = prices
    return {
        "amm": "amm",
        "markPrice": "40000",
        "size": size,
        "quote": "39500.25",
        "fee": "20",
        "marginalPriceBefore": before,
        "marginalPriceAfter": after,
    }


def market_maker():
    trade = {"type": "TradeWithAmm", "account": "carol", "market": "BTC-PERP", "size": "1",
             "limitPrice": "40100"}
    traded = {
        "type": "TradedWithAmm",
        "market": "BTC-PERP",
        **dealt("1", ("40000.5", None)),
        "trader": moved("carol", "1", "40020.25"),
        "taker": moved("amm", "-1", "-40020.25", funding=("-0.000000000000000001", "-1")),
    }
    yield ("a trade with the market maker", ("carol", 4, trade), accepted(traded))
    closed = {
        "type": "ClosedByAmm",
        "liquidation": 8,
        "account": "alice",
        "market": "BTC-PERP",
        **dealt("-1", ("39800", "39100.000000000000000001")),
        "penaltyFraction": "0.005",
        "marginEquity": "90",
        "maintenanceMargin": "100",
        "liquidated": moved("alice", "-1", "-40500", "-1019.75"),
        "taker": moved("amm", "1", "39480.25"),
    }
    yield ("a close-out by the market maker", STEP, accepted(closed))


def providers():
    trade = {"provider": "carol", "vault": "vault", "amount": "1000.5", "shares": "998.25",
             "equity": "2004.5", "sharesTotal": "2000"}
    deposit = {"type": "DepositVault", "provider": "carol", "amount": "1000.5"}
    yield ("a deposit into the vault", ("carol", 5, deposit), accepted({"type": "VaultDeposited", **trade}))
    exit_request = {"type": "RequestVaultExit", "provider": "carol", "shares": "998.25"}
    requested = {
        "type": "VaultExitRequested",
        "provider": "carol",
        "shares": "998.25",
        "exitMs": START + 86400000,
        "untilMs": START + 93600000,
    }
    yield ("the request of an exit", ("carol", 6, exit_request), accepted(requested))
    redeem = ("carol", 7, {"type": "RedeemVault", "provider": "carol"})
    yield ("a redemption", redeem, accepted({"type": "VaultRedeemed", **trade}))


def takeovers():
    whose = {"liquidation": 8, "account": "alice", "vault": "vault"}
    margins = {"equity": "60", "marginEquity": "50", "maintenanceMargin": "100"}
    position = {
        "market": "BTC-PERP",
        "markPrice": "40000",
        "bankruptcyQuote": "39940",
        "liquidated": moved("alice", "-1", "-40500", "-560"),
        "taker": moved("vault", "1", "39940"),
    }
    everything = {
        "type": "AccountTakenOver",
        **whose,
        **margins,
        "notional": "40000",
        "positions": [position],
        "collaterals": [{"asset": "ETH", "amount": "0.5"}],
        "debts": [{"asset": "USDC", "shares": "12.25"}],
        "supplies": [{"asset": "ETH", "shares": "0.000000000000000001"}],
        "balance": "-60",
    }
    yield ("a takeover with collateral", STEP, accepted(everything))
    nothing = {"collaterals": [], "debts": [], "supplies": []}
    bare = {**everything, **nothing, "balance": "0.000000000000000001"}
    yield ("a takeover without collateral", STEP, accepted(bare))


def cases():
    all_cases = (*configurations(), *market_maker(), *providers(), *takeovers())
    for seq, (title, command, outcome) in enumerate(all_cases, 1):
        yield (title, journaled(seq, START + seq, command, outcome))
