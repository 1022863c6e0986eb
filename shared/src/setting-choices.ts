/** The values of each setting that is one of several, in the order of the page. */
export const SETTING_CHOICES = {
  theme: ['system', 'light', 'dark'],
  contrast: ['system', 'more'],
  text_size: ['small', 'medium', 'large', 'larger'],
  density: ['comfortable', 'compact'],
  enter: ['auto', 'send', 'line'],
  motion: ['system', 'reduced'],
  announcements: ['all', 'brief', 'none'],
} as const;
