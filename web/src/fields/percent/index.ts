// Percentages: 12.50 means 12.5 %.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { PercentEdit } from './edit.tsx'
import { PercentShow } from './show.tsx'

export const percent: FieldType = {
  Show: PercentShow,
  Edit: PercentEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
}
