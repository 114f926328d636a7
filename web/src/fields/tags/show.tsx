// Each key word by itself.
import { Tag } from '../../ui/tag.tsx'
import type { ShowProps } from '../types.ts'

export function TagsShow({ value }: ShowProps) {
  if (!Array.isArray(value)) return null
  return (
    <span className="tags">
      {value.map((tag) => (
        <Tag key={String(tag)}>{String(tag)}</Tag>
      ))}
    </span>
  )
}
