"""The shapes of journal records, their fields in the order of their bytes."""

import lending_shapes
import link_shapes
import waterfall_shapes
import amm_vault_shapes
from canonical import (
    code16,
    exact,
    fields,
    flag,
    many,
    nullable,
    quantity,
    text,
    union,
    whole,
    word,
)

adl_policy = word(
    "minimax-leverage",
    "queue",
    "queue-notional",
    "capped-pro-rata",
    "risk-aware-pro-rata",
    "min-max",
)
movement = fields(account=text, asset=text, amount=quantity)
transfer = fields(**{"from": text, "to": text, "asset": text, "amount": quantity})
opening = fields(account=text, owner=text, parent=nullable(text), market=nullable(text))
index_report = fields(
    index=text, source=text, price=quantity, timeMs=whole, confidence=nullable(quantity)
)
book_report = fields(market=text, bid=quantity, ask=quantity, last=quantity, timeMs=whole)
outside_report = fields(market=text, source=text, price=quantity, timeMs=whole)
average = fields(value=quantity, weightMs=quantity, timeMs=whole)
weighed_source = fields(source=text, weight=quantity)
pool = fields(
    parameters=fields(
        settlementAsset=text,
        releaseRatio=quantity,
        penaltyFraction=quantity,
        keeperShare=quantity,
        burnShare=quantity,
        bankruptcyAdjustment=quantity,
        spreadToMaintenanceMarginRatio=quantity,
        orderTimeoutMs=whole,
        bookAttemptsMax=whole,
        closeOutStepsMax=whole,
        adlPolicy=adl_policy,
        adlFillsMax=whole,
        startsPerRecordMax=whole,
        settlementsPerRecordMax=whole,
        insuranceEventCap=nullable(quantity),
        collateralBuyer=nullable(text),
        fillBand=quantity,
    )
)
price_index = fields(
    parameters=fields(
        index=text,
        sources=many(weighed_source),
        sourcesMin=whole,
        stalenessMsMax=whole,
        confidenceMax=nullable(quantity),
        sourceBand=nullable(quantity),
    )
)
collateral = fields(
    parameters=fields(
        asset=text,
        index=text,
        collateralHaircut=quantity,
        concentrationFactor=nullable(quantity),
        amountMax=nullable(quantity),
    )
)
contract = fields(
    parameters=fields(
        market=text,
        kind=word("linear", "inverse"),
        index=text,
        tiers=many(fields(notionalFloor=quantity, maintenanceMarginFraction=quantity)),
        initialMarginFraction=quantity,
        openInterestLower=quantity,
        openInterestUpper=quantity,
        markBand=nullable(quantity),
        basisTimeConstantMs=whole,
        bookTimeConstantMs=whole,
        averageGapMsMax=whole,
        bookStalenessMsMax=whole,
        outsideSources=many(weighed_source),
        lot=quantity,
        notionalMin=quantity,
        expiryMs=nullable(whole),
    )
)
change = fields(
    account=text,
    sizeDelta=quantity,
    entryValueDelta=quantity,
    realizedPnl=quantity,
    fundingPayment=quantity,
    fundingExact=exact,
    fee=quantity,
)
mark = fields(
    market=text,
    markPrice=nullable(quantity),
    mode=word("live", "frozen"),
    indexPrice=nullable(quantity),
    basisAverage=nullable(average),
    bookAverage=nullable(average),
)

