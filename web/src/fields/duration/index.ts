// Lengths of time, in seconds.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { DurationEdit } from './edit.tsx'
import { DurationShow } from './show.tsx'

export const duration: FieldType = {
  Show: DurationShow,
  Edit: DurationEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
  group: true,
}
