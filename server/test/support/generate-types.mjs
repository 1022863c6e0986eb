// The schemas of an AsyncAPI document, from standard input, as TypeScript. A process of its own: the generator loads its
// formatter by a dynamic import, which jest does not allow.
import { compile } from 'json-schema-to-typescript';
import { text } from 'node:stream/consumers';

const { components } = JSON.parse(await text(process.stdin));
const schemas = JSON.stringify(components.schemas).replaceAll('#/components/schemas/', '#/$defs/');
const root = { title: 'Frames', type: 'object', $defs: JSON.parse(schemas) };
process.stdout.write(await compile(root, 'Frames', { unreachableDefinitions: true, format: false }));
