import { provideAction } from '../actions/provide';

/** While the search is open, its key outside its field goes back into it. In the field the same keys are the browser's own search. */
export function provideFindAction(
  field: () => HTMLInputElement | undefined,
  isWanted: () => boolean = () => true,
): void {
  provideAction(
    'search',
    () => field()?.select(),
    () => isWanted() && document.activeElement !== field(),
  );
}
