// The labels of the values.
import { Tag } from '../../ui/tag.tsx'
import type { ShowProps } from '../types.ts'

export function MultiPicklistShow({ field, value }: ShowProps) {
  if (!Array.isArray(value)) return null
  return (
    <span className="tags">
      {value.map((item) => {
        const known = field.values?.find((candidate) => candidate.value === item)
        return (
          <Tag key={String(item)} color={known?.color}>
            {known?.label ?? String(item)}
          </Tag>
        )
      })}
    </span>
  )
}
