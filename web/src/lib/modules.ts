// The modules in the order of a working day: customers first, what only administrators need last.
export const modules = ['customers', 'sales', 'service', 'marketing', 'analytics', 'platform'] as const

/** Things of modules in that order; those of one module stay as they are. */
export function byModule<T extends { module: string }>(items: T[]): T[] {
  const place = (item: T) => (modules as readonly string[]).indexOf(item.module)
  return items.toSorted((left, right) => place(left) - place(right))
}
