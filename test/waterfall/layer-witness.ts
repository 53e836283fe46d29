/**
 * Keeps its own account of the layers behind the accounts, from the events alone and in plain
 * whole numbers, and holds every payment against the rule in words: the buffer, then the fund
 * within its caps, then each tranche in its order, and only then anybody's profit.
 * @module
 */
import assert from 'node:assert/strict';
import type { Event, EventOf } from '../../src/engine/index.ts';
import { money, rawOf } from '../../src/units/index.ts';
import { type Terms, TRANCHES, WINDOW_MS, type World } from './waterfall-world.ts';

type Paid = { fund: bigint; buffer: bigint; tranches: Map<string, bigint> };

export type Reached = Map<string, number>;

export class LayerWitness {
  #buffer = 0n;
  #fund = 0n;
  #unallocated = 0n;
  readonly #capital = new Map<string, bigint>(TRANCHES.map((name) => [name, 0n]));
  readonly #running = new Map<number, Paid>();
  readonly #payments: { readonly timeMs: number; readonly amount: bigint }[] = [];
  readonly #world: World;
  readonly #reached: Reached;

  constructor(world: World, reached: Reached) {
    this.#world = world;
    this.#reached = reached;
  }

  see(events: readonly Event[]): void {
    for (const event of events) this.#note(event);
    this.#compare();
  }

