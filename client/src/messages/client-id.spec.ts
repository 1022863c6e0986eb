import { newClientId } from './client-id.js';

describe('newClientId', () => {
  it('is a UUID of version 7', () => {
    const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (let n = 0; n < 100; n++) expect(newClientId()).toMatch(uuid7);
  });

  it('begins with the time, so that ids sort by time', () => {
    expect(newClientId(0x0123456789ab)).toMatch(/^01234567-89ab-7/);
    expect(newClientId(1_700_000_000_000) < newClientId(1_700_000_000_001)).toBe(true);
  });

  it('is unique', () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newClientId(1))).size).toBe(1_000);
  });
});
