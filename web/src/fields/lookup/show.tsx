// The name of the other record, as a link where there is a page for it.
import { Avatar } from '../../ui/tag.tsx'
import { useFieldSettings } from '../context.tsx'
import { RecordLink } from '../shared/record_link.tsx'
import type { ShowProps } from '../types.ts'
import { relatedName, targetsOf } from './paths.ts'

export function LookupShow({ field, value, record }: ShowProps) {
  const { objects, prefixes } = useFieldSettings()
  if (typeof value !== 'string') return null
  const name = relatedName(field, record, objects) ?? value
  const target = prefixes.get(value.slice(0, 3))
  if (target?.name === 'user' || targetsOf(field)[0] === 'user') {
    return (
      <span className="person">
        <Avatar name={name} />
        <span className="ellipsis">{name}</span>
      </span>
    )
  }
  if (!target) return <>{name}</>
  return (
    <RecordLink className="link ellipsis" object={target.name} id={value}>
      {name}
    </RecordLink>
  )
}
