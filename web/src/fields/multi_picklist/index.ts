// Several of a list of values.

import { ChoiceFilter } from '../shared/filters.tsx'
import { setOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { MultiPicklistEdit } from './edit.tsx'
import { MultiPicklistShow } from './show.tsx'

export const multiPicklist: FieldType = {
  Show: MultiPicklistShow,
  Edit: MultiPicklistEdit,
  Filter: ChoiceFilter,
  operators: setOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
  group: true,
}
