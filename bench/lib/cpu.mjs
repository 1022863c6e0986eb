import { readdirSync, readFileSync } from 'node:fs';

/** One tick of /proc/PID/stat, in µs: USER_HZ is 100 on every Linux that Node runs on. */
const TICK_US = 10_000;

/** CPU time of a process, in µs, user and system, as the operating system counts it. */
export function cpuOf(pid) {
  const fields = statOf(pid);
  return fields ? (fields.utime + fields.stime) * TICK_US : 0;
}

/** The same of a process and everything below it, those that ended included. */
export function cpuOfTree(root) {
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(Number(entry));
    if (stat) children.set(stat.ppid, [...(children.get(stat.ppid) ?? []), Number(entry)]);
  }
  let total = 0;
  const visit = (pid) => {
    const stat = statOf(pid);
    if (!stat) return;
    total += (stat.utime + stat.stime + stat.cutime + stat.cstime) * TICK_US;
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return total;
}

/** Resident memory, in bytes. */
export function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1_024;
}

function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold anything: count from behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return {
      ppid: Number(fields[1]),
      utime: Number(fields[11]),
      stime: Number(fields[12]),
      cutime: Number(fields[13]),
      cstime: Number(fields[14]),
    };
  } catch {
    return null;
  }
}
