/** Where the explorer loads {@link EXPLORER_POLICY} from. */
export const EXPLORER_POLICY_PATH = '/api/docs/trusted-types.js';

/**
 * The default policy of Trusted Types in the explorer. Swagger UI cleans the HTML of descriptions with DOMPurify, and
 * hands the text to React, which sets `innerHTML`. The explorer shows our own document only. Text never becomes script.
 */
export const EXPLORER_POLICY = `window.trustedTypes?.createPolicy('default', { createHTML: (html) => html });
`;
