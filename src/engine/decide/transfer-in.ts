/** Decision on what another pool has sent: received or refused, once and for good. @module */
import { formatDecimal, gt, isNegative, isPositive } from '../../units/index.ts';
import { linkTo, PLEDGES_MAX } from '../links.ts';
import type { CommandOf, EventOf, Outcome, RejectionCode } from '../schema/index.ts';
import { type LinkView, type PoolView, poolParameters } from '../state.ts';
import { depositProblem } from './capital.ts';
import { accepted, rejected } from './outcome.ts';
import { sentFacts } from './transfers.ts';

type TransferIn = CommandOf<'TransferIn'>;

export function transferIn(state: PoolView, command: TransferIn): Outcome {
  const { fromPool, number } = command;
  const unlawful = shapeProblem(command);
  if (unlawful !== null) return unlawful;
  const link = linkTo(state, fromPool);
  if (link === undefined) return rejected('POOL_NOT_LINKED', { pool: fromPool });
  const { received, refused } = link;
  if (refused.includes(number)) {
    return rejected('TRANSFER_ALREADY_REFUSED', { pool: fromPool, number });
  }
  if (number <= received) return rejected('TRANSFER_ALREADY_RECEIVED', { pool: fromPool, number });
  if (number > received + 1) {
    return rejected('TRANSFER_OUT_OF_ORDER', { pool: fromPool, expected: received + 1 });
  }
  return command.purpose === 'release'
    ? homecoming(state, link, command)
    : arrival(state, link, command);
}

/** What no pool sends. */
function shapeProblem({ amount, number, pledge, purpose }: TransferIn): Outcome | null {
  const releases = purpose === 'release';
  const lawful = releases ? !isNegative(amount) : isPositive(amount);
  if (!lawful) return rejected('NOT_POSITIVE', { amount: formatDecimal(amount) });
  if ((pledge !== null) !== releases) {
    return rejected('INVALID_PARAMETER', { parameter: 'pledge', expected: 'that of a release' });
  }
  if (number > 0) return null;
  return rejected('INVALID_PARAMETER', { parameter: 'number', expected: 'at least 1' });
}

const received = ({ type: _type, ...facts }: TransferIn): EventOf<'TransferReceived'> => ({
  type: 'TransferReceived',
  ...facts,
});

/** The refusal is a fact like any other: what was refused cannot be received later. */
const refusedFor = ({ type: _type, ...facts }: TransferIn, reason: RejectionCode): Outcome =>
  accepted({ type: 'TransferRefused', ...facts, reason });

/** What comes from another pool comes in by the rules of a deposit. */
function arrival(state: PoolView, link: LinkView, command: TransferIn): Outcome {
  if (!link.open) return refusedFor(command, 'POOL_NOT_LINKED');
  const problem = depositProblem(state, command);
  if (problem?.type === 'Rejected') return refusedFor(command, problem.rejection.code);
  if (command.purpose === 'pledge') {
    if (isOfThePool(state, command)) return refusedFor(command, 'PLEDGE_NOT_TAKEN');
    if (link.held.length >= PLEDGES_MAX) return refusedFor(command, 'LINK_FULL');
  }
  return accepted(received(command));
}

/** Others than its owner have a part in what the account holds, or in what it does. */
function isOfThePool(state: PoolView, { account }: TransferIn): boolean {
  const { markets, vault } = state;
  const dealers = markets.map(({ amm }) => amm?.account);
  const { collateralBuyer } = poolParameters(state);
  return [collateralBuyer, vault?.parameters.account, ...dealers].includes(account);
}

/**
 * A pledge comes home, whatever the caps and prices of this pool: it never ceased to be its
 * account's. That it was given back proves that it had arrived, confirmed or not.
 */
function homecoming(state: PoolView, link: LinkView, command: TransferIn): Outcome {
  const { pledge: number, account, asset, amount } = command;
  const unconfirmed = link.outgoing.find(
    (entry) => entry.purpose === 'pledge' && entry.number === number,
  );
  const pledge = unconfirmed ?? link.pledges.find((entry) => entry.number === number);
  if (pledge === undefined) return refusedFor(command, 'PLEDGE_NOT_HELD');
  const known =
    pledge.asset === null
      ? poolParameters(state).settlementAsset === asset
      : state.assets[pledge.asset]!.parameters.asset === asset;
  const own = state.accounts[pledge.account]!.id === account;
  if (!known || !own || gt(amount, pledge.amount)) return refusedFor(command, 'PLEDGE_NOT_HELD');
  if (unconfirmed === undefined) return accepted(received(command));
  const facts = sentFacts(state, link, unconfirmed);
  return accepted({ type: 'TransferConfirmed', ...facts }, received(command));
}
