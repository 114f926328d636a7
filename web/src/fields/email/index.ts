// E-mail addresses.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { EmailEdit } from './edit.tsx'
import { EmailShow } from './show.tsx'

export const email: FieldType = {
  Show: EmailShow,
  Edit: EmailEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
}
