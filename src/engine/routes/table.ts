/** Every way there is. @module */
import { AMM } from './amm.ts';
import { AUCTION } from './auction.ts';
import { BACKSTOP } from './backstop.ts';
import { BOOK, OUTSIDE } from './book.ts';
import { DIRECT } from './direct.ts';
import type { Route, RouteMethod } from './route.ts';

const ROUTES: { readonly [M in RouteMethod]?: Route } = {
  book: BOOK,
  outside: OUTSIDE,
  direct: DIRECT,
  amm: AMM,
  backstop: BACKSTOP,
  auction: AUCTION,
};

export const routeOf = (method: RouteMethod): Route | undefined => ROUTES[method];
