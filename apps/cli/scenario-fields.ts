/** Fields that every section of a scenario file is made of. @module */
import { parseDecimal } from 'plimsoll/units';
import { z } from 'zod';

export const decimal = z
  .string('expected a quoted decimal string such as "0.005"')
  .refine((text) => parseDecimal(text).ok, {
    error: 'expected a decimal string with at most 18 digits after the point',
  });
export const positive = decimal.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), {
  error: 'expected a decimal string above 0',
});
export const count = z.int().positive();
export const share = z.number().min(0).max(1);
export const multiple = z.number().min(0).max(1e6);

export const fraction = decimal.refine((text) => Number(text) >= 0 && Number(text) <= 1, {
  error: 'expected a decimal string from 0 to 1',
});
