// The tour: one card after the other beside what it is about. The page behind stays usable.
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Me } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { place } from '../../ui/popover.tsx'
import { type Step, stepsFor } from './steps.ts'
import './tour.css'

interface TourProps {
  me: Me
  /** From 1. */
  step: number
  onStep: (step: number) => void
  onEnd: () => void
}

export default function Tour({ me, step, onStep, onEnd }: TourProps) {
  const { t } = useTranslation()
  const steps = stepsFor(me)
  const at = Math.min(step, steps.length)
  const shown = steps[at - 1]
  const card = useRef<HTMLDivElement>(null)
  const target = useTarget(shown, card)
  useEffect(() => {
    if (at > 0) card.current?.querySelector<HTMLElement>('.btn-primary')?.focus()
  }, [at])
  const end = useRef(onEnd)
  end.current = onEnd
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) end.current()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  if (!shown) return null
  const last = at === steps.length
  return (
    <>
      {target && <div className="tour-ring" style={target} aria-hidden />}
      <div
        ref={card}
        popover="manual"
        className={`tour-card ${target ? '' : 'tour-middle'}`}
        role="dialog"
        aria-label={t('tour.title')}
      >
        <h2>{t(`tour.steps.${shown.key}.title`, { name: me.name })}</h2>
        <p>{t(`tour.steps.${shown.key}.text`)}</p>
        <div className="tour-buttons">
          <span className="form-help">{t('tour.progress', { step: at, count: steps.length })}</span>
          <span className="spring" />
          {!last && (
            <Button small variant="plain" onClick={onEnd}>
              {t('tour.skip')}
            </Button>
          )}
          {at > 1 && (
            <Button small onClick={() => onStep(at - 1)}>
              {t('common.back')}
            </Button>
          )}
          <Button small variant="primary" onClick={() => (last ? onEnd() : onStep(at + 1))}>
            {last ? t('tour.done') : t('common.next')}
          </Button>
        </div>
      </div>
    </>
  )
}

interface Box {
  left: number
  top: number
  width: number
  height: number
}

const isVisible = (element: Element) => element.getClientRects().length > 0

/** Where there is no room above or below, as for the whole navigation, the card goes to the right of it. */
function placeBeside(card: HTMLElement, target: HTMLElement) {
  const box = target.getBoundingClientRect()
  const room = Math.max(box.top, window.innerHeight - box.bottom)
  if (room >= card.scrollHeight + 16 || box.right + card.offsetWidth + 24 > window.innerWidth) return
  card.style.maxHeight = 'none'
  card.style.left = `${box.right + 12}px`
  card.style.top = `${Math.max(8, box.top)}px`
  card.style.bottom = 'auto'
}

/** Puts the card beside the step's target, and says where that is. */
function useTarget(step: Step | undefined, card: React.RefObject<HTMLDivElement | null>): Box | null {
  const [box, setBox] = useState<Box | null>(null)
  useLayoutEffect(() => {
    const element = card.current
    if (!step || !element) return
    if (!element.matches(':popover-open')) element.showPopover?.()
    const found = step.at
      .flatMap((selector) => [...document.querySelectorAll<HTMLElement>(selector)])
      .find(isVisible)
    found?.scrollIntoView({ block: 'nearest' })
    const update = () => {
      if (!found) return setBox(null)
      const { left, top, width, height } = found.getBoundingClientRect()
      setBox({ left: left - 4, top: top - 4, width: width + 8, height: height + 8 })
      place(element, found, 'start')
      placeBeside(element, found)
    }
    update()
    window.addEventListener('resize', update)
    return () => window.removeEventListener('resize', update)
  }, [step, card])
  return box
}
