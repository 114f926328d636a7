// The kind of a file: a MIME type to the server.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import { TextEdit } from '../text/edit.tsx'
import type { FieldType } from '../types.ts'
import { FileKindShow } from './show.tsx'

export const fileKind: FieldType = {
  Show: FileKindShow,
  Edit: TextEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name, 'name'],
  column: { width: 120 },
}
