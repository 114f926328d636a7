// A file looked at over the page it belongs to.
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fileContentUrl } from '../../api/commands.ts'
import { idOf, type RecordData } from '../../api/types.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { fileObject } from '../upload_button.tsx'
import { Preview } from './preview.tsx'
import { Versions } from './versions.tsx'

interface DialogProps {
  record: RecordData
  mayEdit: boolean
  onClose: () => void
}

export default function PreviewDialog({ record, mayEdit, onClose }: DialogProps) {
  const { t } = useTranslation()
  const [version, setVersion] = useState<number>()
  const [id, name] = [idOf(record), String(record.name)]
  return (
    <Dialog
      title={name}
      wide
      onClose={onClose}
      footer={
        <>
          <Link className="btn btn-plain" to="/o/$object/$id" params={{ object: fileObject, id }}>
            {t('files.details')}
          </Link>
          <a className="btn btn-primary" href={fileContentUrl(id)} download={name}>
            {t('common.download')}
          </a>
        </>
      }
    >
      <Preview key={version} id={id} name={name} version={version} />
      <Versions id={id} name={name} mayEdit={mayEdit} shown={version} onShow={setVersion} />
    </Dialog>
  )
}
