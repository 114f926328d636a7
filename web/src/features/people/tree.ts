// Positions and territories as trees.
import { idOf, type RecordData } from '../../api/types.ts'

export interface TreeNode {
  id: string
  name: string
  below: TreeNode[]
}

/** The records by what they have in a field that leads to another record. */
export function grouped(records: RecordData[], field: string): Map<string, RecordData[]> {
  const groups = new Map<string, RecordData[]>()
  for (const record of records) {
    const key = String(record[field] ?? '')
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return groups
}

/** Those that are below no other, with those below them. Those that stand in a circle are at the top too: none is lost. */
export function treeOf(records: RecordData[]): TreeNode[] {
  const nameOf = new Map(records.map((record) => [idOf(record), String(record.name ?? '')]))
  const childrenOf = grouped(records, 'parent_id')
  const top = records.filter(({ parent_id }) => !nameOf.has(String(parent_id)))
  const placed = new Set<string>()
  const place = (record: RecordData): TreeNode[] => {
    const id = idOf(record)
    if (placed.has(id)) return []
    placed.add(id)
    return [
      { id, name: nameOf.get(id) ?? '', below: (childrenOf.get(id) ?? []).flatMap((child) => place(child)) },
    ]
  }
  return [...top, ...records].flatMap((record) => place(record))
}
