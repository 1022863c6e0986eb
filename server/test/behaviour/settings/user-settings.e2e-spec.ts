import { DEFAULT_SETTINGS, type Problem, type UserSettings } from '@parley/shared';
import { Parley } from '../../support/parley.js';
import { privacyTools } from '../../support/privacy.js';

const PATH = '/api/me/settings/';
const NIGHT = { from: '22:00', to: '07:00', time_zone: 'Europe/Berlin' };

describe('the settings of a user, in accounts mode', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off' });
  });
  afterAll(() => parley.stop());
  const { as, open, newPerson } = privacyTools(() => parley);

  it('are the defaults at first, and are changed field by field', async () => {
    const person = await newPerson();
    expect((await as(person, 'GET', PATH)).body).toEqual(DEFAULT_SETTINGS);
    const dark = { ...DEFAULT_SETTINGS, theme: 'dark' };
    expect((await as(person, 'PATCH', PATH, { theme: 'dark' })).body).toEqual(dark);
    const quiet = { ...dark, sounds: false, quiet_hours: NIGHT };
    expect((await as(person, 'PATCH', PATH, { sounds: false, quiet_hours: NIGHT })).body).toEqual(quiet);
    expect((await as(person, 'PATCH', PATH, {})).body).toEqual(quiet);
    expect((await as(person, 'PATCH', PATH)).body).toEqual(quiet);
    const loud = { ...quiet, quiet_hours: null };
    expect((await as(person, 'PATCH', PATH, { quiet_hours: null })).body).toEqual(loud);
    expect((await as(person, 'GET', PATH)).body).toEqual(loud);
  });

  it('reach the user sockets of the user when they change, and nobody else', async () => {
    const [person, other] = [await newPerson(), await newPerson()];
    const devices = [await open(person.token), await open(person.token)];
    const foreign = await open(other.token);
    await as(person, 'PATCH', PATH, {});
    await as(person, 'PATCH', PATH, { density: 'compact' });
    const settings = { ...DEFAULT_SETTINGS, density: 'compact' };
    for (const device of devices) {
      await device.next('user_settings');
      expect(device.all('user_settings')).toEqual([{ type: 'user_settings', settings }]);
    }
    await foreign.settled();
    expect(foreign.all('user_settings')).toEqual([]);
    expect((await as(other, 'GET', PATH)).body).toEqual(DEFAULT_SETTINGS);
  });

  it.each([
    [{ theme: 'blue' }, 'theme', 'must be one of system, light, dark'],
    [{ text_size: null }, 'text_size', 'must be one of small, medium, large, larger'],
    [{ sounds: 'no' }, 'sounds', 'must be a boolean value'],
    [{ notifications: null }, 'notifications', 'must be a boolean value'],
    [{ colour: 'red' }, 'colour', 'is not a field of this request'],
    [{ quiet_hours: 'night' }, 'quiet_hours', 'must be null or an object with from, to and time_zone'],
    [{ quiet_hours: [] }, 'quiet_hours', 'must be null or an object with from, to and time_zone'],
    [{ quiet_hours: { ...NIGHT, days: 5 } }, 'quiet_hours', 'must have no fields but from, to and time_zone'],
    [{ quiet_hours: { ...NIGHT, from: '24:00' } }, 'quiet_hours', 'from must be a time like 22:00'],
    [{ quiet_hours: { ...NIGHT, to: 7 } }, 'quiet_hours', 'to must be a time like 22:00'],
    [
      { quiet_hours: { ...NIGHT, time_zone: 'Moon/Base' } },
      'quiet_hours',
      'time_zone must be the IANA name of a time zone',
    ],
    [
      { quiet_hours: { from: '22:00', to: '07:00' } },
      'quiet_hours',
      'time_zone must be the IANA name of a time zone',
    ],
  ])('refuse %j, with the field and the rule, and stay as they are', async (body, field, message) => {
    const person = await newPerson();
    const answer = await as<Problem>(person, 'PATCH', PATH, { density: 'compact', ...body });
    expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message }]]);
    expect((await as(person, 'GET', PATH)).body).toEqual(DEFAULT_SETTINGS);
  });

  it('store one change after the other when many come at once', async () => {
    const person = await newPerson();
    const changes: Partial<UserSettings>[] = [
      { theme: 'dark' },
      { density: 'compact' },
      { enter: 'line' },
      { sounds: false },
      { motion: 'reduced' },
    ];
    await Promise.all(changes.map((change) => as(person, 'PATCH', PATH, change)));
    const all = { ...DEFAULT_SETTINGS, ...Object.assign({}, ...changes) };
    expect((await as(person, 'GET', PATH)).body).toEqual(all);
  });
});

describe('the settings of a user, in simulation', () => {
  let parley: Parley;
  beforeAll(async () => {
    parley = await Parley.start({ RATE_LIMIT: 'off' });
  });
  afterAll(() => parley.stop());

  it('are those of the user that the request names', async () => {
    const [a, b] = [await parley.newUser(), await parley.newUser()];
    const socket = await parley.userSocket(a.id);
    const path = (id: number) => `${PATH}?active_user=${id}`;
    const { status } = await parley.call('PATCH', path(a.id), { body: { theme: 'light' } });
    expect(status).toBe(200);
    expect((await socket.next('user_settings')).settings.theme).toBe('light');
    expect((await parley.get(path(a.id))).body).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
    expect((await parley.get(path(b.id))).body).toEqual(DEFAULT_SETTINGS);
    expect((await parley.get(PATH)).status).toBe(400);
    const body = { theme: 'dark', active_user_id: b.id };
    expect((await parley.call('PATCH', PATH, { body })).body).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
    expect((await parley.get(path(999_999))).status).toBe(404);
    expect((await parley.call('PATCH', path(999_999), { body: { theme: 'light' } })).status).toBe(404);
  });
});
