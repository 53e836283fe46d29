/** Every way there is. @module */
import { BOOK, OUTSIDE } from './book.ts';
import type { Route, RouteMethod } from './route.ts';

const ROUTES: { readonly [M in RouteMethod]?: Route } = {
  book: BOOK,
  outside: OUTSIDE,
};

export const routeOf = (method: RouteMethod): Route | undefined => ROUTES[method];
