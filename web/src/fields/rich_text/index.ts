// HTML that the server has sanitised.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { RichTextEdit } from './edit.tsx'
import { RichTextShow } from './show.tsx'

export const richText: FieldType = {
  Show: RichTextShow,
  Edit: RichTextEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 280 },
  wide: true,
  group: true,
}
