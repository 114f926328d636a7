// The page of a role or permission set: its name, its system rights, and its rights on objects and fields.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { roleQuery } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import type { Role } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { useLabel } from './data.ts'
import { SaveBar, Switch, Trouble } from './edit_frame.tsx'
import { FieldMatrix } from './field_matrix.tsx'
import { LabelFields } from './labels.tsx'
import { ObjectMatrix } from './object_matrix.tsx'
import { systemRights } from './reach.ts'
import { SignInNeeds } from './sign_in_needs.tsx'
import { type RoleEdit, useRoleEdit } from './use_role_edit.ts'
import './roles.css'

interface RoleProps {
  name: string
  /** The object whose fields are shown. */
  object: string | undefined
  setObject: (object: string | undefined) => void
}

export default function RolePage({ name, object, setObject }: RoleProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { data, error, refetch } = useQuery(roleQuery(name))
  if (data) return <RoleEditor opened={data} object={object} setObject={setObject} />
  if (!error) return <SkeletonLines count={12} />
  if (error instanceof ApiError && (error.status === 404 || error.status === 403)) {
    return (
      <Empty
        title={error.status === 404 ? t('roles.notFound') : t('errors.refused')}
        why={error.status === 404 ? t('roles.notFoundWhy') : errorText(error)}
        action={
          <Link className="btn btn-outline" to="/settings">
            {t('roles.back')}
          </Link>
        }
      />
    )
  }
  const retry = <Button onClick={() => void refetch()}>{t('common.retry')}</Button>
  return <Empty title={t('errors.title')} why={errorText(error)} action={retry} />
}

interface EditorProps extends Pick<RoleProps, 'object' | 'setObject'> {
  opened: { role: Role; tag: string }
}

function RoleEditor({ opened, object, setObject }: EditorProps) {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const edit = useRoleEdit(opened)
  const { draft, errors } = edit
  const kind = draft.kind ?? 'profile'
  return (
    <div className="page" data-module="platform">
      <header className="page-head role-head">
        <Link className="btn btn-icon" to="/settings" aria-label={t('roles.back')} title={t('roles.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>{labelOf(opened.role.label)}</h1>
        <Tag color={kind === 'profile' ? 'blue' : 'purple'}>{t(`roles.${kind}`)}</Tag>
        <span className="form-help">{t('roles.count', { count: opened.role.users })}</span>
      </header>
      <Trouble edit={edit} />
      <div className="page-scroll role-page" tabIndex={0}>
        {!draft.editable && <p className="banner">{t('roles.fixed')}</p>}
        {kind === 'permission_set' && <p className="banner">{t('roles.setWhy')}</p>}
        <section aria-label={t('roles.basics')}>
          <h2>{t('roles.basics')}</h2>
          <LabelFields
            label={draft.label}
            description={draft.description ?? { zh: '', en: '' }}
            error={errors.label}
            disabled={!draft.editable}
            onChange={edit.change}
          />
        </section>
        <SystemRights edit={edit} />
        {kind === 'profile' && <SignInNeeds edit={edit} />}
        {!draft.administrator && <Matrices edit={edit} object={object} setObject={setObject} />}
      </div>
      <SaveBar edit={edit} />
    </div>
  )
}

/** What the role may do beside records. */
function SystemRights({ edit: { draft, change } }: { edit: RoleEdit }) {
  const { t } = useTranslation()
  const rights = systemRights.map((right) => [right, draft.administrator || draft[right] === true] as const)
  return (
    <section aria-label={t('roles.system')}>
      <h2>{t('roles.system')}</h2>
      {rights.map(([right, on]) => (
        <Switch
          key={right}
          id={`role-${right}`}
          label={t(`roles.right.${right}`)}
          help={t(`roles.why.${right}`)}
          disabled={!draft.editable}
          on={on}
          onChange={(next) => change({ [right]: next })}
        />
      ))}
    </section>
  )
}

/** The rights on objects, and those on the fields of one of them. */
function Matrices({ edit, object, setObject }: { edit: RoleEdit } & Omit<EditorProps, 'opened'>) {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const shown = object !== undefined && objects.has(object) ? object : undefined
  const tab = shown === undefined ? 'objects' : 'fields'
  const firstNamed = Object.keys(edit.draft.fields ?? {})[0] ?? 'account'
  return (
    <section aria-label={t('roles.matrix')}>
      <div className="tabs" role="tablist">
        {(['objects', 'fields'] as const).map((item) => (
          <button
            key={item}
            type="button"
            role="tab"
            id={`tab-${item}`}
            aria-controls="role-tab"
            aria-selected={item === tab}
            className="tab"
            onClick={() => setObject(item === 'objects' ? undefined : (shown ?? firstNamed))}
          >
            {t(`roles.${item}`)}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="role-tab" aria-labelledby={`tab-${tab}`} className="role-tab">
        {shown === undefined ? (
          <ObjectMatrix edit={edit} onFields={setObject} />
        ) : (
          <FieldMatrix edit={edit} object={shown} setObject={setObject} />
        )}
      </div>
    </section>
  )
}
