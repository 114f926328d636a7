// Web addresses.

import { TextFilter } from '../shared/filters.tsx'
import { textOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { UrlEdit } from './edit.tsx'
import { UrlShow } from './show.tsx'

export const url: FieldType = {
  Show: UrlShow,
  Edit: UrlEdit,
  Filter: TextFilter,
  operators: textOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
}
