"""Shapes of the waterfall: caps of the fund, its buffer, tranches of outside capital."""

from canonical import fields, many, nullable, quantity, text, whole, word

tranche = fields(
    tranche=text, eventMax=quantity, premiumRate=quantity, noticeMs=whole, exitWindowMs=whole
)
waterfall = fields(
    bufferMax=quantity,
    bufferShare=quantity,
    windowMs=whole,
    windowCap=nullable(quantity),
    marketCaps=many(fields(market=text, cap=quantity)),
    premiumIntervalMs=whole,
    adlRiskExponent=whole,
    adlRiskThreshold=nullable(quantity),
    tranches=many(tranche),
)
loss_sharing = fields(basis=word("profits", "open-interest"), notionalShareMax=quantity)
deleveraging = fields(
    hedges=word("ignore", "protect"), loadings=many(fields(market=text, loading=quantity))
)
COMMANDS = {
    "ConfigureWaterfall": (117, fields(parameters=waterfall)),
    "DepositTranche": (251, fields(tranche=text, provider=text, amount=quantity)),
    "RequestTrancheExit": (252, fields(tranche=text, provider=text, shares=quantity)),
    "RedeemTranche": (253, fields(tranche=text, provider=text)),
    "PayPremium": (406, fields(tranche=text)),
    "ConfigureLossSharing": (118, fields(parameters=loss_sharing)),
    "ConfigureDeleveraging": (120, fields(parameters=deleveraging)),
}
share_trade = fields(
    provider=text,
    tranche=text,
    amount=quantity,
    shares=quantity,
    capital=quantity,
    sharesTotal=quantity,
)
cover = fields(liquidation=whole, account=text, amount=quantity)
cover_of_tranche = fields(liquidation=whole, account=text, amount=quantity, tranche=text)
EVENTS = {
    "WaterfallConfigured": (117, fields(parameters=waterfall)),
    "TrancheDeposited": (251, share_trade),
    "TrancheExitRequested": (
        252,
        fields(provider=text, tranche=text, shares=quantity, exitMs=whole, untilMs=whole),
    ),
    "TrancheRedeemed": (253, share_trade),
    "PremiumPaid": (254, fields(tranche=text, fromMs=whole, untilMs=whole, amount=quantity)),
    "BufferFilled": (491, fields(liquidation=whole, amount=quantity)),
    "BufferPaid": (492, cover),
    "TranchePaid": (493, cover_of_tranche),
    "BufferRepaid": (494, cover),
    "TrancheRepaid": (495, cover_of_tranche),
    "LossSharingConfigured": (118, fields(parameters=loss_sharing)),
    "LossSpread": (
        496,
        fields(
            liquidation=whole,
            account=text,
            market=text,
            amount=quantity,
            openInterest=quantity,
            markPrice=quantity,
            lossIndexBefore=quantity,
            lossIndexAfter=quantity,
        ),
    ),
    "DeleveragingConfigured": (120, fields(parameters=deleveraging)),
    "HedgesOverridden": (
        415,
        fields(
            liquidation=whole, market=text, factorLoading=quantity, quantity=quantity, gap=quantity
        ),
    ),
}
