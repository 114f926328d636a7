// What can be seen of a file. Its bytes are shown only where the server has found them to be a picture, a PDF, sound or film.
import { useQuery } from '@tanstack/react-query'
import { FileQuestion } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { fileContentUrl } from '../../api/commands.ts'
import type { FilePreview } from '../../api/types.ts'
import { SkeletonLines } from '../../ui/feedback.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import { inlineUrl, previewQuery } from './data.ts'
import './files.css'

interface PreviewProps {
  id: string
  name: string
  version?: number
}

export function Preview({ id, name, version }: PreviewProps) {
  const { t } = useTranslation()
  const { data, isPending, isError } = useQuery(previewQuery(id, version))
  if (isPending) return <SkeletonLines count={5} />
  if (isError) return <Nothing id={id} name={name} why={t('files.gone')} />
  if (data.kind === 'none') {
    const reasons = { too_large: t('files.tooLarge'), broken: t('files.broken') }
    const why = data.reason && data.reason in reasons ? reasons[data.reason as 'broken'] : t('files.unknown')
    return <Nothing id={id} name={name} why={why} />
  }
  return (
    <div className="file-preview">
      <Content data={data} address={inlineUrl(id, version)} id={id} name={name} />
      {data.truncated && <p className="form-help">{t('files.truncated')}</p>}
    </div>
  )
}

interface ContentProps {
  data: FilePreview
  address: string
  id: string
  name: string
}

function Content({ data, address, id, name }: ContentProps) {
  const { t } = useTranslation()
  switch (data.kind) {
    case 'image':
      return <img src={address} alt={name} decoding="async" />
    case 'pdf':
      // A phone has no viewer inside pages: it opens the PDF in a program of its own.
      return navigator.pdfViewerEnabled ? (
        <iframe src={address} title={name} />
      ) : (
        <Nothing id={id} name={name} why={t('files.noViewer')} />
      )
    case 'audio':
      // biome-ignore lint/a11y/useMediaCaption: what users upload has no captions
      return <audio src={address} controls preload="metadata" aria-label={name} />
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: what users upload has no captions
      return <video src={address} controls preload="metadata" aria-label={name} />
    case 'markdown':
      return <Markdown text={data.text ?? ''} />
    case 'document':
      return <Blocks blocks={data.blocks} name={name} />
    default:
      return (
        <pre tabIndex={0} aria-label={name} role="region">
          {data.text}
        </pre>
      )
  }
}

function Blocks({ blocks, name }: { blocks: FilePreview['blocks']; name: string }) {
  const { t } = useTranslation()
  const isSlides = name.toLowerCase().endsWith('.pptx')
  return (
    <div className="file-document" tabIndex={0} aria-label={name} role="region">
      {blocks.map((block, index) => {
        // The text does not change while it is shown: its place is its key.
        const key = `${index}`
        if (block.kind === 'table') return <Rows key={key} rows={block.rows ?? []} />
        if (block.kind === 'paragraph') return <p key={key}>{block.text}</p>
        return <h3 key={key}>{isSlides ? t('files.slide', { number: block.text ?? '' }) : block.text}</h3>
      })}
    </div>
  )
}

function Rows({ rows }: { rows: string[][] }) {
  return (
    <table className="plain-table">
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
          <tr key={index}>
            {row.map((cell, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the text does not change while it is shown
              <td key={at}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Nothing({ id, name, why }: { id: string; name: string; why: string }) {
  const { t } = useTranslation()
  return (
    <div className="empty file-nothing">
      <FileQuestion size={28} aria-hidden />
      <p>{why}</p>
      <a className="btn btn-outline" href={fileContentUrl(id)} download={name}>
        {t('common.download')}
      </a>
    </div>
  )
}
