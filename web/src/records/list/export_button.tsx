// Exports what the list shows.
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Menu } from '../../ui/menu.tsx'
import { useExport } from './use_export.ts'

interface ExportProps {
  query: () => string
  title: string
  /** Whether the records can be cards of an address book. */
  cards?: boolean
}

export function ExportButton({ query, title, cards }: ExportProps) {
  const { t } = useTranslation()
  const exportTo = useExport()
  return (
    <Menu
      label={t('list.export')}
      align="end"
      items={[
        { label: t('list.exportCsv'), onSelect: () => void exportTo(query(), 'csv', title) },
        { label: t('list.exportXlsx'), onSelect: () => void exportTo(query(), 'xlsx', title) },
        ...(cards
          ? [{ label: t('files.exportVcard'), onSelect: () => void exportTo(query(), 'vcf', title) }]
          : []),
        'line',
        { label: t('palette.print'), onSelect: () => setTimeout(() => window.print()) },
      ]}
      trigger={(props) => (
        <button
          type="button"
          className="btn btn-icon"
          aria-label={t('list.export')}
          title={t('list.export')}
          {...props}
        >
          <Download size={16} aria-hidden />
        </button>
      )}
    />
  )
}
