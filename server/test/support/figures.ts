/** What /metrics says, by name with labels as it stands there: `parley_sockets_open{kind="user"}`. */
export async function figuresOf(origin: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** How much each of these grew while `act` was done. */
export async function growthOf<Name extends string>(
  origin: string,
  names: readonly Name[],
  act: () => Promise<unknown>,
): Promise<Record<Name, number>> {
  const before = await figuresOf(origin);
  await act();
  const after = await figuresOf(origin);
  const growth = names.map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)] as const);
  return Object.fromEntries(growth) as Record<Name, number>;
}
