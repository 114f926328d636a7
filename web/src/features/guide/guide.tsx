// The user guide inside the product, in the language of the screen.
import { useSuspenseQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { currentLanguage } from '../../lib/i18n.ts'
import { usePhone } from '../../records/list/use_phone.ts'
import { Empty } from '../../ui/feedback.tsx'
import { Markdown } from '../../ui/markdown.tsx'
import './guide.css'
import { guidePages, guidePicture } from './pages.ts'

/** What is read first: the page of contents stands beside every page. */
const first = 'getting-started'

export default function Guide({ page: wanted }: { page: string }) {
  const { t } = useTranslation()
  const phone = usePhone()
  const page = wanted === 'README' ? first : wanted
  const language = currentLanguage()
  const pages = guidePages(language)
  const read = (name: string) => pages.get(name)?.() ?? Promise.resolve(null)
  const { data: contents } = useSuspenseQuery({
    queryKey: ['guide', language, 'README'],
    queryFn: () => read('README'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { data: text } = useSuspenseQuery({
    queryKey: ['guide', language, page],
    queryFn: () => read(page),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const link = (address: string, label: ReactNode) => {
    const [file = '', hash] = address.split('#')
    const name = file === '' ? page : file.replace(/\.md$/, '')
    if (!pages.has(name)) return label
    return (
      <Link className="link" to="/guide/$page" params={{ page: name }} hash={hash}>
        {label}
      </Link>
    )
  }
  const picture = (address: string) => guidePicture(language, address)
  const list = <Markdown text={contents ?? ''} link={link} />
  return (
    <div className="page guide">
      <nav aria-label={t('guide.contents')}>
        {phone ? (
          <details key={page}>
            <summary>{t('guide.contents')}</summary>
            {list}
          </details>
        ) : (
          list
        )}
      </nav>
      <article>
        {text === null ? (
          <Empty title={t('errors.notFound')} why={t('guide.missing')} />
        ) : (
          <Markdown text={text} link={link} picture={picture} />
        )}
      </article>
    </div>
  )
}
