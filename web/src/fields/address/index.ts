// Postal addresses with 省/市/区.
import { lazy } from 'react'
import { TextFilter } from '../shared/filters.tsx'
import { addressOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { AddressShow } from './show.tsx'

export const address: FieldType = {
  Show: AddressShow,
  Edit: lazy(() => import('./edit.tsx')),
  Filter: TextFilter,
  operators: addressOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 240 },
  wide: true,
  group: true,
}
