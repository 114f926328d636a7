// The records that are ticked in the list on screen, for what acts on them from outside the list.
export interface Selection {
  object: string
  ids: string[]
}

let current: Selection | null = null

/** Says what is ticked; the answer takes it back. */
export function publishSelection(object: string, ids: string[]): () => void {
  const mine = ids.length > 0 ? { object, ids } : null
  current = mine
  return () => {
    if (current === mine) current = null
  }
}

export const currentSelection = (): Selection | null => current
