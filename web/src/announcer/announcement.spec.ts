import secondWords from '../words/languages/en/second';
import { announcementOf, type News } from './announcement';

const words = secondWords.announcements;
const open = (...texts: string[]): News => ({ name: 'bob', count: texts.length, texts });
const other = (name: string, count: number): News => ({ name, count, texts: null });

describe('an announcement', () => {
  it('has the texts of the open chat, and of others how many there are', () => {
    expect(announcementOf([open('Hi', 'there'), other('carol', 2)], 'all', words)).toEqual([
      'bob: Hi',
      'bob: there',
      '2 new messages from carol',
    ]);
  });

  it('has no texts when it is to be brief, and is none when there are to be none', () => {
    const news = [open('Hi'), other('carol', 1)];
    expect(announcementOf(news, 'brief', words)).toEqual([
      '1 new message from bob',
      '1 new message from carol',
    ]);
    expect(announcementOf(news, 'none', words)).toEqual([]);
  });

  it('sums up a burst, in one chat and in many', () => {
    expect(announcementOf([open('1', '2', '3', '4')], 'all', words)).toEqual(['4 new messages from bob']);
    // Some of them are not loaded.
    expect(announcementOf([{ ...open('5'), count: 30 }], 'all', words)).toEqual(['30 new messages from bob']);
    const many = ['carol', 'dave', 'erin', 'frank'].map((name, index) => other(name, index + 1));
    expect(announcementOf([open('Hi'), ...many], 'all', words)).toEqual([
      'bob: Hi',
      '10 new messages in 4 chats',
    ]);
  });
});