close_out_policy = word(
    "least-impact", "proportional", "largest-first", "fixed-share", "everything"
)
order_style = word("immediate-or-cancel", "limit")
done_reason = word("filled", "expired", "rejected", "canceled")
gate = word("liquidations", "close-outs", "takes", "withdrawals")
breaker_reason = word("price-jump", "sources-disagree", "depth-collapsed", "price-stale")
level = fields(price=quantity, size=quantity)
gate_by_hand = fields(
    market=nullable(text), gate=gate, closed=flag, untilMs=nullable(whole), reason=text
)
close_outs = fields(
    parameters=fields(
        policy=close_out_policy,
        fixedShare=quantity,
        orderStyle=order_style,
        repriceStep=quantity,
        reportGraceMs=whole,
        deferralMs=whole,
        penaltyPerShortfall=quantity,
        penaltyPerVolatility=quantity,
        penaltyPerThinness=quantity,
        penaltyFractionMax=quantity,
        providerShare=quantity,
        provider=nullable(text),
    )
)
liquidity = fields(
    parameters=fields(
        market=text,
        impactModel=word("square-root", "linear"),
        impactCoefficient=quantity,
        dailyVolatility=quantity,
        dailyVolume=quantity,
        volatilityTimeConstantMs=whole,
        depthTimeConstantMs=whole,
        depthStalenessMsMax=whole,
        depthShare=nullable(quantity),
        windowMs=whole,
        windowNotionalMax=nullable(quantity),
        windowDepthMultiple=nullable(quantity),
        openOrdersNotionalMax=nullable(quantity),
        rampMs=whole,
        rampInitialFraction=quantity,
        smallNotional=quantity,
        hedgeGroup=nullable(text),
        openInterestMax=nullable(quantity),
    )
)
breakers = fields(
    parameters=fields(
        market=text,
        jumpDeviations=nullable(quantity),
        sourceSpreadMax=nullable(quantity),
        depthFloor=nullable(quantity),
        staleTrips=flag,
        gates=many(gate),
        holdMs=whole,
        limitMs=whole,
        releaseShare=quantity,
    )
)

auction_parameters = fields(
    lot=word("position", "portfolio"),
    curve=word("linear", "exponential", "stairstep", "two-phase"),
    startPremium=quantity,
    endFraction=quantity,
    durationMs=whole,
    cut=quantity,
    stepMs=whole,
    cutoff=quantity,
    fastMs=whole,
    slowMs=whole,
    tailMs=whole,
    cusp=quantity,
    resetsMax=whole,
    sliceMin=quantity,
    bufferFraction=quantity,
    insolventMs=whole,
)
auctions = fields(parameters=auction_parameters)
auction_lot = word("collateral", "position", "portfolio")
auction_phase = word("solvent", "insolvent")
bid_settlement = word("account", "outside")
auction_bid = union(
    Collateral=(1, fields(amount=quantity, amountMin=quantity, limitPrice=quantity)),
    Position=(2, fields(size=quantity, sizeMin=quantity, limitPrice=quantity)),
    Portfolio=(3, fields(fraction=quantity, fractionMin=quantity, paymentMax=quantity)),
)
auction_offer = union(
    Collateral=(1, fields(amount=quantity, tab=quantity, indexPrice=quantity, price=quantity)),
    Position=(2, fields(size=quantity, markPrice=quantity, notional=quantity, share=quantity)),
    Portfolio=(3, fields(fraction=quantity, notional=quantity, share=quantity)),
)
desk_shares = fields(asset=text, shares=quantity, amount=quantity, indexPrice=quantity)
health = fields(equity=quantity, marginEquity=quantity, maintenanceMargin=quantity)

route_method = word("book", "outside", "amm", "auction", "direct", "backstop")
route_choice = word("ladder", "cheapest")
routing = fields(
    parameters=fields(
        choice=route_choice,
        routes=many(
            fields(
                method=route_method,
                venue=nullable(text),
                feeFraction=quantity,
                concessionFraction=quantity,
                expectedMs=whole,
                failureProbability=quantity,
                patienceMs=whole,
            )
        ),
        dailyVolatility=quantity,
        waitingDeviations=quantity,
    )
)

