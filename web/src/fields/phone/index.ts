// Phone numbers: shown as typed, dialled in the international form.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { PhoneEdit } from './edit.tsx'
import { PhoneShow } from './show.tsx'

export const phone: FieldType = {
  Show: PhoneShow,
  Edit: PhoneEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 150 },
}
