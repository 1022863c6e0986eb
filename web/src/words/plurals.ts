type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** @returns a function that picks the form that `language` has for a number (CLDR plural rules). */
export function pluralsOf(language: string): (count: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => forms[rules.select(count)] ?? forms.other;
}
