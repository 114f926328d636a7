// References to other records, users among them.

import { lookupOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { LookupEdit } from './edit.tsx'
import { LookupFilter } from './filter.tsx'
import { lookupPaths } from './paths.ts'
import { LookupShow } from './show.tsx'

export const lookup: FieldType = {
  Show: LookupShow,
  Edit: LookupEdit,
  Filter: LookupFilter,
  operators: lookupOperators,
  literal: 'string',
  select: lookupPaths,
  column: { width: 220 },
}
