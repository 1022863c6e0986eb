import { join } from 'node:path';
import { run } from '../launch/processes.js';

export const ADMIN = join(__dirname, '../../dist/admin.js');

export interface AdminResult {
  code: number | string | null;
  output: string;
}

/** Runs `npm run admin` without npm, and waits for its end. @param onEnd called at once when it ends. */
export async function runAdmin(
  settings: Record<string, string>,
  args: string[],
  onEnd: () => void = () => undefined,
): Promise<AdminResult> {
  const command = run(process.execPath, [ADMIN, ...args], { env: { ...process.env, ...settings } });
  const code = await command.ended;
  onEnd();
  return { code, output: command.output() };
}
