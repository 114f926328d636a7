// The sharing rules that open records to a territory, whatever object they are of.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Pencil, Plus, X } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectQuery } from '../../api/queries.ts'
import type { SharingRule } from '../../api/types.ts'
import { useErrorToast } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Skeleton } from '../../ui/feedback.tsx'
import { Tag } from '../../ui/tag.tsx'
import { showError, showToast } from '../../ui/toast.tsx'
import { useLabel, useRefreshRoles } from '../roles/data.ts'
import { useWhich } from '../sharing/rule_words.ts'
import { writeRule } from '../sharing/write_rule.ts'
import type { TerritoryRule } from './territory_data.ts'

const RuleEditor = lazy(() => import('./territory_rule_dialog.tsx'))

interface RulesProps {
  territory: { id: string; name: string }
  rules: TerritoryRule[]
}

type Asked = { what: 'add' } | { what: 'edit' | 'remove'; of: TerritoryRule }

export default function TerritoryRules({ territory, rules }: RulesProps) {
  const { t } = useTranslation('security')
  const labelOf = useLabel()
  const [asked, setAsked] = useState<Asked | null>(null)
  const remove = useRemove(territory.id)
  const close = () => setAsked(null)
  return (
    <>
      {rules.length === 0 ? (
        <p className="form-help">{t('territories.noRules')}</p>
      ) : (
        <ul className="member-list">
          {rules.map((one) => (
            <RuleLine
              key={`${one.object} ${one.rule.name}`}
              of={one}
              onAsk={(what) => setAsked({ what, of: one })}
            />
          ))}
        </ul>
      )}
      <div>
        <Button icon={<Plus size={14} aria-hidden />} onClick={() => setAsked({ what: 'add' })}>
          {t('territories.addRule')}
        </Button>
      </div>
      <Suspense>
        {asked?.what === 'add' && <RuleEditor territory={territory} onClose={close} />}
        {asked?.what === 'edit' && (
          <RuleEditor territory={territory} object={asked.of.object} rule={asked.of.rule} onClose={close} />
        )}
      </Suspense>
      {asked?.what === 'remove' && (
        <ConfirmDialog
          title={t('territories.removeRule', { name: labelOf(asked.of.rule.label) })}
          text={t(
            asked.of.rule.with.length > 1 ? 'territories.removeFromRule' : 'territories.removeRuleWhy',
            {
              name: territory.name,
            },
          )}
          confirm={t('territories.remove')}
          danger
          onConfirm={() => {
            close()
            void remove(asked.of)
          }}
          onClose={close}
        />
      )}
    </>
  )
}

/** Takes the territory out of a rule; a rule for nobody else goes. */
function useRemove(territory: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const refresh = useRefreshRoles()
  const onError = useErrorToast()
  return async ({ object, rule }: TerritoryRule) => {
    const others = rule.with.filter((id) => id !== territory)
    const left: SharingRule | null = others.length > 0 ? { ...rule, with: others } : null
    try {
      const done = await writeRule(client, object, rule, left)
      if (done === 'written') showToast(t('roles.saved'))
      else showError(done === 'conflict' ? t('roles.conflict') : Object.values(done).join(' '))
    } catch (error) {
      onError(error)
    }
    await refresh()
  }
}

interface LineProps {
  of: TerritoryRule
  onAsk: (what: 'edit' | 'remove') => void
}

function RuleLine({ of: { object, rule, pending }, onAsk }: LineProps) {
  const { t } = useTranslation()
  const labelOf = useLabel()
  const { data: meta } = useQuery(objectQuery(object))
  const name = labelOf(rule.label)
  return (
    <li className="territory-rule">
      <span className="territory-rule-text">
        <Link to="/settings/sharing/$object" params={{ object }}>
          {meta?.label ?? object}
        </Link>
        {t('common.colon')}
        {meta ? <Which rule={rule} meta={meta} /> : <Skeleton width={120} />}
        {' → '}
        {t(`shares.access.${rule.access ?? 'read'}`)}
      </span>
      {pending && (
        <Tag color="orange" dot>
          {t('sharing.pending')}
        </Tag>
      )}
      <span className="spring" />
      <IconButton small label={t('sharing.editRule', { name })} onClick={() => onAsk('edit')}>
        <Pencil size={14} aria-hidden />
      </IconButton>
      <IconButton small label={t('sharing.deleteRule', { name })} onClick={() => onAsk('remove')}>
        <X size={14} aria-hidden />
      </IconButton>
    </li>
  )
}

const Which = ({ rule, meta }: { rule: SharingRule; meta: Parameters<typeof useWhich>[1] }) =>
  useWhich(rule, meta)
