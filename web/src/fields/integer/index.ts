// Whole numbers.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { IntegerEdit } from './edit.tsx'
import { IntegerShow } from './show.tsx'

export const integer: FieldType = {
  Show: IntegerShow,
  Edit: IntegerEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
}
