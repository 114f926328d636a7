// Several lines of plain text.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { LongTextEdit } from './edit.tsx'
import { LongTextShow } from './show.tsx'

export const longText: FieldType = {
  Show: LongTextShow,
  Edit: LongTextEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 280 },
  wide: true,
}
