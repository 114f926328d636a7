// A word for the kind, with the exact type on hover.
import { useTranslation } from 'react-i18next'
import { fileKind } from '../../lib/files.ts'
import type { ShowProps } from '../types.ts'

export function FileKindShow({ value, record }: ShowProps) {
  const { t } = useTranslation()
  const type = String(value ?? '')
  return <span title={type}>{t(`fileKinds.${fileKind(type, String(record.name ?? ''))}`)}</span>
}
