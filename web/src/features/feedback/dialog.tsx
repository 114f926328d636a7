// Feedback from any page: what kind, in one's own words, with a picture of the page if one wants. Kept as a record, the picture as its file.
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Camera, ImagePlus, X } from 'lucide-react'
import { type ClipboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { createRecord, uploadFile } from '../../api/commands.ts'
import { currentLanguage } from '../../lib/i18n.ts'
import { refreshRecords, useErrorToast } from '../../records/writes.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { showToast } from '../../ui/toast.tsx'
import './dialog.css'
import { drawPage } from './draw.ts'

const kinds = ['problem', 'idea', 'question', 'praise'] as const
const longestTitle = 80

export default function FeedbackDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const router = useRouter()
  const onError = useErrorToast()
  const id = useId()
  const [kind, setKind] = useState<(typeof kinds)[number]>('problem')
  const [text, setText] = useState('')
  const [picture, setPicture] = useState<Blob | null>(null)
  const [busy, setBusy] = useState(false)
  const ready = text.trim() !== '' && !busy
  const send = async () => {
    setBusy(true)
    try {
      const [first = ''] = text.trim().split('\n')
      const { pathname, searchStr } = router.state.location
      const { data } = await createRecord('feedback', {
        name: [...first].slice(0, longestTitle).join(''),
        kind,
        body: text.trim(),
        page: `${pathname}${searchStr}`.slice(0, 500),
        environment: environment(),
      })
      if (picture) await uploadFile(asFile(picture, t('feedback.picture')), String(data.id))
      showToast(t('feedback.thanks'))
      await refreshRecords(client)
      onClose()
    } catch (error) {
      onError(error)
      setBusy(false)
    }
  }
  const paste = (event: ClipboardEvent) => {
    const image = [...event.clipboardData.files].find((file) => file.type.startsWith('image/'))
    if (!image) return
    event.preventDefault()
    setPicture(image)
  }
  return (
    <Dialog
      title={t('feedback.title')}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button variant="primary" disabled={!ready} onClick={() => void send()}>
            {t('feedback.send')}
          </Button>
        </>
      }
    >
      <div className="feedback-form" onPaste={paste}>
        <label htmlFor={`${id}-kind`}>{t('feedback.kind')}</label>
        <select
          id={`${id}-kind`}
          className="input"
          value={kind}
          onChange={(event) => setKind(event.target.value as typeof kind)}
        >
          {kinds.map((value) => (
            <option key={value} value={value}>
              {t(`feedback.kinds.${value}`)}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-text`}>{t('feedback.text')}</label>
        <textarea
          id={`${id}-text`}
          className="input"
          rows={5}
          maxLength={20_000}
          value={text}
          autoFocus
          placeholder={t('feedback.hint')}
          onChange={(event) => setText(event.target.value)}
        />
        <Picture picture={picture} onChange={setPicture} />
        <p className="form-help">{t('feedback.goesWith')}</p>
      </div>
    </Dialog>
  )
}

interface PictureProps {
  picture: Blob | null
  onChange: (picture: Blob | null) => void
}

function Picture({ picture, onChange }: PictureProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [drawing, setDrawing] = useState(false)
  const address = useAddress(picture)
  const draw = async () => {
    setDrawing(true)
    const drawn = await drawPage()
    setDrawing(false)
    if (drawn) onChange(drawn)
    else input.current?.click()
  }
  if (address) {
    return (
      <figure className="feedback-picture">
        <img src={address} alt={t('feedback.picture')} />
        <IconButton label={t('feedback.removePicture')} onClick={() => onChange(null)}>
          <X size={16} aria-hidden />
        </IconButton>
      </figure>
    )
  }
  return (
    <div className="feedback-add">
      <Button icon={<Camera size={14} aria-hidden />} disabled={drawing} onClick={() => void draw()}>
        {t('feedback.draw')}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        data-testid="feedback-picture"
        onChange={(event) => onChange(event.target.files?.[0] ?? null)}
      />
      <Button icon={<ImagePlus size={14} aria-hidden />} onClick={() => input.current?.click()}>
        {t('feedback.choose')}
      </Button>
    </div>
  )
}

/** An address for a picture that is only here, given back when it is no longer shown. */
function useAddress(picture: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null)
  useEffect(() => {
    if (!picture) return setAddress(null)
    const made = URL.createObjectURL(picture)
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [picture])
  return address
}

const asFile = (picture: Blob, name: string) =>
  picture instanceof File ? picture : new File([picture], `${name}.png`, { type: 'image/png' })

function environment(): string {
  const size = `${window.innerWidth}×${window.innerHeight}`
  const theme = document.documentElement.dataset.theme ?? ''
  return [size, currentLanguage(), theme, navigator.userAgent].filter(Boolean).join(' · ').slice(0, 500)
}
