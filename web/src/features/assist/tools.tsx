// What stands beside the account on every page: notifications, feedback, help.
import { useNavigate, useRouterState } from '@tanstack/react-router'
import { BookOpen, CircleHelp, Compass, MessageSquarePlus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFieldSettings } from '../../fields/context.tsx'
import { IconButton } from '../../ui/button.tsx'
import { Menu } from '../../ui/menu.tsx'
import { guidePageFor } from '../guide/page_for.ts'
import { Bell } from '../notifications/bell.tsx'
import { tourHash } from '../tour/hash.ts'
import './tools.css'

const FeedbackDialog = lazy(() => import('../feedback/dialog.tsx'))
/** The object that takes feedback; where nobody may make one, there is no button. */
const feedbackObject = 'feedback'

export default function Tools() {
  const { t } = useTranslation()
  const { objects } = useFieldSettings()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const [writing, setWriting] = useState(false)
  const mayWrite = objects.get(feedbackObject)?.rights.create === true
  const startTour = () => void navigate({ to: '/', hash: tourHash })
  const openGuide = (page: string | undefined) =>
    void navigate({ to: '/guide/$page', params: { page: page ?? 'getting-started' } })
  return (
    <div className="assist" role="group" aria-label={t('assist.title')}>
      <Bell />
      {mayWrite && (
        <IconButton small label={t('feedback.title')} data-tour="feedback" onClick={() => setWriting(true)}>
          <MessageSquarePlus size={16} aria-hidden />
        </IconButton>
      )}
      <Menu
        label={t('assist.help')}
        align="end"
        items={[
          {
            label: t('assist.guideHere'),
            icon: <CircleHelp size={14} aria-hidden />,
            onSelect: () => openGuide(guidePageFor(path)),
          },
          {
            label: t('guide.title'),
            icon: <BookOpen size={14} aria-hidden />,
            onSelect: () => openGuide(undefined),
          },
          { label: t('tour.start'), icon: <Compass size={14} aria-hidden />, onSelect: startTour },
        ]}
        trigger={(props) => (
          <button
            type="button"
            className="btn btn-icon btn-small"
            data-tour="help"
            aria-label={t('assist.help')}
            title={t('assist.help')}
            {...props}
          >
            <CircleHelp size={16} aria-hidden />
          </button>
        )}
      />
      <Suspense>{writing && <FeedbackDialog onClose={() => setWriting(false)} />}</Suspense>
    </div>
  )
}
