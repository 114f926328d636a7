// The size of a file: a whole number of bytes to the server.

import { IntegerEdit } from '../integer/edit.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { FileSizeFilter } from './filter.tsx'
import { FileSizeShow } from './show.tsx'

export const fileSize: FieldType = {
  Show: FileSizeShow,
  Edit: IntegerEdit,
  Filter: FileSizeFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
}
