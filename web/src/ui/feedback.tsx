// What stands in for content: skeletons while loading, an explanation when there is none, progress of long work.
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

export function Skeleton({ width = '100%', height }: { width?: string | number; height?: number }) {
  return <span className="skeleton" style={{ width, height }} />
}

/** Several grey lines, announced once as "loading". */
export function SkeletonLines({ count = 6 }: { count?: number }) {
  const { t } = useTranslation()
  return (
    <div role="status" className="skeleton-lines" style={{ display: 'grid', gap: 14, padding: 20 }}>
      <span className="sr-only">{t('app.loading')}</span>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all the same
        <Skeleton key={index} width={`${90 - ((index * 17) % 45)}%`} />
      ))}
    </div>
  )
}

interface EmptyProps {
  icon?: ReactNode
  title: string
  why?: string
  /** More than a sentence of why. */
  children?: ReactNode
  action?: ReactNode
}

export function Empty({ icon, title, why, children, action }: EmptyProps) {
  return (
    <div className="empty">
      {icon}
      <h2>{title}</h2>
      {why && <p>{why}</p>}
      {children}
      {action}
    </div>
  )
}

export function Progress({ label, done, total }: { label: string; done: number; total: number | null }) {
  const known = total !== null && total > 0
  const part = known ? Math.min(100, (100 * done) / total) : undefined
  return (
    <div
      className={`progress ${known ? '' : 'progress-unknown'}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={part === undefined ? undefined : Math.round(part)}
    >
      <span style={part === undefined ? undefined : { width: `${part}%` }} />
    </div>
  )
}
