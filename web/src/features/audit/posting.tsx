// Where signed checkpoints are posted, so that the log can be proved outside; how that went last.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setAuditPosting } from '../../api/commands.ts'
import { auditPostingQuery } from '../../api/page_queries.ts'
import { ApiError } from '../../api/problem.ts'
import { meQuery } from '../../api/queries.ts'
import type { AuditPosting } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { formatDateTime } from '../../lib/dates.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { FormRow } from '../../ui/form.tsx'
import { showToast } from '../../ui/toast.tsx'

const often = ['checkpoint', 'hour', 'day'] as const

export function Posting() {
  const { t } = useTranslation()
  const { data: me } = useQuery(meQuery)
  const { data: posting } = useQuery(auditPostingQuery)
  if (!posting || !me) return null
  return (
    <section aria-label={t('audit.posting')} className="audit-posting">
      <h2>{t('audit.posting')}</h2>
      <p className="form-help">{t('audit.postingWhy')}</p>
      <State posting={posting} />
      {me.administrator && <Form posting={posting} />}
    </section>
  )
}

function State({ posting }: { posting: AuditPosting }) {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const when = (at: string) => formatDateTime(at, language, timeZone)
  const { url, posted_at, posted_size, error, failed_at } = posting
  return (
    <div role="status">
      <p>
        {!url
          ? t('audit.postedNowhere')
          : posted_at
            ? t('audit.postedAt', { when: when(posted_at), size: posted_size, server: serverOf(url) })
            : t('audit.postedNever', { server: serverOf(url) })}
      </p>
      {error && failed_at && (
        <p className="form-error">{t('audit.postFailed', { when: when(failed_at), why: error.detail })}</p>
      )}
    </div>
  )
}

const mailto = 'mailto:'
/** What is shown of an address: its server; of that of a mail, all. */
const serverOf = (url: string) => shownOf(url) ?? URL.parse(url)?.host ?? url
const shownOf = (url: string | null) => (url?.startsWith(mailto) ? url.slice(mailto.length) : undefined)
/** What was typed as the API has it: who types an e-mail address need not know of schemes. */
const addressOf = (typed: string) => (/^[^:/]+@/.test(typed) ? `${mailto}${typed}` : typed || null)

function Form({ posting }: { posting: AuditPosting }) {
  const { t } = useTranslation()
  const id = useId()
  const client = useQueryClient()
  const onError = useErrorToast()
  const [url, setUrl] = useState(shownOf(posting.url) ?? posting.url ?? '')
  const [every, setEvery] = useState(posting.every)
  const [wrong, setWrong] = useState<string>()
  useEffect(() => {
    setUrl(shownOf(posting.url) ?? posting.url ?? '')
    setEvery(posting.every)
  }, [posting.url, posting.every])
  const mails = addressOf(url.trim())?.startsWith(mailto) ?? false
  // A mail for each would be too many.
  const choices = often.filter((value) => !(mails && value === 'checkpoint'))
  const chosen = choices.find((value) => value === every) ?? 'hour'
  const save = async () => {
    setWrong(undefined)
    try {
      client.setQueryData(auditPostingQuery.queryKey, await setAuditPosting(addressOf(url.trim()), chosen))
      showToast(t('settings.saved'))
    } catch (error) {
      const why = error instanceof ApiError && error.fieldErrors.url
      if (why) setWrong(why)
      else onError(error)
    }
  }
  return (
    <form
      className="audit-posting-form"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <FormRow id={`${id}-url`} label={t('audit.postTo')} help={t('audit.postToHint')} error={wrong}>
        <input
          id={`${id}-url`}
          className="input"
          value={url}
          placeholder="https://"
          aria-invalid={wrong !== undefined}
          aria-describedby={[`${id}-url-help`, wrong && `${id}-url-error`].filter(Boolean).join(' ')}
          onChange={(event) => setUrl(event.target.value)}
        />
      </FormRow>
      <FormRow id={`${id}-every`} label={t('audit.postEvery')}>
        <select
          id={`${id}-every`}
          className="input"
          value={chosen}
          onChange={(event) => setEvery(event.target.value as AuditPosting['every'])}
        >
          {choices.map((value) => (
            <option key={value} value={value}>
              {t(`audit.every.${value}`)}
            </option>
          ))}
        </select>
      </FormRow>
      <Button type="submit">{t('common.save')}</Button>
    </form>
  )
}
