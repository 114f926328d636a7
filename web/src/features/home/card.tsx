// A card of the first page: a title, a link to all of it, and lines; or why there are none.
import type { ReactNode } from 'react'
import { useErrorText } from '../../records/writes.ts'
import { Skeleton } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'

interface CardProps {
  title: string
  icon: ReactNode
  module?: string
  all?: ReactNode
  /** Undefined while they are being read. */
  lines: ReactNode[] | undefined
  empty: ReactNode
  /** Why they could not be read. */
  error?: unknown
}

export function Card({ title, icon, module, all, lines, empty, error }: CardProps) {
  const errorText = useErrorText()
  return (
    <section className="home-card" data-module={module} aria-label={title}>
      <header>
        <span className="object-badge small">{icon}</span>
        <h2>{title}</h2>
        <span className="spring" />
        {all}
      </header>
      {error && !lines ? (
        <p className="home-empty" role="alert">
          {errorText(error)}
        </p>
      ) : lines?.length === 0 ? (
        <div className="home-empty">{empty}</div>
      ) : (
        <ul>
          {lines ??
            [60, 75, 50].map((width) => (
              <li key={width}>
                <Skeleton width={`${width}%`} />
              </li>
            ))}
        </ul>
      )}
    </section>
  )
}

export const CardIcon = ({ name }: { name: string | undefined }) => <ObjectIcon name={name} size={13} />
