// One line of text; also numbers that the server gives out.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { TextEdit } from './edit.tsx'
import { TextShow } from './show.tsx'

export const text: FieldType = {
  Show: TextShow,
  Edit: TextEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
}
