// Instants, shown in the time zone of the user.
import { lazy } from 'react'
import { DateFilter } from '../shared/filters.tsx'
import { dateOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { DateTimeShow } from './show.tsx'

export const dateTime: FieldType = {
  Show: DateTimeShow,
  Edit: lazy(() => import('./edit.tsx')),
  Filter: DateFilter,
  operators: dateOperators,
  literal: 'date',
  select: (field) => [field.name],
  column: { width: 175 },
}
