"""Shapes of records about the protocol's own market maker and the backstop vault."""

from canonical import fields, many, nullable, quantity, text, whole, word

amm = fields(
    parameters=fields(
        market=text,
        account=text,
        curve=word("constant-product", "concentrated"),
        depth=quantity,
        band=nullable(quantity),
        impactMax=quantity,
        inventoryMax=quantity,
        feeFraction=quantity,
    )
)
vault = fields(
    parameters=fields(
        account=text,
        accountNotionalMax=quantity,
        marketNotionalMax=quantity,
        windowMs=whole,
        windowNotionalMax=quantity,
        noticeMs=whole,
        exitWindowMs=whole,
        backstopFraction=quantity,
        depositMin=quantity,
    )
)

COMMANDS = {
    "ConfigureAmm": (113, amm),
    "ConfigureVault": (114, vault),
    "TradeWithAmm": (241, fields(account=text, market=text, size=quantity, limitPrice=quantity)),
    "DepositVault": (242, fields(provider=text, amount=quantity)),
    "RequestVaultExit": (243, fields(provider=text, shares=quantity)),
    "RedeemVault": (244, fields(provider=text)),
}


def events(change):
    deal = {
        "amm": text,
        "markPrice": quantity,
        "size": quantity,
        "quote": quantity,
        "fee": quantity,
        "marginalPriceBefore": nullable(quantity),
        "marginalPriceAfter": nullable(quantity),
    }
    share_trade = fields(
        provider=text,
        vault=text,
        amount=quantity,
        shares=quantity,
        equity=quantity,
        sharesTotal=quantity,
    )
    taken = fields(
        market=text, markPrice=quantity, bankruptcyQuote=quantity, liquidated=change, taker=change
    )
    return {
        "AmmConfigured": (113, amm),
        "VaultConfigured": (114, vault),
        "TradedWithAmm": (241, fields(market=text, **deal, trader=change, taker=change)),
        "VaultDeposited": (242, share_trade),
        "VaultExitRequested": (
            243,
            fields(provider=text, shares=quantity, exitMs=whole, untilMs=whole),
        ),
        "VaultRedeemed": (244, share_trade),
        "ClosedByAmm": (
            471,
            fields(
                liquidation=whole,
                account=text,
                market=text,
                **deal,
                penaltyFraction=quantity,
                marginEquity=quantity,
                maintenanceMargin=quantity,
                liquidated=change,
                taker=change,
            ),
        ),
        "AccountTakenOver": (
            472,
            fields(
                liquidation=whole,
                account=text,
                vault=text,
                equity=quantity,
                marginEquity=quantity,
                maintenanceMargin=quantity,
                notional=quantity,
                positions=many(taken),
                collaterals=many(fields(asset=text, amount=quantity)),
                debts=many(fields(asset=text, shares=quantity)),
                supplies=many(fields(asset=text, shares=quantity)),
                balance=quantity,
            ),
        ),
    }