  #reach(what: string): void {
    this.#reached.set(what, (this.#reached.get(what) ?? 0) + 1);
  }

  #paidInto(liquidation: number): Paid {
    const none = { fund: 0n, buffer: 0n, tranches: new Map<string, bigint>() };
    const paid = this.#running.get(liquidation) ?? none;
    this.#running.set(liquidation, paid);
    return paid;
  }

  #moveCapital(name: string, amount: bigint): void {
    const after = this.#capital.get(name)! + amount;
    assert.ok(after >= 0n, `${name} has paid what it did not have`);
    this.#capital.set(name, after);
  }

  #note(event: Event): void {
    switch (event.type) {
      case 'InsuranceFunded':
        this.#fund += rawOf(event.amount);
        break;
      case 'UnallocatedLossRepaid':
        this.#fund -= rawOf(event.amount);
        this.#unallocated -= rawOf(event.amount);
        break;
      case 'PenaltyCharged':
        this.#fund += rawOf(event.insuranceContribution);
        break;
      case 'BufferFilled':
        this.#bufferFilled(rawOf(event.amount));
        break;
      case 'BufferPaid':
        this.#bufferPaid(event);
        break;
      case 'DeficitCovered':
        this.#fundPaid(event.liquidation, rawOf(event.paid));
        break;
      case 'TranchePaid':
        this.#tranchePaid(event);
        break;
      case 'BadDebtSettled':
        this.#badDebt(event);
        break;
      case 'PositionsDeleveraged':
        this.#deleveraged(event);
        break;
      case 'TrancheRepaid':
      case 'CoverRepaid':
      case 'BufferRepaid':
        this.#repaid(event);
        break;
      default:
        this.#noteProviders(event);
        break;
    }
  }

  #noteProviders(event: Event): void {
    switch (event.type) {
      case 'PremiumPaid':
        this.#fund -= rawOf(event.amount);
        this.#moveCapital(event.tranche, rawOf(event.amount));
        this.#reach(rawOf(event.amount) === 0n ? 'a premium of nothing' : 'a premium');
        break;
      case 'TrancheDeposited': {
        const [capital, all] = [rawOf(event.capital), rawOf(event.sharesTotal)];
        assert.equal(capital, this.#capital.get(event.tranche));
        const fair = rawOf(event.shares) * capital <= rawOf(event.amount) * all || all === 0n;
        assert.ok(fair, 'a deposit took from those who were there');
        this.#moveCapital(event.tranche, rawOf(event.amount));
        this.#reach('a deposit');
        break;
      }
      case 'TrancheRedeemed': {
        const [capital, all] = [rawOf(event.capital), rawOf(event.sharesTotal)];
        assert.equal(capital, this.#capital.get(event.tranche));
        const fair = rawOf(event.amount) * all <= rawOf(event.shares) * capital;
        assert.ok(fair, 'an exit took from those who stayed');
        this.#moveCapital(event.tranche, -rawOf(event.amount));
        this.#reach('an exit');
        break;
      }
      case 'LiquidationEnded':
        this.#running.delete(event.liquidation);
    }
  }

  #bufferFilled(amount: bigint): void {
    this.#fund -= amount;
    this.#buffer += amount;
    assert.ok(this.#buffer <= wad(this.#world.terms.bufferMax), 'the buffer is too full');
    this.#reach('the buffer is filled');
  }

  #bufferPaid(event: EventOf<'BufferPaid'>): void {
    this.#buffer -= rawOf(event.amount);
    assert.ok(rawOf(event.amount) > 0n && this.#buffer >= 0n);
    this.#paidInto(event.liquidation).buffer += rawOf(event.amount);
    this.#reach('the buffer pays');
  }

  #fundPaid(liquidation: number, amount: bigint): void {
    assert.equal(this.#buffer, 0n, 'the fund paid before the buffer was empty');
    this.#fund -= amount;
    assert.ok(amount > 0n && this.#fund >= 0n);
    this.#paidInto(liquidation).fund += amount;
    const timeMs = this.#world.pool.now();
    this.#payments.push({ timeMs, amount });
    const { windowCap, marketCap } = this.#world.terms;
    const within = this.#payments.filter((one) => one.timeMs > timeMs - WINDOW_MS);
    const paid = within.reduce((sum, one) => sum + one.amount, 0n);
    for (const cap of [windowCap, marketCap]) {
      if (cap !== null) assert.ok(paid <= wad(cap), 'the fund paid more than its cap allows');
    }
    this.#reach('the fund pays');
  }

  #tranchePaid({ liquidation, tranche, amount }: EventOf<'TranchePaid'>): void {
    this.#assertFundSpent();
    for (const name of TRANCHES.slice(0, TRANCHES.indexOf(tranche as (typeof TRANCHES)[number]))) {
      assert.equal(this.#roomOf(name, liquidation), 0n, `${tranche} paid before ${name} had`);
    }
    const room = this.#roomOf(tranche, liquidation);
    assert.ok(rawOf(amount) > 0n && rawOf(amount) <= room, `${tranche} paid beyond its limits`);
    this.#moveCapital(tranche, -rawOf(amount));
    const { tranches } = this.#paidInto(liquidation);
    tranches.set(tranche, (tranches.get(tranche) ?? 0n) + rawOf(amount));
    this.#reach(`${tranche} pays`);
  }

  /** What a tranche could still pay for a liquidation; nothing if it is not configured now. */
  #roomOf(name: string, liquidation: number): bigint {
    const { waterfall } = this.#world.pool.engine.state;
    if (!waterfall!.parameters.tranches.some((own) => own.tranche === name)) return 0n;
    const most = wad(this.#world.terms.eventMax[TRANCHES.indexOf(name as 'junior')]!);
    const left = most - (this.#paidInto(liquidation).tranches.get(name) ?? 0n);
    const capital = this.#capital.get(name)!;
    return left < capital ? left : capital;
  }

  /** Nothing is left in the fund, or it is held back by a cap per window. */
  #assertFundSpent(): void {
    assert.equal(this.#buffer, 0n, 'somebody paid before the buffer was empty');
    if (this.#fund === 0n) return;
    const { windowCap, marketCap } = this.#world.terms;
    assert.ok(windowCap !== null || marketCap !== null, 'somebody paid before the fund was empty');
    this.#reach('a cap holds the fund back');
  }

  #assertLayersSpent(liquidation: number): void {
    this.#assertFundSpent();
    for (const name of TRANCHES) {
      assert.equal(this.#roomOf(name, liquidation), 0n, `profits paid before ${name} had`);
    }
  }

  #badDebt(event: EventOf<'BadDebtSettled'>): void {
    const { liquidation, insurancePaid, unallocated, socialized } = event;
    if (rawOf(insurancePaid) > 0n) this.#fundPaid(liquidation, rawOf(insurancePaid));
    this.#assertLayersSpent(liquidation);
    this.#unallocated += rawOf(unallocated);
    if (socialized.length > 0) this.#reach('profits bear a loss');
    if (rawOf(unallocated) > 0n) this.#reach('nobody bears a loss');
  }

  #deleveraged({ liquidation, counterparties }: EventOf<'PositionsDeleveraged'>): void {
    if (counterparties.every(({ taken }) => rawOf(taken) === 0n)) return;
    this.#assertLayersSpent(liquidation);
    this.#reach('winners are deleveraged');
  }

  /** Later layers first: whoever is repaid, nobody who paid after it is still owed anything. */
  #repaid(
    event: EventOf<'TrancheRepaid'> | EventOf<'CoverRepaid'> | EventOf<'BufferRepaid'>,
  ): void {
    const amount = rawOf(event.amount);
    const paid = this.#paidInto(event.liquidation);
    const owed = (name: string) => paid.tranches.get(name) ?? 0n;
    if (event.type === 'TrancheRepaid') {
      for (const name of TRANCHES.toReversed()) {
        if (name === event.tranche) break;
        assert.equal(this.#owedTo(paid, name), 0n, `${event.tranche} was repaid before ${name}`);
      }
      assert.ok(amount <= owed(event.tranche));
      paid.tranches.set(event.tranche, owed(event.tranche) - amount);
      this.#moveCapital(event.tranche, amount);
      this.#reach('a tranche is repaid');
      return;
    }
    for (const name of TRANCHES) assert.equal(this.#owedTo(paid, name), 0n);
    if (event.type === 'CoverRepaid') {
      this.#fund += amount;
      paid.fund -= amount;
      this.#reach('the fund is repaid');
      return;
    }
    assert.ok(paid.fund <= 0n && amount <= paid.buffer);
    this.#buffer += amount;
    this.#reach('the buffer is repaid');
  }

  /** A tranche without providers is owed nothing: the fund has taken its place. */
  #owedTo({ tranches }: Paid, name: string): bigint {
    const layer = this.#world.pool.engine.state.waterfall!.tranches.find(
      ({ tranche }) => tranche === name,
    );
    const owned = layer !== undefined && rawOf(layer.sharesTotal) > 0n;
    return owned ? (tranches.get(name) ?? 0n) : 0n;
  }

  #compare(): void {
    const { waterfall, insuranceFund, unallocatedLoss } = this.#world.pool.engine.state;
    assert.equal(rawOf(insuranceFund), this.#fund);
    assert.equal(rawOf(unallocatedLoss), this.#unallocated);
    assert.equal(rawOf(waterfall!.buffer), this.#buffer);
    for (const { tranche, capital, providers, sharesTotal } of waterfall!.tranches) {
      assert.equal(rawOf(capital), this.#capital.get(tranche));
      const held = providers.reduce((sum, { shares }) => sum + rawOf(shares), 0n);
      assert.equal(held, rawOf(sharesTotal), `shares of ${tranche} were made or lost`);
    }
  }
}

const wad = (value: Terms['bufferMax']): bigint => rawOf(money(String(value)));
