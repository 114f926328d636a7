// The first page of the day: the figures, what is to be done, what is to be won, and what one was looking at.
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, objectsQuery } from '../../api/queries.ts'
import type { ObjectSummary } from '../../api/types.ts'
import { useFieldSettings } from '../../fields/context.tsx'
import { Figures } from './figures.tsx'
import './home.css'
import { Latest } from './latest.tsx'
import { Mine } from './mine.tsx'
import { Seen } from './seen.tsx'
import { myDeals, myTasks } from './widgets.ts'

/** Objects whose latest records fill the places that an organisation's own objects leave free. */
const preferred = ['account', 'lead', 'contact', 'ticket']
const places = 4

function greetingKey(timeZone: string): 'home.morning' | 'home.afternoon' | 'home.evening' {
  const hour = Number(
    new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone }).format(new Date()),
  )
  if (hour < 12) return 'home.morning'
  return hour < 18 ? 'home.afternoon' : 'home.evening'
}

export default function Home() {
  const { t } = useTranslation()
  const { language, timeZone } = useFieldSettings()
  const { data: me } = useQuery(meQuery)
  const { data: objects } = useQuery(objectsQuery)
  const shown = (objects ?? []).filter((object) => object.in_navigation && object.rights.read)
  const has = (name: string) => shown.some((object) => object.name === name)
  const mine = [myTasks, myDeals].filter((widget) => has(widget.object))
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeZone }).format(new Date())
  return (
    <div className="page home">
      <h1>{t(greetingKey(timeZone), { name: me?.name ?? '' })}</h1>
      <p>{t('today.date', { date })}</p>
      <Figures has={has} />
      <div className="home-grid">
        {mine.map((widget) => (
          <Mine key={widget.object} widget={widget} />
        ))}
        <Seen />
        {fillers(shown, places - 1 - mine.length).map((object) => (
          <Latest key={object.name} object={object} />
        ))}
      </div>
    </div>
  )
}

/** Preferred objects first, then the others in their order. */
function fillers(objects: ObjectSummary[], count: number): ObjectSummary[] {
  const others = objects.filter((item) => ![myTasks.object, myDeals.object].includes(item.name))
  const first = preferred.flatMap((name) => others.filter((item) => item.name === name))
  return [...first, ...others.filter((item) => !first.includes(item))].slice(0, Math.max(0, count))
}
