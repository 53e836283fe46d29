"""The shapes of what happens at the desks of a pool."""

from canonical import fields, nullable, quantity, text, whole

lending = fields(
    parameters=fields(
        asset=text,
        loanToValue=quantity,
        liabilityWeight=quantity,
        liabilityWeightInitial=quantity,
        rateAtZero=quantity,
        rateAtKink=quantity,
        rateAtFull=quantity,
        kinkUtilization=quantity,
        reserveShare=quantity,
        accrualIntervalMs=whole,
        borrowMax=nullable(quantity),
        debtMin=quantity,
        closeFactor=quantity,
        closeFactorHealth=quantity,
        liquidationBonus=quantity,
    )
)

some_or_all = fields(account=text, asset=text, amount=nullable(quantity))
at_supply_index = fields(
    account=text, asset=text, amount=quantity, shares=quantity, supplyIndex=quantity
)
at_debt_index = fields(
    account=text, asset=text, amount=quantity, shares=quantity, debtIndex=quantity
)

COMMANDS = dict(
    ConfigureLending=(109, lending),
    SupplyAsset=(206, some_or_all),
    RedeemSupply=(207, some_or_all),
    Borrow=(208, fields(account=text, asset=text, amount=quantity)),
    Repay=(209, some_or_all),
    CollectReserve=(210, fields(asset=text)),
    AccrueInterest=(404, fields(asset=text)),
)

EVENTS = dict(
    LendingConfigured=(109, lending),
    AssetSupplied=(211, at_supply_index),
    SupplyRedeemed=(212, at_supply_index),
    Borrowed=(213, at_debt_index),
    Repaid=(214, at_debt_index),
    ReserveCollected=(215, fields(asset=text, amount=quantity, receiver=nullable(text))),
    InterestAccrued=(
        309,
        fields(
            asset=text,
            fromMs=whole,
            untilMs=whole,
            utilization=quantity,
            borrowRate=quantity,
            debtIndexBefore=quantity,
            debtIndexAfter=quantity,
            supplyIndexBefore=quantity,
            supplyIndexAfter=quantity,
            interest=quantity,
            supplyInterest=quantity,
            reserveInterest=quantity,
        ),
    ),
    DebtRepaid=(
        441,
        fields(
            liquidation=whole,
            account=text,
            asset=text,
            shares=quantity,
            amount=quantity,
            debtIndex=quantity,
            indexPrice=quantity,
            payer=nullable(text),
            value=quantity,
        ),
    ),
    DebtAssumed=(
        442,
        fields(
            liquidation=whole,
            account=text,
            debtor=text,
            asset=text,
            shares=quantity,
            amount=quantity,
            debtIndex=quantity,
            indexPrice=quantity,
            value=quantity,
        ),
    ),
    SupplyReleased=(
        443,
        fields(
            liquidation=whole,
            account=text,
            asset=text,
            shares=quantity,
            amount=quantity,
            supplyIndex=quantity,
        ),
    ),
    SupplyConverted=(
        444,
        fields(
            liquidation=whole,
            account=text,
            buyer=text,
            asset=text,
            shares=quantity,
            amount=quantity,
            supplyIndex=quantity,
            indexPrice=quantity,
            weight=quantity,
            proceeds=quantity,
        ),
    ),
)
