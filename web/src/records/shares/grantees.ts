// Those with whom something can be shared: users, and the teams, positions, groups and territories they are in.
import { useFieldSettings } from '../../fields/context.tsx'
import { useRecordNames } from '../record_names.ts'

/** Who can be in a public group or a territory. */
export const members = ['user', 'team', 'position', 'public_group']

export const grantees = [...members, 'territory']

/** What can be told of an id: its name once it is known, and what it is. */
export interface Named {
  id: string
  name: string | undefined
  kind: string | undefined
}

/** The ids with their names, in their order. */
export function useNamed(ids: string[]): Named[] {
  const { prefixes } = useFieldSettings()
  const names = useRecordNames(ids)
  return ids.map((id) => ({ id, name: names.get(id), kind: prefixes.get(id.slice(0, 3))?.label }))
}
