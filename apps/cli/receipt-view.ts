/**
 * The parts of a receipt's JSON that its page shows; docs/receipts.md says what each one is.
 * @module
 */

export type HealthView = {
  readonly balance: string;
  readonly equity: string;
  readonly marginEquity: string;
  readonly maintenanceMargin: string;
  readonly marginRatio: string | null;
  readonly positions: readonly {
    readonly market: string;
    readonly size: string;
    readonly markPrice: string;
    readonly notional: string;
    readonly unrealizedPnl: string;
    readonly maintenanceMargin: string;
  }[];
  readonly collaterals: readonly {
    readonly asset: string;
    readonly amount: string;
    readonly value: string;
    readonly marginValue: string;
  }[];
  readonly supplies: readonly { readonly asset: string; readonly amount: string }[];
  readonly debts: readonly {
    readonly asset: string;
    readonly amount: string;
    readonly value: string;
    readonly marginValue: string;
  }[];
};

export type SourceView = {
  readonly source: string;
  readonly status: string;
  readonly price: string | null;
  readonly ageMs: number | null;
};

export type PlanView = {
  readonly policy: string;
  readonly restores: boolean;
  readonly ordered: { readonly market: string; readonly size: string } | null;
  readonly legs: readonly {
    readonly market: string;
    readonly held: string;
    readonly closable: string;
    readonly closableBecause: string;
    readonly size: string;
    readonly expectedCost: string;
    readonly penaltyFraction: string;
    readonly limitPrice: string;
    readonly limitBoundBy: string;
  }[];
  readonly alternatives: readonly {
    readonly policy: string;
    readonly inForce: boolean;
    readonly notional: string;
    readonly expectedCost: string;
    readonly expectedPenalty: string;
    readonly expectedImpact: string;
    readonly restores: boolean;
  }[];
};

export type EventView = { readonly type: string; readonly [field: string]: unknown };

export type StepView = {
  readonly seq: number;
  readonly time: string | null;
  readonly events: readonly EventView[];
  readonly changes: readonly { readonly event: string }[];
  readonly payments: readonly { readonly event: string; readonly amount: string }[];
  readonly heldBack: readonly {
    readonly market: string;
    readonly mark: string;
    readonly unboundMark: string;
  }[];
  readonly plan: PlanView | null;
  readonly takenAsTold: readonly string[];
  readonly takes: readonly {
    readonly method: string;
    readonly by: string;
    readonly market: string;
    readonly size: string;
    readonly markPrice: string;
    readonly price: string | null;
    readonly notional: string;
    readonly costAgainstMark: string;
  }[];
  readonly fills: readonly {
    readonly market: string;
    readonly size: string;
    readonly price: string;
    readonly counterparty: string;
    readonly costAgainstMark: string;
  }[];
  readonly penalty: { readonly charged: string } | null;
  readonly deleveraging: {
    readonly market: string;
    readonly size: string;
    readonly markPrice: string;
    readonly taken: string;
    readonly counterparties: readonly { readonly account: string }[];
  } | null;
};

export type PlaceView = { readonly seq: number; readonly time: string | null };

export type ReceiptView = {
  readonly liquidation: number;
  readonly account: { readonly account: string; readonly owner: string };
  readonly run: { readonly runId: string } | null;
  readonly engineVersion: string;
  readonly outcome: string | null;
  readonly start: PlaceView;
  readonly end: PlaceView | null;
  readonly timeAfter: string | null;
  readonly terms: {
    readonly pool: { readonly settlementAsset: string; readonly releaseRatio: string };
  };
  readonly prices: {
    readonly indexes: readonly {
      readonly index: string;
      readonly price: string | null;
      readonly sources: readonly SourceView[];
    }[];
    readonly markets: readonly {
      readonly market: string;
      readonly mark: string | null;
      readonly mode: string;
      readonly unboundMark: string | null;
      readonly indexPrice: string | null;
      readonly book: {
        readonly bid: string;
        readonly ask: string;
        readonly ageMs: number;
        readonly status: string;
      } | null;
      readonly outside: readonly SourceView[];
    }[];
  };
  readonly healthBefore: HealthView;
  readonly healthAfter: HealthView;
  readonly steps: readonly StepView[];
  readonly totals: {
    readonly closedOnBook: {
      readonly notional: string;
      readonly costAgainstMark: string;
      readonly orders: number;
      readonly fills: number;
    };
    readonly takenOver: {
      readonly notional: string;
      readonly costAgainstMark: string;
      readonly takes: number;
    };
    readonly priority: {
      readonly paid: string;
      readonly account: string;
      readonly insuranceFund: string;
    };
    readonly deleveraged: { readonly notional: string; readonly taken: string };
    readonly penalty: {
      readonly charged: string;
      readonly keeper: string;
      readonly provider: string;
      readonly insuranceFund: string;
      readonly burned: string;
    };
    readonly badDebt: {
      readonly amount: string;
      readonly insuranceFund: string;
      readonly openInterest: string;
      readonly socialized: string;
      readonly unallocated: string;
    };
    readonly balance: { readonly [move: string]: string };
  };
  readonly journal: {
    readonly before: { readonly seq: number; readonly chainHash: string };
    readonly after: { readonly seq: number; readonly chainHash: string; readonly sealed: boolean };
  };
  readonly receiptHash: string;
};
