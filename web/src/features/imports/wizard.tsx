// One import step by step: mapping, preview and dry run, the run itself, its result. The server knows where it stands.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, ChevronLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { importQuery } from '../../api/page_queries.ts'
import { objectQuery } from '../../api/queries.ts'
import type { Import, ObjectDetail } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { useErrorText } from '../../records/writes.ts'
import { Button } from '../../ui/button.tsx'
import { Empty, SkeletonLines } from '../../ui/feedback.tsx'
import { CheckStep } from './check_step.tsx'
import './imports.css'
import { readingOf } from './mapping.ts'
import { MappingStep } from './mapping_step.tsx'
import { ResultStep } from './result_step.tsx'
import { RunStep } from './run_step.tsx'

const steps = ['upload', 'mapping', 'check', 'run', 'result'] as const
type Step = (typeof steps)[number]

export default function Wizard({ id }: { id: string }) {
  const { t } = useTranslation()
  const { language } = useFieldSettings()
  const errorText = useErrorText()
  const { data: item, error, refetch } = useQuery(importQuery(id))
  const { data: meta } = useQuery(objectQuery(item?.object ?? ''))
  if (error) {
    return (
      <Empty
        title={t('errors.title')}
        why={errorText(error)}
        action={<Button onClick={() => void refetch()}>{t('common.retry')}</Button>}
      />
    )
  }
  if (!item || !meta) return <SkeletonLines count={10} />
  const info = t('imports.fileInfo', {
    file: item.file_name,
    encoding: item.encoding ?? item.format.toUpperCase(),
    rows: item.rows_estimate?.toLocaleString(language) ?? '?',
  })
  return (
    <div className="page" data-module={meta.module}>
      <header className="page-head">
        <Link to="/imports" className="btn btn-icon" aria-label={t('common.back')} title={t('common.back')}>
          <ChevronLeft size={16} aria-hidden />
        </Link>
        <h1>
          {t('imports.object')}
          {language === 'en' ? ' ' : ''}
          {meta.label_plural}
        </h1>
        <span className="form-help ellipsis">{info}</span>
      </header>
      <Steps item={item} meta={meta} />
    </div>
  )
}

function stepOf(item: Import, checking: boolean): Step {
  if (item.state === 'running') return 'run'
  if (item.state !== 'mapping') return 'result'
  return checking ? 'check' : 'mapping'
}

function Steps({ item, meta }: { item: Import; meta: ObjectDetail }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [checking, setChecking] = useState(false)
  const step = stepOf(item, checking)
  const refresh = () => client.invalidateQueries({ queryKey: ['import', item.id] })
  // biome-ignore lint/correctness/useExhaustiveDependencies: each step begins at its top
  useEffect(() => {
    document.querySelector('.wizard-body')?.scrollTo({ top: 0 })
  }, [step])
  return (
    <>
      <ol className="wizard-steps" aria-label={t('imports.stepList')}>
        {steps.map((name, index) => {
          const at = steps.indexOf(step)
          const done = index < at || step === 'result'
          return (
            <li
              key={name}
              className={index === at ? 'here' : done ? 'done' : ''}
              aria-current={index === at ? 'step' : undefined}
            >
              <span className="wizard-number">
                {done && index !== at ? <Check size={13} aria-hidden /> : index + 1}
              </span>
              {t(`imports.steps.${name}`)}
            </li>
          )
        })}
      </ol>
      {step === 'mapping' && (
        <MappingStep key={readingOf(item)} item={item} meta={meta} onNext={() => setChecking(true)} />
      )}
      {step === 'check' && (
        <CheckStep
          item={item}
          meta={meta}
          onBack={() => setChecking(false)}
          onStarted={(job) =>
            client.setQueryData(['import', item.id], { ...item, state: 'running' as const, job_id: job.id })
          }
        />
      )}
      {step === 'run' && <RunStep item={item} onEnd={refresh} />}
      {step === 'result' && <ResultStep item={item} meta={meta} onChanged={refresh} />}
    </>
  )
}
