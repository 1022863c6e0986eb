/** Checks of values that were parsed from JSON. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** A whole number from 0. */
export function isCount(value: unknown): value is number {
  return isInteger(value) && value >= 0;
}

/** A whole number from 1. */
export function isId(value: unknown): value is number {
  return isInteger(value) && value >= 1;
}

export function isIds(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isId);
}
