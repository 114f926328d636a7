// Days of the calendar, without a time zone.
import { lazy } from 'react'
import { DateFilter } from '../shared/filters.tsx'
import { dateOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { DateShow } from './show.tsx'

export const date: FieldType = {
  Show: DateShow,
  Edit: lazy(() => import('./edit.tsx')),
  Filter: DateFilter,
  operators: dateOperators,
  literal: 'date',
  select: (field) => [field.name],
  column: { width: 120 },
}
