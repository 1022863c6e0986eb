import { pluralsOf } from '../../plurals';

const plural = pluralsOf('en');

/** The sentences of the emoji picker and of the completion of short codes. */
export default {
  title: 'Emoji',
  search: 'Search emoji',
  none: 'No emoji found',
  found: (count: number) => `${count} emoji found`,
  groups: {
    recent: 'Recently used',
    results: 'Results',
    smileys: 'Smileys and emotion',
    people: 'People and body',
    nature: 'Animals and nature',
    food: 'Food and drink',
    travel: 'Travel and places',
    activities: 'Activities',
    objects: 'Objects',
    symbols: 'Symbols',
    flags: 'Flags',
  },
  skinTone: 'Skin tone',
  /** In the order of the picker: the default one first. */
  skinTones: ['Default', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
  completions: 'Emoji suggestions',
  completionCount: (count: number) =>
    `${count} emoji ${plural(count, { one: 'suggestion', other: 'suggestions' })}, Tab or Enter to insert`,
};
