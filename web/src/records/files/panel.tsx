// On a file's own page: what is in it, and its versions.
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Preview } from './preview.tsx'
import { Versions } from './versions.tsx'

interface PanelProps {
  id: string
  name: string
  mayEdit: boolean
}

export default function FilePanel({ id, name, mayEdit }: PanelProps) {
  const { t } = useTranslation()
  const [version, setVersion] = useState<number>()
  return (
    <section className="related" aria-label={t('files.preview')}>
      <div className="related-head">
        <h2>{t('files.preview')}</h2>
      </div>
      <Preview key={version} id={id} name={name} version={version} />
      <Versions id={id} name={name} mayEdit={mayEdit} shown={version} onShow={setVersion} />
    </section>
  )
}
