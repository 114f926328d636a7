// Exact decimals.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { DecimalEdit } from './edit.tsx'
import { DecimalShow } from './show.tsx'

export const decimal: FieldType = {
  Show: DecimalShow,
  Edit: DecimalEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
}
