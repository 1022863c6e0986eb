/** Not within the name of a class, where Tailwind escapes the colon. */
const PSEUDO_CLASS = /(?<!\\):(hover|focus-visible|focus-within|focus)(?![\w-])/g;

/**
 * Lets an element be shown as with the pointer or the focus on it: `data-state="hover"` does what `:hover` does, by the rules
 * of the page themselves.
 */
export function showPseudoStates(): void {
  for (const sheet of document.styleSheets) rewrite(sheet.cssRules);
}

function rewrite(rules: CSSRuleList): void {
  for (const rule of rules) {
    if (rule instanceof CSSStyleRule && PSEUDO_CLASS.test(rule.selectorText))
      rule.selectorText = rule.selectorText.replaceAll(
        PSEUDO_CLASS,
        (pseudoClass, name: string) => `:is(${pseudoClass}, [data-state~='${name}'])`,
      );
    if ('cssRules' in rule) rewrite(rule.cssRules as CSSRuleList);
  }
}
