import * as fc from 'fast-check';
import { stepInGrid, type Cell } from './grid';

// Two sections of five and eight cells in rows of three.
const step = (key: string, ...cell: [number, number]) => stepInGrid(key, cell, [5, 8], 3);

describe('the keys in a grid of sections', () => {
  it.each<[string, Cell, Cell | 'out' | null]>([
    ['ArrowRight', [0, 0], [0, 1]],
    ['ArrowRight', [0, 4], [1, 0]],
    ['ArrowRight', [1, 7], [1, 7]],
    ['ArrowLeft', [1, 0], [0, 4]],
    ['ArrowLeft', [0, 0], 'out'],
    ['ArrowDown', [0, 1], [0, 4]],
    ['ArrowDown', [0, 2], [0, 4]],
    ['ArrowDown', [0, 4], [1, 1]],
    ['ArrowDown', [1, 7], [1, 7]],
    ['ArrowUp', [1, 2], [0, 4]],
    ['ArrowUp', [1, 0], [0, 3]],
    ['ArrowUp', [0, 2], 'out'],
    ['Home', [1, 5], [1, 3]],
    ['End', [0, 3], [0, 4]],
    ['a', [0, 3], null],
  ])('%s leads from %j to %j', (key, from, to) =>
    expect(step(key, ...(from as [number, number]))).toEqual(to),
  );

  it('never lead to a cell that does not exist', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'), {
          maxLength: 60,
        }),
        (lengths, keys) => {
          let cell: Cell = [0, 0];
          for (const key of keys) {
            const next = stepInGrid(key, cell, lengths, 8);
            if (next && next !== 'out') cell = next;
            expect(cell[1]).toBeGreaterThanOrEqual(0);
            expect(cell[1]).toBeLessThan(lengths[cell[0]] ?? 0);
          }
        },
      ),
    );
  });
});
