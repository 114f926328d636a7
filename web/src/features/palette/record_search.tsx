// Records in the palette: those seen lately while nothing is typed, those found by what is typed otherwise.
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { recentQuery, searchQuery } from '../../api/page_queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useSettled } from '../../lib/settled.ts'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import type { Command } from './command.ts'

/** The id of the command that leads to all results. */
export const searchAll = 'search all'

const pause = 60
const perObject = 3
const shown = 8

export function useFoundRecords(typed: string): Command[] {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { objects } = useFieldSettings()
  const text = useSettled(typed.trim(), pause)
  const { data: recent } = useQuery(recentQuery(8))
  const { data: found } = useQuery(searchQuery(text, perObject))
  const records = typed.trim() ? (found?.groups ?? []).flatMap((group) => group.records) : (recent ?? [])
  const commands = records.slice(0, shown).map((record): Command => {
    const summary = objects.get(record.object)
    return {
      id: `found ${record.id}`,
      group: 'records',
      label: record.name ?? record.id,
      hint: summary?.label,
      icon: <ObjectIcon name={summary?.icon} size={15} />,
      run: () => void navigate({ to: '/o/$object/$id', params: { object: record.object, id: record.id } }),
    }
  })
  if (!typed.trim()) return commands
  const all: Command = {
    id: searchAll,
    group: 'records',
    label: t('palette.searchAll', { text: typed.trim() }),
    icon: <Search size={15} aria-hidden />,
    run: () => void navigate({ to: '/search', search: { q: typed.trim() } }),
  }
  return [...commands, all]
}
