/** Every way there is. @module */
import { BOOK, OUTSIDE } from './book.ts';
import { DIRECT } from './direct.ts';
import type { Route, RouteMethod } from './route.ts';

const ROUTES: { readonly [M in RouteMethod]?: Route } = {
  book: BOOK,
  outside: OUTSIDE,
  direct: DIRECT,
};

export const routeOf = (method: RouteMethod): Route | undefined => ROUTES[method];
