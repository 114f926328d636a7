// A link that opens the file.
import { Paperclip } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { fileContentUrl } from '../../api/commands.ts'
import type { ShowProps } from '../types.ts'

export function FileShow({ field, value, record }: ShowProps) {
  const { t } = useTranslation()
  if (typeof value !== 'string') return null
  const related = record[field.relationship ?? field.name.replace(/_id$/, '')]
  const name =
    typeof related === 'object' && related !== null && 'name' in related
      ? String(related.name)
      : t('field.file')
  return (
    <a className="link" href={fileContentUrl(value)} target="_blank" rel="noopener noreferrer">
      <Paperclip size={13} aria-hidden /> {name}
    </a>
  )
}
