// Moving a card: shown at once, rolled back with the reason when the server refuses, and undoable.
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { updateRecord } from '../../api/commands.ts'
import { idOf, type ObjectDetail, type Page, type RecordData } from '../../api/types.ts'
import { quote } from '../../lib/soql.ts'
import type { BoardColumn } from '../meta.ts'
import { refreshRecords, useErrorToast, useUndoToast } from '../writes.ts'

type Pages = InfiniteData<Page>

/** The pages of a column without a record, or with it on top. */
export function withoutRecord(pages: Pages, id: string): Pages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, records: page.records.filter((row) => idOf(row) !== id) })),
  }
}

export function withRecord(pages: Pages, record: RecordData): Pages {
  const [first, ...rest] = withoutRecord(pages, idOf(record)).pages
  if (!first) return pages
  return { ...pages, pages: [{ ...first, records: [record, ...first.records] }, ...rest] }
}

export function useMove(meta: ObjectDetail, groupBy: string, columns: BoardColumn[]) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const undoToast = useUndoToast()
  const onError = useErrorToast(meta)
  return async (record: RecordData, to: string) => {
    const column = columns.find((item) => item.value === to)
    if (!column || record[groupBy] === to) return
    const id = idOf(record)
    await client.cancelQueries({ queryKey: ['records', meta.name] })
    const before = client.getQueriesData<Pages>({ queryKey: ['records', meta.name, 'pages'] })
    const target = `${groupBy} = ${quote(to)}`
    for (const [key, pages] of before) {
      if (!pages) continue
      const isTarget = String(key[3]).includes(target)
      client.setQueryData(
        key,
        isTarget ? withRecord(pages, { ...record, [groupBy]: to }) : withoutRecord(pages, id),
      )
    }
    try {
      const { changeSet } = await updateRecord(meta.name, id, { [groupBy]: to }, record.version)
      undoToast(t('board.moved', { stage: column.label }), changeSet)
    } catch (error) {
      for (const [key, pages] of before) client.setQueryData(key, pages)
      onError(error)
    }
    await refreshRecords(client)
  }
}
