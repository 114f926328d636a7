// Amounts of money with their currency.

import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { MoneyEdit } from './edit.tsx'
import { MoneyShow } from './show.tsx'

export const money: FieldType = {
  Show: MoneyShow,
  Edit: MoneyEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 140, align: 'end' },
}
