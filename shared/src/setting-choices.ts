/**
 * The values of each setting that is one of several. The first is the default, and the order is that of the page.
 */
export const SETTING_CHOICES = {
  theme: ['system', 'light', 'dark'],
  contrast: ['system', 'more'],
  text_size: ['medium', 'small', 'large', 'larger'],
  density: ['comfortable', 'compact'],
  enter: ['auto', 'send', 'line'],
  motion: ['system', 'reduced'],
  announcements: ['all', 'brief', 'none'],
} as const;
