// The label of the value, in its colour.
import { Tag } from '../../ui/tag.tsx'
import type { ShowProps } from '../types.ts'

export function PicklistShow({ field, value }: ShowProps) {
  if (value === null || value === undefined || value === '') return null
  const known = field.values?.find((item) => item.value === value)
  return (
    <Tag color={known?.color} dot={Boolean(known?.color)}>
      {known?.label ?? String(value)}
    </Tag>
  )
}
