// Who can see a record, and why: administrators ask about anybody, all others about themselves.
import { useQuery } from '@tanstack/react-query'
import { Check, Eye, EyeOff, Minus, X } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { accessQuery } from '../../api/page_queries.ts'
import { meQuery } from '../../api/queries.ts'
import type { AccessAnswer, AccessStep, ObjectDetail } from '../../api/types.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { FormRow } from '../../ui/form.tsx'
import { UserPicker } from '../user_picker.tsx'
import { useErrorText } from '../writes.ts'
import './access.css'
import { fieldVerdictOf, verdictOf } from './verdict.ts'

interface AccessProps {
  meta: ObjectDetail
  id: string
  name: string
  onClose: () => void
}

export default function AccessDialog({ meta, id, name, onClose }: AccessProps) {
  const { t } = useTranslation()
  const base = useId()
  const { data: me } = useQuery(meQuery)
  const [chosen, setChosen] = useState<string>()
  const [field, setField] = useState('')
  if (!me) return null
  const user = me.administrator ? chosen : me.id
  return (
    <Dialog
      title={me.administrator ? t('access.whoTitle', { name }) : t('access.whyTitle', { name })}
      onClose={onClose}
    >
      <div className="access">
        <div className={me.administrator ? 'access-asked' : undefined}>
          {me.administrator && <UserPicker label={t('access.user')} value={chosen} onChange={setChosen} />}
          <FormRow id={`${base}-field`} label={t('access.field')}>
            <select
              id={`${base}-field`}
              className="input"
              value={field}
              onChange={(event) => setField(event.target.value)}
            >
              <option value="">{t('access.noField')}</option>
              {meta.fields.map((item) => (
                <option key={item.name} value={item.name}>
                  {item.label}
                </option>
              ))}
            </select>
          </FormRow>
        </div>
        {user ? (
          <Answer user={user} record={id} field={field || undefined} own={!me.administrator} />
        ) : (
          <p className="form-help">{t('access.choose')}</p>
        )}
      </div>
    </Dialog>
  )
}

function Answer({
  user,
  record,
  field,
  own,
}: {
  user: string
  record: string
  field?: string
  own: boolean
}) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { data, error } = useQuery(accessQuery(user, record, field))
  if (error) {
    return (
      <p role="alert" className="banner banner-danger">
        {errorText(error)}
      </p>
    )
  }
  if (!data) return <SkeletonLines count={4} />
  return (
    <>
      <Verdict answer={data} name={own ? t('access.you') : (data.user.name ?? t('access.user'))} />
      <dl className="access-owner">
        <dt>{t('access.owner')}</dt>
        <dd>{data.owner?.name ?? t('access.noOwner')}</dd>
      </dl>
      <Steps title={t('access.steps')} steps={data.steps} />
      {data.field && (
        <Steps title={t('access.fieldSteps', { field: data.field.label })} steps={data.field.steps} />
      )}
    </>
  )
}

function Verdict({ answer, name }: { answer: AccessAnswer; name: string }) {
  const { t } = useTranslation()
  const { field } = answer
  return (
    <div role="status" className={`verdict ${answer.read ? 'verdict-yes' : 'verdict-no'}`}>
      {answer.read ? <Eye size={18} aria-hidden /> : <EyeOff size={18} aria-hidden />}
      <div>
        <p>{t(`access.verdict.${verdictOf(answer)}`, { name })}</p>
        {field && (
          <p>{t(`access.fieldVerdict.${fieldVerdictOf(answer.read, field)}`, { field: field.label })}</p>
        )}
      </div>
    </div>
  )
}

const marks = {
  grants: <Check size={16} aria-hidden />,
  refuses: <X size={16} aria-hidden />,
  note: <Minus size={16} aria-hidden />,
}

/** The links of the chain, each with a sign of its own that is also said in words. */
function Steps({ title, steps }: { title: string; steps: AccessStep[] }) {
  const { t } = useTranslation()
  const heading = useId()
  if (steps.length === 0) return null
  return (
    <section aria-labelledby={heading}>
      <h3 id={heading}>{title}</h3>
      <ul className="access-steps">
        {steps.map(({ grants, text }) => {
          const kind = grants === null ? 'note' : grants ? 'grants' : 'refuses'
          return (
            <li key={text} className={kind}>
              <span className="access-mark" title={t(`access.${kind}`)}>
                {marks[kind]}
                <span className="sr-only">
                  {t(`access.${kind}`)}
                  {t('common.colon')}
                </span>
              </span>
              <span>{text}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
