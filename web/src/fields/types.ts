// What a field type is made of: how it is shown, edited, filtered by, selected in a query and laid out in a column.
import type { ComponentType } from 'react'
import type { Field, ObjectSummary, RecordData } from '../api/types.ts'
import type { FilterValue, Operator } from '../lib/filter.ts'
import type { LiteralKind } from '../lib/soql.ts'

export interface ShowProps {
  field: Field
  value: unknown
  record: RecordData
  /** Cells are one line high; details may be tall and carry links. */
  mode: 'cell' | 'detail'
}

export interface EditProps {
  id: string
  field: Field
  value: unknown
  record: RecordData
  /** With the value, what else of the record shows it: of a reference the name of what it points to. */
  onChange: (value: unknown, beside?: RecordData) => void
  invalid?: boolean
  describedBy?: string
  autoFocus?: boolean
}

export interface FilterProps {
  field: Field
  op: Operator
  value: FilterValue | undefined
  onChange: (value: FilterValue) => void
  label: string
  /** Neither "today" nor "me": the filter must mean the same on any day and to anybody. */
  fixed?: boolean
}

export interface FieldType {
  Show: ComponentType<ShowProps>
  Edit: ComponentType<EditProps>
  Filter: ComponentType<FilterProps>
  operators: Operator[]
  literal: LiteralKind
  /** The paths a query must select to show the field. */
  select: (field: Field, objects: Map<string, ObjectSummary>) => string[]
  column: { width: number; align?: 'end' }
  /** Takes the whole width of a form. */
  wide?: boolean
  /** The control is a group of controls, named by the label. */
  group?: boolean
}
