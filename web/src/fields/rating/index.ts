// Stars.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { RatingEdit } from './edit.tsx'
import { RatingShow } from './show.tsx'

export const rating: FieldType = {
  Show: RatingShow,
  Edit: RatingEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110 },
  group: true,
}
