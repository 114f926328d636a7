// The words for the kinds of jobs; a kind this version does not know is "background job".
const kinds = [
  'import',
  'export',
  'undo_import',
  'undo',
  'import_dry_run',
  'bulk_edit',
  'audit_post',
  'erasure',
] as const

export function jobKindKey(kind: string): (typeof kinds)[number] | 'other' {
  return kinds.find((known) => known === kind) ?? 'other'
}
