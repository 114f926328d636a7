// A reference to an uploaded file.

import { TextFilter } from '../shared/filters.tsx'
import { emptyOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { FileEdit } from './edit.tsx'
import { FileShow } from './show.tsx'

export const file: FieldType = {
  Show: FileShow,
  Edit: FileEdit,
  Filter: TextFilter,
  operators: emptyOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 160 },
}
