// Yes or no.

import { BooleanFilter } from '../shared/filters.tsx'
import { booleanOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { BooleanEdit } from './edit.tsx'
import { BooleanShow } from './show.tsx'

export const boolean: FieldType = {
  Show: BooleanShow,
  Edit: BooleanEdit,
  Filter: BooleanFilter,
  operators: booleanOperators,
  literal: 'boolean',
  select: (field) => [field.name],
  column: { width: 90 },
}
