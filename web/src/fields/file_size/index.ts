// The size of a file: a whole number of bytes to the server.

import { IntegerEdit } from '../integer/edit.tsx'
import { NumberFilter } from '../shared/filters.tsx'
import { numberOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { FileSizeShow } from './show.tsx'

export const fileSize: FieldType = {
  Show: FileSizeShow,
  Edit: IntegerEdit,
  Filter: NumberFilter,
  operators: numberOperators,
  literal: 'number',
  select: (field) => [field.name],
  column: { width: 110, align: 'end' },
}
