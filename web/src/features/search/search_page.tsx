// All results of a search: by object, or many of one object; the text and the filter live in the address.

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { SearchX, Search as Spyglass } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { searchQuery } from '../../api/page_queries.ts'
import type { SearchHit } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useSettled } from '../../lib/settled.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { Seen } from '../home/seen.tsx'
import '../home/home.css'
import { Hit } from './hit.tsx'
import { usePlural } from './plural.ts'
import './search.css'

const perObject = 8
const ofOne = 50

interface SearchPageProps {
  text: string
  object: string | undefined
  setSearch: (search: { q?: string; object?: string }) => void
}

export default function SearchPage({ text, object, setSearch }: SearchPageProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const [typed, setTyped] = useState(text)
  const settled = useSettled(typed.trim(), 120)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed here goes into the address
  useEffect(() => {
    if (settled !== text) setSearch({ q: settled || undefined, object })
  }, [settled])
  // The address may change by itself: the box in the shell, or the browser's back button.
  useEffect(() => setTyped((was) => (was.trim() === text ? was : text)), [text])
  return (
    <div className="page search-page" data-module="platform">
      <header className="page-head">
        <span className="object-badge">
          <Spyglass size={16} aria-hidden />
        </span>
        <h1>{t('search.title')}</h1>
        <input
          type="search"
          className="input"
          aria-label={t('search.box')}
          placeholder={t('search.hint')}
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </header>
      {text && <Filter text={text} object={object} setSearch={setSearch} />}
      <div className="page-scroll">
        {text ? (
          <Results text={text} object={object} setSearch={setSearch} />
        ) : (
          <>
            <Empty
              icon={<Spyglass size={28} aria-hidden />}
              title={t('search.start')}
              why={t('search.startWhy')}
            />
            {objects.size > 0 && <Seen />}
          </>
        )}
      </div>
    </div>
  )
}

/** The objects that have results, to look at one of them. */
function Filter({ text, object, setSearch }: SearchPageProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const { data } = useQuery(searchQuery(text, perObject))
  const plural = usePlural()
  const found = data?.groups.map((group) => ({ name: group.object, label: plural(group) })) ?? []
  const chosen = object && !found.some((item) => item.name === object)
  const all = chosen
    ? [...found, { name: object, label: objects.get(object)?.label_plural ?? object }]
    : found
  if (all.length === 0) return null
  return (
    <div className="search-filter" role="group" aria-label={t('search.filter')}>
      <Button variant="plain" aria-pressed={!object} onClick={() => setSearch({ q: text })}>
        {t('search.all')}
      </Button>
      {all.map((item) => (
        <Button
          key={item.name}
          variant="plain"
          aria-pressed={item.name === object}
          onClick={() => setSearch({ q: text, object: item.name })}
        >
          {item.label}
        </Button>
      ))}
    </div>
  )
}

function Results({ text, object, setSearch }: SearchPageProps) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const plural = usePlural()
  const errorText = useErrorText()
  const result = useQuery(searchQuery(text, object ? ofOne : perObject, object))
  if (result.isError) {
    return (
      <Empty
        title={t('errors.title')}
        why={errorText(result.error)}
        action={<Button onClick={() => void result.refetch()}>{t('common.retry')}</Button>}
      />
    )
  }
  if (!result.data) return <SkeletonLines count={8} />
  const groups = result.data.groups.filter((group) => !object || group.object === object)
  if (groups.length === 0) {
    return (
      <Empty
        icon={<SearchX size={28} aria-hidden />}
        title={t('search.nothing', { text })}
        why={t('search.nothingWhy')}
        action={object && <Button onClick={() => setSearch({ q: text })}>{t('search.all')}</Button>}
      />
    )
  }
  return groups.map((group) => (
    <section
      key={group.object}
      className="search-group"
      aria-label={plural(group)}
      data-module={objects.get(group.object)?.module}
    >
      <h2>
        <ObjectIcon name={objects.get(group.object)?.icon} size={14} /> {plural(group)}
      </h2>
      <ul>
        {group.records.map((hit) => (
          <Result key={hit.id} hit={hit} />
        ))}
      </ul>
      {group.more && !object && (
        <Button variant="plain" onClick={() => setSearch({ q: text, object: group.object })}>
          {t('search.more', { object: plural(group) })}
        </Button>
      )}
    </section>
  ))
}

function Result({ hit }: { hit: SearchHit }) {
  return (
    <li>
      <Link className="search-result" to="/o/$object/$id" params={{ object: hit.object, id: hit.id }}>
        <Hit hit={hit} />
      </Link>
    </li>
  )
}
