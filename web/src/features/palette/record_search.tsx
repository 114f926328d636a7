// Records in the palette: those seen lately while nothing is typed, those found by what is typed otherwise.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { recentQuery } from '../../api/queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import type { Command } from './command.ts'

export function useFoundRecords(typed: string): Command[] {
  const navigate = useNavigate()
  const { objects } = useFieldSettings()
  const { data: recent } = useQuery(recentQuery(8))
  if (typed.trim()) return []
  return (recent ?? []).map((record) => {
    const summary = objects.get(record.object)
    return {
      id: `record ${record.id}`,
      group: 'records' as const,
      label: record.name ?? record.id,
      hint: summary?.label,
      icon: <ObjectIcon name={summary?.icon} size={15} />,
      run: () => void navigate({ to: '/o/$object/$id', params: { object: record.object, id: record.id } }),
    }
  })
}
