import { ApiExtension } from '@nestjs/swagger';
import { MAX_AVATAR_BYTES } from '@parley/shared';

/**
 * A rule that no schema can say, because it is about several parts of a request or about what is stored. `fields` are
 * OpenAPI runtime expressions. A request that is right by its schemas and breaks none of these rules is never answered 400.
 */
export interface Constraint {
  rule:
    | 'any_of' // at least one of the fields is given
    | 'at_most_one' // no two of the fields are given
    | 'equal' // those that are given have the same value
    | 'distinct' // those that are given have different values
    | 'message_of_room' // the field is the id of a message of the room in the path
    | 'own_uploads' // the field lists complete uploads of the user, each in no message yet
    | 'in_the_future' // the field is a time that is still to come
    | 'push_service' // the fields are of a browser at a push service on the internet
    | 'time_zone' // the field names a time zone that the server knows
    | 'own_image'; // the field is a complete upload of the user, an image that is in no message yet
  fields: string[];
  description: string;
}

const USER_IN_QUERY = '$request.query.active_user';
const USER_IN_BODY = '$request.body#/active_user_id';

export const ONE_USER: Constraint = {
  rule: 'any_of',
  fields: [USER_IN_QUERY, USER_IN_BODY],
  description: '`active_user` or `active_user_id` names the user.',
};
export const SAME_USER: Constraint = {
  rule: 'equal',
  fields: [USER_IN_QUERY, USER_IN_BODY],
  description: '`active_user` and `active_user_id` are the same where both are given.',
};
export const ANOTHER_USER: Constraint = {
  rule: 'distinct',
  fields: ['$request.body#/user_id', USER_IN_BODY],
  description: '`user_id` is another user than `active_user_id`.',
};
export const REPLY_IN_ROOM: Constraint = {
  rule: 'message_of_room',
  fields: ['$request.body#/reply_to'],
  description: '`reply_to` is a message of this room.',
};
export const OWN_UPLOADS: Constraint = {
  rule: 'own_uploads',
  fields: ['$request.body#/attachments'],
  description: '`attachments` are complete uploads of the user, each in no message yet.',
};
export const OWN_IMAGE: Constraint = {
  rule: 'own_image',
  fields: ['$request.body#/upload'],
  description: `\`upload\` is an image of at most ${MAX_AVATAR_BYTES} bytes.`,
};
export const IN_THE_FUTURE: Constraint = {
  rule: 'in_the_future',
  fields: ['$request.body#/expires_at'],
  description: '`expires_at` is in the future.',
};
export const PUSH_SERVICE: Constraint = {
  rule: 'push_service',
  fields: ['$request.body#/endpoint', '$request.body#/p256dh'],
  description: '`endpoint` is an https URL on the internet, and `p256dh` a point of the curve P-256.',
};
export const KNOWN_TIME_ZONE: Constraint = {
  rule: 'time_zone',
  fields: ['$request.body#/quiet_hours/time_zone'],
  description: '`time_zone` is in the IANA database.',
};
export const ONE_WAY: Constraint = {
  rule: 'at_most_one',
  fields: ['page', 'before', 'after', 'around', 'changed_since'].map((name) => `$request.query.${name}`),
  description: 'At most one of `page`, `before`, `after`, `around` and `changed_since` is given.',
};

export const CATEGORY_OR_REASON: Constraint = {
  rule: 'any_of',
  fields: ['$request.body#/category', '$request.body#/reason'],
  description: '`category` or `reason` is given.',
};

/** @param field of the body, with the password. */
export function passwordIfThere(field: string): Constraint {
  return {
    rule: 'any_of',
    fields: [`$request.body#/${field}`],
    description: `\`${field}\` is given, unless the account has no password.`,
  };
}

/** Puts the rules into the document: as `x-constraints`, and in words into the description of the operation. */
export function ApiConstraints(...constraints: Constraint[]) {
  return ApiExtension('x-constraints', constraints);
}
