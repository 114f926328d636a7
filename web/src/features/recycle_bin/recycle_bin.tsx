// Deleted records: put them back, or delete them for good.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { purgeRecords, restoreRecords } from '../../api/commands.ts'
import { recycleBinQuery } from '../../api/page_queries.ts'
import { meQuery, objectsQuery } from '../../api/queries.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatRelative } from '../../lib/dates.ts'
import { refreshRecords, useErrorToast } from '../../records/writes.ts'
import { Button, MoreButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { showError, showToast } from '../../ui/toast.tsx'

export default function RecycleBin() {
  const { t } = useTranslation()
  const { objects: known, language, timeZone } = useFieldSettings()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  const client = useQueryClient()
  const onError = useErrorToast()
  const [object, setObject] = useState('')
  const [chosen, setChosen] = useState<string[]>([])
  const [asking, setAsking] = useState(false)
  const pages = useInfiniteQuery(recycleBinQuery(object || undefined))
  const records = pages.data?.pages.flatMap((page) => page.records) ?? []

  const restore = async () => {
    try {
      const { restored, errors } = await restoreRecords(chosen)
      if (restored > 0) showToast(t('recycle.restored', { count: restored }))
      const [first] = errors
      if (first) showError(first.message)
      setChosen([])
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  const purge = async () => {
    setAsking(false)
    try {
      const { purged } = await purgeRecords(chosen)
      showToast(t('recycle.purged', { count: purged }))
      setChosen([])
      await refreshRecords(client)
    } catch (error) {
      onError(error)
    }
  }
  const toggle = (id: string) =>
    setChosen((was) => (was.includes(id) ? was.filter((other) => other !== id) : [...was, id]))

  return (
    <div className="page" data-module="platform">
      <header className="page-head">
        <span className="object-badge">
          <Trash size={16} aria-hidden />
        </span>
        <h1>{t('recycle.title')}</h1>
        <select
          className="input choice"
          aria-label={t('recycle.filterObject')}
          value={object}
          onChange={(event) => setObject(event.target.value)}
        >
          <option value="">{t('common.all')}</option>
          {(objects ?? []).map((item) => (
            <option key={item.name} value={item.name}>
              {item.label}
            </option>
          ))}
        </select>
        <span className="spring" />
        <Button variant="primary" disabled={chosen.length === 0} onClick={() => void restore()}>
          {t('recycle.restore')}
        </Button>
        {me?.administrator && (
          <Button variant="danger" disabled={chosen.length === 0} onClick={() => setAsking(true)}>
            {t('recycle.purge')}
          </Button>
        )}
      </header>
      <div className="page-scroll">
        {pages.isPending ? (
          <SkeletonLines />
        ) : records.length === 0 ? (
          <Empty
            icon={<Trash size={28} aria-hidden />}
            title={t('recycle.empty')}
            why={t('recycle.emptyWhy')}
          />
        ) : (
          <table className="plain-table">
            <thead>
              <tr>
                <td />
                <th scope="col">{t('recycle.name')}</th>
                <th scope="col">{t('recycle.object')}</th>
                <th scope="col">{t('recycle.deletedAt')}</th>
                <th scope="col">{t('recycle.deletedBy')}</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record) => {
                const name = record.name ?? record.id
                return (
                  <tr key={record.id}>
                    <td>
                      <input
                        type="checkbox"
                        aria-label={t('recycle.select', { name })}
                        checked={chosen.includes(record.id)}
                        onChange={() => toggle(record.id)}
                      />
                    </td>
                    <td>{name}</td>
                    <td>{known.get(record.object)?.label ?? record.object}</td>
                    <td>{formatRelative(record.deleted_at, language, timeZone)}</td>
                    <td>{record.deleted_by?.name ?? t('common.somebody')}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        )}
        {pages.hasNextPage && <MoreButton pages={pages}>{t('common.loadMore')}</MoreButton>}
      </div>
      {asking && (
        <ConfirmDialog
          title={t('recycle.purgeTitle', { count: chosen.length })}
          text={t('recycle.purgeWhy')}
          confirm={t('recycle.purge')}
          danger
          onConfirm={() => void purge()}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  )
}
