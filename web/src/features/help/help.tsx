// The shortcuts that work on the page behind, and the switch for those of a single letter.
import { useQuery } from '@tanstack/react-query'
import { useLocation } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { objectsQuery } from '../../api/queries.ts'
import { lettersWork, objectLetters, switchLetters } from '../../lib/shortcuts.ts'
import { Dialog } from '../../ui/dialog.tsx'
import './help.css'
import { type Shortcut, useShortcutGroups } from './groups.ts'

export default function Help({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [letters, setLetters] = useState(lettersWork)
  const { data: objects } = useQuery(objectsQuery)
  const { pathname } = useLocation()
  const groups = useShortcutGroups(pathname)
  const lists = [...objectLetters((objects ?? []).filter((item) => item.in_navigation))].map(
    ([letter, name]): Shortcut => ({
      keys: ['G', letter.toUpperCase()],
      label: objects?.find((item) => item.name === name)?.label_plural ?? name,
      letter: true,
    }),
  )
  const shown = groups.map((group) =>
    group.title === t('help.go') ? { ...group, shortcuts: [...group.shortcuts, ...lists] } : group,
  )
  return (
    <Dialog title={t('help.title')} wide onClose={onClose}>
      <div className="help">
        {shown.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.shortcuts
                .filter((item) => letters || !item.letter)
                .map((item) => (
                  <div key={`${item.label} ${item.keys.join()}`}>
                    <dt>{item.label}</dt>
                    <dd>
                      <Keys shortcut={item} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="help-letters">
        <input
          type="checkbox"
          checked={letters}
          onChange={(event) => {
            switchLetters(event.target.checked)
            setLetters(event.target.checked)
          }}
        />
        <span>
          {t('help.letters')}
          <small>{t('help.lettersHint')}</small>
        </span>
      </label>
    </Dialog>
  )
}

/** Keys one after the other, or held together. */
function Keys({ shortcut: { keys, together, any } }: { shortcut: Shortcut }) {
  const { t } = useTranslation()
  return keys.map((key, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: one key may be pressed twice, and the order is fixed
    <Fragment key={index}>
      {index > 0 && <span className="help-then">{any ? ' ' : together ? '+' : t('help.thenKey')}</span>}
      <kbd>{key}</kbd>
    </Fragment>
  ))
}
