// Any JSON value.

import { TextFilter } from '../shared/filters.tsx'
import { emptyOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { JsonEdit } from './edit.tsx'
import { JsonShow } from './show.tsx'

export const json: FieldType = {
  Show: JsonShow,
  Edit: JsonEdit,
  Filter: TextFilter,
  operators: emptyOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
  wide: true,
}
