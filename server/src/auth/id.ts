const ID = /^[1-9]\d{0,15}$/;

/** A positive integer that JSON and PostgreSQL both hold exactly, from text; null when it is not one. */
export function parseId(text: string): number | null {
  return ID.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER ? Number(text) : null;
}
