// Free key words.

import { setOperators } from '../shared/operators.ts'
import type { FieldType } from '../types.ts'
import { TagsEdit } from './edit.tsx'
import { TagFilter } from './filter.tsx'
import { TagsShow } from './show.tsx'

export const tags: FieldType = {
  Show: TagsShow,
  Edit: TagsEdit,
  Filter: TagFilter,
  operators: setOperators,
  literal: 'string',
  select: (field) => [field.name],
  column: { width: 200 },
}
