import { createContext, useContext, type ContextProviderComponent } from 'solid-js';

/** A context that is never null: using it outside its provider is a mistake and says so. */
export function createRequiredContext<T>(name: string): [ContextProviderComponent<T | undefined>, () => T] {
  const context = createContext<T>();
  const use = (): T => {
    const value = useContext(context);
    if (value === undefined) throw new Error(`use${name} needs its ${name}Provider`);
    return value;
  };
  return [context.Provider, use];
}