direct_terms = fields(
    parameters=fields(
        access=word("open", "permissioned"),
        liquidators=many(text),
        minBonus=quantity,
        maxBonus=quantity,
        healthForMaxBonus=quantity,
        coolOffMs=whole,
        takeNotionalMin=quantity,
        priorityWindowMs=whole,
        priorityExclusiveMs=whole,
        priorityMin=quantity,
        priorityAccountShare=quantity,
    )
)
finder_terms = fields(
    parameters=fields(
        detection=word("engine", "finders"),
        noticeMs=whole,
        flagReward=quantity,
        minReward=quantity,
        minProfitFraction=quantity,
        costMax=quantity,
        marginScale=quantity,
        maxReward=quantity,
    )
)
health = fields(equity=quantity, marginEquity=quantity, maintenanceMargin=quantity)
price_guards = fields(
    parameters=fields(
        market=text,
        stableTimeConstantMs=nullable(whole),
        deviationMax=nullable(quantity),
        markStepPerSecond=nullable(quantity),
        confidenceFactor=nullable(quantity),
        tradingStalenessMsMax=nullable(whole),
    )
)

CODES = {
    "DUPLICATE_COMMAND": 1001,
    "BALANCE_INSUFFICIENT": 2008,
    "LENDING_UNKNOWN": 2021,
    "INTEREST_NOT_DUE": 2029,
    "OPEN_INTEREST_CAP_EXCEEDED": 3013,
    "GATE_CLOSED": 3014,
    "SETTLEMENT_NOT_DUE": 4007,
    "PRICE_UNAVAILABLE": 3006,
    "LINK_FULL": 4068,
    "INVALID_PARAMETER": 1006,
    "NOT_OPEN_TO_LIQUIDATORS": 4031,
    "LIQUIDATOR_NOT_PERMITTED": 4032,
    "OWN_ACCOUNT": 4033,
    "COOLING_OFF": 4034,
    "PRIORITY_HELD": 4035,
    "ACCOUNT_CHANGED": 4036,
    "TAKE_OUT_OF_RANGE": 4037,
    "PRIORITY_NOT_OFFERED": 4038,
    "PRIORITY_BID_TOO_LOW": 4039,
}


def rejection_code(slug):
    return code16(CODES[slug])


command = union(
    ConfigurePool=(101, pool),
    ConfigureIndex=(102, price_index),
    ConfigureAsset=(103, collateral),
    ConfigureMarket=(104, contract),
    ConfigureCloseOuts=(105, close_outs),
    ConfigureLiquidity=(106, liquidity),
    ConfigureBreakers=(107, breakers),
    SetGate=(108, gate_by_hand),
    ConfigureAuctions=(110, auctions),
    ConfigureRouting=(115, routing),
    ConfigureDirect=(111, direct_terms),
    ConfigureFinders=(112, finder_terms),
    LiquidateDirect=(
        331,
        fields(
            liquidator=text,
            account=text,
            accountVersion=whole,
            market=text,
            size=quantity,
            limitPrice=quantity,
        ),
    ),
    RepayDirect=(
        334,
        fields(
            liquidator=text,
            account=text,
            accountVersion=whole,
            debtAsset=text,
            repay=quantity,
            collateralAsset=text,
            seizeMin=quantity,
        ),
    ),
    BidPriority=(332, fields(liquidation=whole, bidder=text, amount=quantity)),
    PointAtAccount=(
        333, fields(finder=text, account=text, cost=quantity, witness=nullable(whole))
    ),
    NoticeAccounts=(405, fields(accounts=many(text), recovered=many(text))),
    ConfigurePriceGuards=(116, price_guards),
    **amm_vault_shapes.COMMANDS,
    **waterfall_shapes.COMMANDS,
    **link_shapes.COMMANDS,
    OpenAccount=(201, opening),
    Deposit=(202, movement),
    Withdraw=(203, movement),
    TransferCollateral=(204, transfer),
    FundInsurance=(205, fields(amount=quantity)),
    ReportPrices=(
        301,
        fields(indexes=many(index_report), books=many(book_report), outside=many(outside_report)),
    ),
    RecordFill=(
        302,
        fields(
            market=text,
            buyer=text,
            seller=text,
            size=quantity,
            price=quantity,
            buyerFee=quantity,
            sellerFee=quantity,
            order=nullable(whole),
        ),
    ),
    FinishOrder=(303, fields(order=whole, reason=done_reason)),
    AccrueFunding=(304, fields(market=text, fundingRate=quantity)),
    Tick=(305, fields()),
    ReportDepth=(306, fields(market=text, timeMs=whole, bids=many(level), asks=many(level))),
    PlaceBid=(
        321,
        fields(
            auction=whole,
            bidder=text,
            settlement=bid_settlement,
            accountVersion=nullable(whole),
            bid=auction_bid,
        ),
    ),
    StartLiquidations=(401, fields(accounts=many(text))),
    StepLiquidation=(402, fields(liquidation=whole)),
    SettleMarket=(403, fields(market=text)),
    **lending_shapes.COMMANDS,
)

