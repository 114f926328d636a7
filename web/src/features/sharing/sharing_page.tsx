// How the records of one object are shared.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../api/problem.ts'
import { meQuery, objectQuery } from '../../api/queries.ts'
import type { ObjectDetail, Sharing } from '../../api/types.ts'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { ObjectIcon } from '../../ui/object-icon.tsx'
import { SaveBar, Switch, Trouble } from '../roles/edit_frame.tsx'
import { isAdministered } from '../roles/reach.ts'
import type { State } from '../roles/use_definition_edit.ts'
import { Children } from './children.tsx'
import { sharingQuery } from './data.ts'
import { defaults } from './definition.ts'
import { Parent } from './parent.tsx'
import { Rules } from './rules.tsx'
import { Sensitive } from './sensitive.tsx'
import './sharing.css'
import { type SharingEdit, useSharingEdit } from './use_sharing_edit.ts'

export default function SharingPage({ object }: { object: string }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const sharing = useQuery(sharingQuery(object))
  const meta = useQuery(objectQuery(object))
  if (sharing.data && meta.data) return <SharingEditor latest={sharing.data} meta={meta.data} />
  const error = sharing.error ?? meta.error
  if (!error) return <SkeletonLines count={12} />
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) {
    return (
      <Empty
        title={error.status === 404 ? t('sharing.notFound') : t('errors.refused')}
        why={error.status === 404 ? t('sharing.notFoundWhy') : errorText(error)}
        action={
          <Link className="btn btn-outline" to="/settings">
            {t('roles.back')}
          </Link>
        }
      />
    )
  }
  const retry = () => void (sharing.error ? sharing.refetch() : meta.refetch())
  return (
    <Empty
      title={t('errors.title')}
      why={errorText(error)}
      action={<Button onClick={retry}>{t('common.retry')}</Button>}
    />
  )
}

function SharingEditor({ latest, meta }: { latest: State<Sharing>; meta: ObjectDetail }) {
  const { t } = useTranslation()
  const edit = useSharingEdit(latest)
  const { data: me } = useQuery(meQuery)
  return (
    <div className="page" data-module={meta.module}>
      <header className="page-head role-head">
        <Link
          className="btn btn-icon"
          to="/settings/$page"
          params={{ page: 'sharing' }}
          aria-label={t('sharing.back')}
          title={t('sharing.back')}
        >
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <span className="object-badge">
          <ObjectIcon name={meta.icon} size={16} />
        </span>
        <h1>
          {t('sharing.title')}
          {t('common.colon')}
          {meta.label}
        </h1>
      </header>
      <Trouble edit={edit} />
      <div className="page-scroll role-page sharing-page" tabIndex={0}>
        {isAdministered(meta.name) ? (
          <p className="banner">{t('sharing.adminOnly')}</p>
        ) : (
          <>
            {me?.organisation.record_scope === 'all' && <p className="banner">{t('sharing.allOpen')}</p>}
            <Default edit={edit} />
            <Ways edit={edit} />
            <Parent edit={edit} meta={meta} />
            <Children edit={edit} meta={meta} />
            <Rules edit={edit} meta={meta} pending={latest.value.pending} />
          </>
        )}
        <Sensitive meta={meta} />
      </div>
      <SaveBar edit={edit} />
    </div>
  )
}

/** What everyone may do with every record. */
function Default({ edit: { draft, errors, change } }: { edit: SharingEdit }) {
  const { t } = useTranslation()
  return (
    <section aria-labelledby="sharing-default">
      <h2 id="sharing-default">{t('sharing.default')}</h2>
      <div role="radiogroup" aria-labelledby="sharing-default" className="sharing-choices">
        {defaults.map((value) => (
          <div key={value} className="sharing-choice">
            <input
              type="radio"
              name="default"
              id={`default-${value}`}
              aria-describedby={`default-${value}-help`}
              checked={(draft.default ?? 'private') === value}
              onChange={() => change({ default: value })}
            />
            <label htmlFor={`default-${value}`}>{t(`sharing.defaults.${value}`)}</label>
            <span className="form-help" id={`default-${value}-help`}>
              {t(`sharing.defaultWhy.${value}`)}
            </span>
          </div>
        ))}
      </div>
      {errors.default && <span className="form-error">{errors.default}</span>}
    </section>
  )
}

function Ways({ edit: { draft, change } }: { edit: SharingEdit }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('sharing.ways')}>
      <h2>{t('sharing.ways')}</h2>
      {(['hierarchy', 'manual'] as const).map((way) => (
        <Switch
          key={way}
          id={`sharing-${way}`}
          label={t(`sharing.${way}`)}
          help={t(`sharing.${way}Why`)}
          on={draft[way] ?? true}
          onChange={(on) => change({ [way]: on })}
        />
      ))}
    </section>
  )
}
