// One of a list of values.

import { ChoiceFilter } from '../shared/filters.tsx'
import { choiceOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { PicklistEdit } from './edit.tsx'
import { PicklistShow } from './show.tsx'

export const picklist: FieldType = {
  Show: PicklistShow,
  Edit: PicklistEdit,
  Filter: ChoiceFilter,
  operators: choiceOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 160 },
}
