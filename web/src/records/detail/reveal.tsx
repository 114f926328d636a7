// A value that is shown in part, in full: asked for when it is opened, which the audit log notes.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { revealValue } from '../../api/commands.ts'
import type { Field, RecordData } from '../../api/types.ts'
import { idOf } from '../../api/types.ts'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Value } from '../value.tsx'
import { useErrorText } from '../writes.ts'

interface RevealProps {
  object: string
  field: Field
  record: RecordData
}

export default function Reveal({ object, field, record }: RevealProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const id = idOf(record)
  // Asked once for each time it is opened: nothing of it stays.
  const full = useQuery({
    queryKey: ['reveal', object, id, field.name],
    queryFn: () => revealValue(object, id, field.name),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  return (
    <div>
      <h2 className="popover-title">{field.label}</h2>
      {full.isPending && <SkeletonLines count={1} />}
      {full.isError && <p className="form-error">{errorText(full.error)}</p>}
      {full.isSuccess && (
        <Value
          field={{ ...field, masked: false }}
          record={{ ...record, [field.name]: full.data }}
          mode="detail"
        />
      )}
      <p className="form-help">{t('roles.revealNoted')}</p>
    </div>
  )
}