event = union(
    PoolConfigured=(101, pool),
    IndexConfigured=(102, price_index),
    AssetConfigured=(103, collateral),
    MarketConfigured=(104, contract),
    CloseOutsConfigured=(105, close_outs),
    LiquidityConfigured=(106, liquidity),
    BreakersConfigured=(107, breakers),
    GateSet=(108, gate_by_hand),
    AuctionsConfigured=(110, auctions),
    RoutingConfigured=(115, routing),
    DirectConfigured=(111, direct_terms),
    FindersConfigured=(112, finder_terms),
    LiquidatedDirectly=(
        461,
        fields(
            liquidation=whole,
            account=text,
            liquidator=text,
            market=text,
            markPrice=quantity,
            closeOutPrice=nullable(quantity),
            notional=quantity,
            bonusFraction=quantity,
            bonus=quantity,
            liquidated=change,
            taken=change,
            before=health,
            after=health,
        ),
    ),
    DebtRepaidDirectly=(
        468,
        fields(
            liquidation=whole,
            account=text,
            liquidator=text,
            debtAsset=text,
            shares=quantity,
            amount=quantity,
            debtIndex=quantity,
            debtPrice=quantity,
            collateralAsset=text,
            seized=quantity,
            collateralPrice=quantity,
            bonusFraction=quantity,
            bonus=quantity,
            before=health,
            after=health,
        ),
    ),
    PriorityOpened=(462, fields(liquidation=whole, account=text, untilMs=whole)),
    PriorityAwarded=(
        463,
        fields(
            liquidation=whole,
            account=text,
            bids=many(fields(bidder=text, amount=quantity, payable=flag)),
            winner=nullable(text),
            payment=quantity,
            accountProceeds=quantity,
            insuranceContribution=quantity,
            untilMs=whole,
        ),
    ),
    AccountsNoticed=(464, fields(accounts=many(text), untilMs=whole)),
    FinderNamed=(
        465,
        fields(
            liquidation=whole,
            account=text,
            finder=text,
            executionCost=quantity,
            marginEquity=quantity,
            due=quantity,
        ),
    ),
    PriorityBidPlaced=(466, fields(liquidation=whole, bidder=text, amount=quantity)),
    NoticesDropped=(467, fields(accounts=many(text))),
    PriceGuardsConfigured=(116, price_guards),
    **amm_vault_shapes.events(change),
    **waterfall_shapes.EVENTS,
    **link_shapes.events(rejection_code),
    AccountOpened=(201, opening),
    Deposited=(202, movement),
    Withdrawn=(203, movement),
    CollateralTransferred=(204, transfer),
    InsuranceFunded=(205, fields(amount=quantity)),
    UnallocatedLossRepaid=(206, fields(amount=quantity)),
    PricesUpdated=(
        301,
        fields(
            indexReports=many(index_report),
            bookReports=many(book_report),
            outsideReports=many(outside_report),
            indexes=many(fields(index=text, indexPrice=nullable(quantity), sourcesLive=whole)),
            marks=many(mark),
        ),
    ),
    FillRecorded=(
        302,
        fields(
            market=text,
            price=quantity,
            value=quantity,
            buyer=change,
            seller=change,
            order=nullable(whole),
            liquidation=nullable(whole),
        ),
    ),
    OrderFinished=(
        303,
        fields(
            order=whole,
            liquidation=whole,
            reason=done_reason,
            unfilled=quantity,
        ),
    ),
    FundingAccrued=(
        304,
        fields(
            market=text,
            fundingRate=quantity,
            markPrice=quantity,
            fundingIndexBefore=quantity,
            fundingIndexAfter=quantity,
        ),
    ),
    FundingResidueCollected=(305, fields(market=text, amount=quantity)),
    TimePassed=(306, fields()),
    DepthReported=(
        307,
        fields(
            market=text, timeMs=whole, bids=many(level), asks=many(level), average=average
        ),
    ),
    VolatilityMeasured=(308, fields(markets=many(fields(market=text, variance=average)))),
    MarksGuarded=(
        310,
        fields(
            markets=many(
                fields(
                    market=text, stablePrice=nullable(average), unboundMark=nullable(quantity)
                )
            )
        ),
    ),
    LiquidationStarted=(
        401,
        fields(
            liquidation=whole,
            account=text,
            equity=quantity,
            marginEquity=quantity,
            maintenanceMargin=quantity,
        ),
    ),
    CloseOutOrderPlaced=(
        402,
        fields(
            liquidation=whole,
            order=whole,
            account=text,
            market=text,
            size=quantity,
            limitPrice=quantity,
            expiresAtMs=whole,
            markPrice=quantity,
            fillablePrice=quantity,
            bankruptcyPrice=nullable(quantity),
            equity=quantity,
            marginEquity=quantity,
            maintenanceMargin=quantity,
        ),
    ),
    PenaltyCharged=(
        403,
        fields(
            liquidation=whole,
            account=text,
            notional=quantity,
            penalty=quantity,
            keeperReward=quantity,
            keeper=nullable(text),
            insuranceContribution=quantity,
            burned=quantity,
        ),
    ),
    TakeoverDecided=(
        404,
        fields(
            liquidation=whole,
            account=text,
            reason=word(
                "bankrupt", "book-exhausted", "steps-exhausted", "toxic", "routes-exhausted"
            ),
            equity=quantity,
        ),
    ),
    CollateralConverted=(
        405,
        fields(
            liquidation=whole,
            account=text,
            buyer=text,
            asset=text,
            amount=quantity,
            indexPrice=quantity,
            weight=quantity,
            proceeds=quantity,
        ),
    ),
    DeficitCovered=(
        406,
        fields(liquidation=whole, account=text, deficit=quantity, paid=quantity),
    ),
    PositionsDeleveraged=(
        407,
        fields(
            liquidation=whole,
            market=text,
            policy=adl_policy,
            markPrice=quantity,
            bankruptcyPrice=nullable(quantity),
            bankruptcyQuote=quantity,
            liquidated=change,
            counterparties=many(
                fields(change=change, price=nullable(quantity), value=quantity, taken=quantity)
            ),
            residualLoss=quantity,
        ),
    ),
    BadDebtSettled=(
        408,
        fields(
            liquidation=whole,
            account=text,
            badDebt=quantity,
            insurancePaid=quantity,
            socialized=many(fields(account=text, amount=quantity)),
            unallocated=quantity,
        ),
    ),
    LiquidationEnded=(
        409,
        fields(
            liquidation=whole,
            account=text,
            outcome=word("restored", "closed", "bankrupt"),
            equity=quantity,
            marginEquity=quantity,
            maintenanceMargin=quantity,
            steps=whole,
        ),
    ),
    CoverRepaid=(410, fields(liquidation=whole, account=text, amount=quantity)),
    CloseOutPlanned=(
        411,
        fields(
            liquidation=whole,
            account=text,
            policy=close_out_policy,
            orderStyle=order_style,
            penaltyFraction=quantity,
            restores=flag,
            legs=many(
                fields(market=text, closable=quantity, size=quantity, expectedCost=quantity)
            ),
        ),
    ),
    OrderCancelRequested=(
        412,
        fields(
            liquidation=whole, order=whole, reason=word("restored", "repriced", "gate-closed")
        ),
    ),
    CloseOutDeferred=(
        413,
        fields(
            liquidation=whole,
            account=text,
            notBeforeMs=whole,
            marginEquity=quantity,
            maintenanceMargin=quantity,
        ),
    ),
    ProviderPaid=(414, fields(liquidation=whole, provider=text, amount=quantity)),
    AuctionStarted=(
        451,
        fields(
            auction=whole,
            liquidation=whole,
            account=text,
            lot=auction_lot,
            phase=auction_phase,
            market=nullable(text),
            asset=nullable(text),
            parameters=auction_parameters,
            offer=auction_offer,
            health=health,
        ),
    ),
    AuctionReset=(
        452,
        fields(
            auction=whole,
            liquidation=whole,
            account=text,
            reason=word("time", "price", "proceeds"),
            resets=whole,
            elapsedMs=whole,
            offer=auction_offer,
            health=health,
        ),
    ),
    AuctionTaken=(
        453,
        fields(
            auction=whole,
            liquidation=whole,
            account=text,
            bidder=text,
            settlement=bid_settlement,
            bid=auction_bid,
            lot=auction_lot,
            phase=auction_phase,
            elapsedMs=whole,
            offer=auction_offer,
            fraction=nullable(quantity),
            positions=many(
                fields(
                    market=text, markPrice=quantity, change=change, bidder=change
                )
            ),
            collaterals=many(fields(asset=text, amount=quantity, indexPrice=quantity)),
            debts=many(desk_shares),
            supplies=many(desk_shares),
            payment=quantity,
            payout=quantity,
            price=nullable(quantity),
            reserved=quantity,
            before=health,
            after=health,
        ),
    ),
    AuctionEnded=(
        454,
        fields(
            auction=whole,
            liquidation=whole,
            account=text,
            outcome=word("sold", "restored", "no-bids", "superseded", "out-of-time"),
            takes=whole,
            resets=whole,
        ),
    ),
    RouteChosen=(
        481,
        fields(
            liquidation=whole,
            account=text,
            choice=route_choice,
            routes=many(
                fields(
                    method=route_method,
                    venue=nullable(text),
                    expectedCost=nullable(quantity),
                    expectedMs=whole,
                )
            ),
            route=whole,
            untilMs=whole,
            marginEquity=quantity,
            maintenanceMargin=quantity,
        ),
    ),
    RouteLeft=(
        482,
        fields(
            liquidation=whole,
            account=text,
            route=whole,
            method=route_method,
            venue=nullable(text),
            reason=word(
                "restored",
                "bankrupt",
                "exhausted",
                "no-taker",
                "no-room",
                "out-of-time",
                "toxic",
                "unavailable",
            ),
        ),
    ),
    OrderRouted=(483, fields(liquidation=whole, order=whole, venue=text)),
    SettlementPriceFixed=(501, fields(market=text, settlementPrice=quantity)),
    PositionsSettled=(
        502,
        fields(
            market=text,
            settlementPrice=quantity,
            positions=many(fields(change=change, value=quantity)),
            nextAccount=whole,
        ),
    ),
    MarketSettled=(503, fields(market=text, residue=quantity)),
    BreakerTripped=(
        601,
        fields(
            market=text,
            reason=breaker_reason,
            gates=many(gate),
            measured=quantity,
            threshold=quantity,
            untilMs=whole,
        ),
    ),
    BreakerReleased=(
        602,
        fields(market=text, reason=breaker_reason, cause=word("calm", "time-limit")),
    ),
    BreakerRearmed=(603, fields(market=text, reason=breaker_reason)),
    **lending_shapes.EVENTS,
)

record = fields(
    version=whole,
    seq=whole,
    time=whole,
    envelope=fields(source=text, sourceSeq=whole, command=command),
    outcome=union(
        Accepted=(1, fields(events=many(event))),
        Rejected=(
            2,
            fields(
                rejection=fields(
                    code=rejection_code,
                    details=many(fields(name=text, value=text)),
                )
            ),
        ),
    ),
)
