/** A cell of a grid in sections: its section, and its index there. */
export type Cell = readonly [section: number, index: number];

/**
 * Where a key leads from `cell` in a grid whose sections have so many cells each, as it is seen from left to right: null when
 * the key leads nowhere, `out` when it leaves the grid at its beginning.
 */
export function stepInGrid(
  key: string,
  [section, index]: Cell,
  lengths: readonly number[],
  columns: number,
): Cell | 'out' | null {
  const length = lengths[section] ?? 0;
  const column = index % columns;
  const above = lengths[section - 1];
  const below = lengths[section + 1];
  switch (key) {
    case 'ArrowLeft':
      if (index > 0) return [section, index - 1];
      return above === undefined ? 'out' : [section - 1, above - 1];
    case 'ArrowRight':
      if (index + 1 < length) return [section, index + 1];
      return below === undefined ? [section, index] : [section + 1, 0];
    case 'ArrowUp':
      if (index >= columns) return [section, index - columns];
      if (above === undefined) return 'out';
      return [section - 1, Math.min(above - 1, above - 1 - ((above - 1) % columns) + column)];
    case 'ArrowDown': {
      const isInLastRow = index - column + columns >= length;
      if (!isInLastRow) return [section, Math.min(length - 1, index + columns)];
      return below === undefined ? [section, index] : [section + 1, Math.min(below - 1, column)];
    }
    case 'Home':
      return [section, index - column];
    case 'End':
      return [section, Math.min(length - 1, index - column + columns - 1)];
    default:
      return null;
  }
}
