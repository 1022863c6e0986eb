/**
 * Solid's build for browsers: the one for servers is not reactive.
 * @jest-environment-options { "customExportConditions": ["browser"] }
 */
import { createComputed, createMemo, createRoot, createSignal } from 'solid-js';
import { createKeyed } from './keyed';

describe('createKeyed', () => {
  it('never gives a computation the value of before beside the rest of the state', () => {
    const [state, setState] = createSignal({ version: 0, rooms: { 1: 'room at 0' } });
    const seen: unknown[] = [];
    createRoot(() => {
      // Subscribed first, so that its readers run first.
      const version = createMemo(() => state().version);
      const room = createKeyed<string>(createMemo(() => state().rooms));
      createComputed(() => seen.push([version(), room(1)]));
    });
    setState({ version: 1, rooms: { 1: 'room at 1' } });
    expect(seen).toEqual([
      [0, 'room at 0'],
      [1, 'room at 1'],
    ]);
  });
});
